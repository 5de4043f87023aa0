import { applyRecords } from "../../cluster/image/apply.ts";
import { EMPTY_IMAGE } from "../../cluster/image/metadata_image.ts";
import { BrokerConfig, checkBrokerConfigs } from "../../config/broker_config.ts";
import { assertEquals } from "../../lib/assert.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { type GroupRecord, groupRecords } from "../../protocol/group_records/mod.ts";
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { TestRuntime } from "../testing/test_runtime.ts";
import { GroupSettings } from "./group_settings.ts";
import { GroupShard } from "./group_shard.ts";

const TOPIC_ID = "dTUmRe_tSbeOeVGLK5nQPg";
const CHECK_MS = 600_000;
const RETENTION_MS = 60_000;

const topicRecord = metadataRecord("TopicRecord", 0, { name: "t", topicId: TOPIC_ID });

function setUp() {
  const runtime = new TestRuntime<GroupRecord>();
  runtime.image = applyRecords(EMPTY_IMAGE, [topicRecord], 0, 0).image;
  const config = new BrokerConfig(checkBrokerConfigs([["offsets.retention.minutes", "1"]]));
  const shard = new GroupShard(
    runtime.context,
    new GroupSettings(config, () => runtime.image),
  );
  runtime.replay = (record, offset, producerId) => shard.replay(record, offset, producerId);
  shard.onLoaded();
  const commit = (groupId: string) =>
    runtime.run(shard.offsets.commit({ clientId: "c", clientHost: "/h", version: 9 }, {
      groupId,
      generationIdOrMemberEpoch: -1,
      memberId: "",
      groupInstanceId: null,
      retentionTimeMs: -1,
      topics: [{
        name: "t",
        topicId: TOPIC_ID,
        partitions: [{
          partitionIndex: 0,
          committedOffset: 5,
          committedLeaderEpoch: -1,
          committedMetadata: "",
        }],
      }],
    }));
  const groupIds = () => shard.list([], []).map(({ groupId }) => groupId);
  return { runtime, shard, commit, groupIds };
}

Deno.test("group shard: offsets of groups without members expire, and the groups with them", () => {
  const { runtime, shard, commit, groupIds } = setUp();
  commit("a");
  runtime.clock.advance(CHECK_MS - RETENTION_MS / 2);
  commit("b");
  runtime.clock.advance(RETENTION_MS / 2);
  assertEquals([groupIds(), shard.offsets.size], [["b"], 1]);
  runtime.clock.advance(CHECK_MS);
  assertEquals([groupIds(), shard.offsets.size], [[], 0]);
});

Deno.test("group shard: offsets of deleted topics go", () => {
  const { runtime, shard, commit } = setUp();
  commit("a");
  const removal = metadataRecord("RemoveTopicRecord", 0, { topicId: TOPIC_ID });
  const { image, changes } = applyRecords(runtime.image, [removal], 1, 0);
  runtime.image = image;
  shard.onImage(image, changes);
  runtime.clock.advance(0);
  assertEquals(shard.offsets.size, 0);
});

Deno.test("group shard: groups are listed by state and kind, in any case", () => {
  const { shard, commit } = setUp();
  commit("a");
  const found = (states: string[], kinds: string[]) => shard.list(states, kinds).length;
  assertEquals(found([], []), 1);
  assertEquals(found([" EMPTY ", "Stable"], ["Classic"]), 1);
  assertEquals([found(["Stable"], []), found([], ["consumer"]), found([], ["nonsense"])], [
    0,
    0,
    0,
  ]);
});

Deno.test("group shard: a deleted group leaves nothing, also for whoever replays the log", () => {
  const { runtime, shard, commit, groupIds } = setUp();
  commit("a");
  commit("b");
  const results = runtime.run(shard.delete(["a", "missing"]));
  assertEquals(results.map(({ errorCode }) => errorCode), [
    ErrorCode.NONE,
    ErrorCode.GROUP_ID_NOT_FOUND,
  ]);
  assertEquals([groupIds(), shard.offsets.size], [["b"], 1]);
  const again = setUp();
  for (const [offset, record] of runtime.records.entries()) again.shard.replay(record, offset, -1);
  assertEquals([again.groupIds(), again.shard.offsets.size], [["b"], 1]);
});

Deno.test("group shard: a group with very many offsets can be deleted", () => {
  const { runtime, shard, groupIds } = setUp();
  const count = 200_000;
  for (let partition = 0; partition < count; partition++) {
    runtime.replay(
      groupRecords.record("OffsetCommit", { group: "a", topic: "t", partition }, { offset: 1 }, 4),
      partition,
      -1,
    );
  }
  const result = shard.delete(["a"]);
  assertEquals([result.records.length, result.separable], [count + 1, true]);
  runtime.run(result);
  assertEquals([groupIds(), shard.offsets.size], [[], 0]);
});

Deno.test("group shard: records of groups that are not built are passed over", () => {
  const { runtime, shard, groupIds } = setUp();
  runtime.replay(
    groupRecords.record("ShareGroupMetadata", { groupId: "s" }, { epoch: 3 }),
    0,
    -1,
  );
  assertEquals([groupIds(), shard.groups.size], [[], 0]);
});
