import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import { type GroupRecord, groupRecords } from "../../../protocol/group_records/mod.ts";
import {
  type CommitDraft,
  GROUP,
  METADATA_BYTES_MAX,
  TestOffsets,
} from "./testing/test_offsets.ts";

const TOPIC_ID = "dTUmRe_tSbeOeVGLK5nQPg";
const NOW = 1_700_000_000_000;

function refusal(test: TestOffsets, draft: CommitDraft): string {
  return assertThrows(() => test.commit(draft), KafkaError).errorName;
}

const hex = (bytes: Uint8Array | null) => bytes?.toHex() ?? null;

function encoded(record: GroupRecord) {
  const { key, value } = groupRecords.encode(record);
  return [hex(key), hex(value)];
}

Deno.test("offset commit: what is committed is answered, recorded and fetched", () => {
  const test = new TestOffsets();
  const response = test.commit({ topics: { a: { 0: 5, 1: 6 }, b: { 2: 7 } } });
  assertEquals(response.topics, [
    {
      name: "a",
      topicId: ZERO_UUID,
      partitions: [{ partitionIndex: 0, errorCode: 0 }, { partitionIndex: 1, errorCode: 0 }],
    },
    { name: "b", topicId: ZERO_UUID, partitions: [{ partitionIndex: 2, errorCode: 0 }] },
  ]);
  assertEquals(test.runtime.records.length, 3);
  assertEquals(test.committed(), ["a-0: 5", "a-1: 6", "b-2: 7"]);
  assertEquals([test.offsets.size, test.offsets.offsetCount(GROUP)], [3, 3]);
});

Deno.test("offset commit: a later commit takes the place of an earlier one", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5, 1: 6 } } });
  test.commit({ topics: { a: { 0: 3 } } });
  assertEquals(test.committed(), ["a-0: 3", "a-1: 6"]);
  assertEquals(test.offsets.size, 2);
});

Deno.test("offset commit: the record is Kafka's newest, with leader epoch and topic id", () => {
  const test = new TestOffsets();
  test.commit({
    groupId: "grp",
    leaderEpoch: 7,
    metadata: "m",
    topics: { top: { 3: 42 } },
    topicIds: { top: TOPIC_ID },
  });
  assertEquals(encoded(test.runtime.records[0]), [
    "0001" + "0003677270" + "0003746f70" + "00000003",
    "0004" + "000000000000002a" + "00000007" + "026d" + "0000018bcfe56800" +
    "01" + "00" + "10" + "75352645efed49b78e79518b2b99d03e",
  ]);
});

Deno.test("offset commit: a retention of the client's own is kept as the time of expiry", () => {
  const test = new TestOffsets();
  test.commit({
    groupId: "grp",
    version: 4,
    retentionTimeMs: 1000,
    topics: { top: { 3: 42 } },
    topicIds: { top: TOPIC_ID },
  });
  const [record] = test.runtime.records;
  assertEquals(encoded(record), [
    "0001" + "0003677270" + "0003746f70" + "00000003",
    "0001" + "000000000000002a" + "0000" + "0000018bcfe56800" + "0000018bcfe56be8",
  ]);
});

Deno.test("offset commit: metadata that is too long is refused, partition by partition", () => {
  const test = new TestOffsets();
  const longest = "é".repeat(METADATA_BYTES_MAX);
  const { topics } = test.commit({ metadata: `${longest}x`, topics: { a: { 0: 5 } } });
  assertEquals(topics![0].partitions, [
    { partitionIndex: 0, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE },
  ]);
  assertEquals(test.runtime.records, []);
  test.commit({ metadata: longest, topics: { a: { 0: 5 } } });
  assertEquals(test.fetch().topics![0].partitions![0].metadata, longest);
});

Deno.test("offset commit: metadata that is null is empty", () => {
  const test = new TestOffsets();
  test.commit({ metadata: null, topics: { a: { 0: 5 } } });
  assertEquals(test.fetch().topics![0].partitions![0].metadata, "");
});

Deno.test("offset commit: from outside any membership, it makes the group", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } } });
  assertEquals(test.groupIds, [GROUP]);
});

