import { assertEquals, assertRejects } from "../lib/assert.ts";
import { ErrorCode, KafkaError } from "../protocol/errors.ts";
import { OffsetCommit } from "../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../protocol/messages/09_offset_fetch.ts";
import { commitOffsets, committedOffsets } from "./group_offsets.ts";
import { clusterOf } from "./testing/fake_groups.ts";

Deno.test("group offsets: all that is committed is read, by topic names", async () => {
  await using made = clusterOf({
    groups: { g: { committed: { t: { 0: 5, 2: 0 }, gone: { 1: 9 } } } },
  });
  const { client, fake: { brokers: [broker] } } = made;
  const committed = await committedOffsets(client, "g");
  assertEquals([...committed.keys()].sort(), ["gone-1", "t-0", "t-2"]);
  const expected = { topic: "t", partition: 0, offset: 5, leaderEpoch: null, metadata: "" };
  assertEquals(committed.get("t-0"), expected);
  const [{ version, body }] = broker.received.filter(({ api }) => api === OffsetFetch.name);
  assertEquals([version, body.groups[0].topics, body.requireStable], [9, null, false]);
  assertEquals((await committedOffsets(client, "nix")).size, 0);
});

Deno.test("group offsets: epoch and metadata are kept, a partition without an offset is not", async () => {
  await using made = clusterOf({});
  const partitions = [
    { partitionIndex: 0, committedOffset: 7, committedLeaderEpoch: 3, metadata: "by hand" },
    { partitionIndex: 1, committedOffset: -1, metadata: null },
    { partitionIndex: 2, committedOffset: 4, metadata: null },
  ];
  made.fake.brokers[0].on(OffsetFetch, () => ({
    groups: [{ groupId: "g", topics: [{ name: "t", partitions }] }],
  }));
  assertEquals([...(await committedOffsets(made.client, "g")).values()], [
    { topic: "t", partition: 0, offset: 7, leaderEpoch: 3, metadata: "by hand" },
    { topic: "t", partition: 2, offset: 4, leaderEpoch: null, metadata: "" },
  ]);
});

Deno.test("group offsets: an error of the group or of a partition is thrown", async () => {
  await using made = clusterOf({});
  const errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
  const ofPartition = { partitionIndex: 0, committedOffset: -1, errorCode, metadata: null };
  for (
    const group of [
      { groupId: "g", errorCode },
      { groupId: "g", topics: [{ name: "t", partitions: [ofPartition] }] },
    ]
  ) {
    made.fake.brokers[0].on(OffsetFetch, () => ({ groups: [group] }));
    const error = await assertRejects(() => committedOffsets(made.client, "g"), KafkaError);
    assertEquals(error.errorName, "GROUP_AUTHORIZATION_FAILED");
  }
});

Deno.test("group offsets: they are committed as no member, to a coordinator that moves", async () => {
  await using made = clusterOf({ brokerCount: 2, groups: { g: { coordinator: 0 } } });
  const { client, fake, pauses } = made;
  await committedOffsets(client, "g");
  fake.groups.g.coordinator = 1;
  const failed = await commitOffsets(client, "g", [
    { topic: "t", partition: 1, offset: 5 },
    { topic: "u", partition: 0, offset: 6 },
    { topic: "t", partition: 0, offset: 0 },
  ]);
  assertEquals([failed, pauses], [[], [250]]);
  assertEquals(fake.groups.g.committed, { t: { 1: 5, 0: 0 }, u: { 0: 6 } });
  const [{ generationIdOrMemberEpoch, memberId, topics }] = fake.brokers[1].requestsOf(
    OffsetCommit,
  );
  assertEquals([generationIdOrMemberEpoch, memberId, topics.length], [-1, "", 2]);
  const [{ committedLeaderEpoch, committedMetadata }] = topics[0].partitions;
  assertEquals([committedLeaderEpoch, committedMetadata], [-1, ""]);
});

Deno.test("group offsets: what could not be committed is told by partition", async () => {
  await using made = clusterOf({ groups: { g: { members: [{ memberId: "m" }] } } });
  const errorCode = ErrorCode.UNKNOWN_MEMBER_ID;
  const offset = { topic: "t", partition: 1, offset: 5 };
  const failed = await commitOffsets(made.client, "g", [offset]);
  assertEquals(failed, [{ topic: "t", partition: 1, errorCode }]);
});