Deno.test("offset commit: the group is made even where no offset is taken", () => {
  const test = new TestOffsets();
  test.commit({ metadata: "far too long", topics: { a: { 0: 5 } } });
  assertEquals(test.groupIds, [GROUP]);
});

Deno.test("offset commit: a group whose first offsets are refused by the log is not there", () => {
  const test = new TestOffsets();
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  assertEquals(refusal(test, { topics: { a: { 0: 5 } } }), "RECORD_LIST_TOO_LARGE");
  assertEquals(test.groupIds, []);
});

Deno.test("offset commit: a member of a group that is not there is told so, in the words of its version", () => {
  const test = new TestOffsets();
  const draft = { memberId: "m", generation: 0, topics: { a: { 0: 5 } } };
  assertEquals(refusal(test, { ...draft, version: 9 }), "GROUP_ID_NOT_FOUND");
  assertEquals(refusal(test, { ...draft, version: 8 }), "ILLEGAL_GENERATION");
  assertEquals(test.groupIds, []);
});

Deno.test("offset commit: the group is asked whether it admits whoever commits", () => {
  const test = new TestOffsets();
  const group = test.group();
  const draft = {
    memberId: "m",
    instanceId: "i",
    generation: 4,
    version: 9,
    topics: { a: { 0: 5 } },
    topicIds: { a: TOPIC_ID },
  };
  test.commit(draft);
  assertEquals(group.commits, [{
    memberId: "m",
    instanceId: "i",
    generationOrEpoch: 4,
    isTransactional: false,
    version: 9,
  }]);
  assertEquals(group.checked, [["a", TOPIC_ID, 0]]);
  group.refusal = "FENCED_INSTANCE_ID";
  assertEquals(refusal(test, draft), "FENCED_INSTANCE_ID");
});

Deno.test("offset commit: a partition that the group refuses refuses the whole commit", () => {
  const test = new TestOffsets();
  test.group().refusedPartition = { partition: 1, error: "STALE_MEMBER_EPOCH" };
  assertEquals(refusal(test, { topics: { a: { 0: 5, 1: 6 } } }), "STALE_MEMBER_EPOCH");
  assertEquals(test.committed(), []);
});

Deno.test("offset commit: a partition whose metadata is too long is not asked about", () => {
  const test = new TestOffsets();
  test.group().refusedPartition = { partition: 0, error: "STALE_MEMBER_EPOCH" };
  const { topics } = test.commit({ metadata: "far too long", topics: { a: { 0: 5 } } });
  assertEquals(topics![0].partitions![0].errorCode, ErrorCode.OFFSET_METADATA_TOO_LARGE);
});

Deno.test("offset commit: keeps a classic member alive, and nobody else", () => {
  const test = new TestOffsets();
  const group = test.group();
  group.members.add("m");
  test.commit({ memberId: "m", generation: 1, topics: { a: { 0: 5 } } });
  assertEquals(test.alive, ["m"]);
  test.commit({ memberId: "stranger", generation: 1, topics: { a: { 0: 5 } } });
  group.kind = "consumer";
  test.commit({ memberId: "m", generation: 1, topics: { a: { 0: 5 } } });
  assertEquals(test.alive, ["m"]);
});

Deno.test("offset commit: a member that is refused is not kept alive", () => {
  const test = new TestOffsets();
  const group = test.group();
  group.members.add("m");
  group.refusal = "ILLEGAL_GENERATION";
  refusal(test, { memberId: "m", generation: 1, topics: { a: { 0: 5 } } });
  assertEquals(test.alive, []);
});

Deno.test("offset commit: offsets at the ends of what an int64 holds are kept", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: Infinity, 1: -Infinity, 2: -1, 3: 2 ** 53 - 1 } } });
  assertEquals(test.committed(), [
    "a-0: Infinity",
    "a-1: -Infinity",
    "a-2: -1",
    `a-3: ${2 ** 53 - 1}`,
  ]);
});

Deno.test("offset commit: the time of a commit is the coordinator's", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } } });
  const [record] = test.runtime.records;
  assertEquals(record.type === "OffsetCommit" && record.value?.commitTimestamp, NOW);
});
