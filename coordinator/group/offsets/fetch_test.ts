import { assertEquals } from "../../../lib/assert.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import { GROUP, lines, TestOffsets } from "./testing/test_offsets.ts";

const TOPIC_ID = "dTUmRe_tSbeOeVGLK5nQPg";
const OTHER_ID = "AAAAAAAAQACAAAAAAAAAAQ";
const UNSTABLE = `error ${ErrorCode.UNSTABLE_OFFSET_COMMIT}`;

Deno.test("offset fetch: an offset comes with leader epoch and metadata", () => {
  const test = new TestOffsets();
  test.commit({ leaderEpoch: 3, metadata: "m", topics: { a: { 0: 5 } } });
  assertEquals(test.fetch({ a: [0] }), {
    groupId: GROUP,
    topics: [{
      name: "a",
      topicId: ZERO_UUID,
      partitions: [{
        partitionIndex: 0,
        committedOffset: 5,
        committedLeaderEpoch: 3,
        metadata: "m",
        errorCode: 0,
      }],
    }],
  });
});

Deno.test("offset fetch: partitions without an offset have -1 and no error", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } } });
  assertEquals(lines(test.fetch({ a: [1, 0], b: [0] })), ["a-1: -1", "a-0: 5", "b-0: -1"]);
  assertEquals(test.fetch({ b: [0] }).topics![0].partitions, [{
    partitionIndex: 0,
    committedOffset: -1,
    committedLeaderEpoch: -1,
    metadata: "",
    errorCode: 0,
  }]);
});

Deno.test("offset fetch: everything is each topic once, its partitions in order", () => {
  const test = new TestOffsets();
  test.commit({ topics: { b: { 2: 1 } } });
  test.commit({ topics: { a: { 1: 2 } } });
  test.commit({ topics: { b: { 10: 3 } } });
  test.commit({ topics: { b: { 0: 4 } } });
  assertEquals(test.committed(), ["b-0: 4", "b-2: 1", "b-10: 3", "a-1: 2"]);
});

Deno.test("offset fetch: a group that is not there has no offsets, and no error", () => {
  const test = new TestOffsets();
  assertEquals(lines(test.fetch({ a: [0] })), ["a-0: -1"]);
  assertEquals(test.fetch(null), { groupId: GROUP, topics: [] });
});

Deno.test("offset fetch: the offsets of a dead group are not told", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } } });
  test.group().refusal = "GROUP_ID_NOT_FOUND";
  assertEquals(lines(test.fetch({ a: [0] })), ["a-0: -1"]);
  assertEquals(test.committed(), []);
});

Deno.test("offset fetch: the group is asked about the member (KIP-848)", () => {
  const test = new TestOffsets();
  const group = test.group();
  const request = { groupId: GROUP, memberId: "m", memberEpoch: 4, topics: null };
  test.offsets.fetch(request, false, 9);
  assertEquals(group.fetches, [["m", 4]]);
  group.refusal = "STALE_MEMBER_EPOCH";
  assertEquals(test.offsets.fetch(request, false, 9), {
    groupId: GROUP,
    topics: [],
    errorCode: ErrorCode.STALE_MEMBER_EPOCH,
  });
});

Deno.test("offset fetch: before version 2 a refusal is told partition by partition", () => {
  const test = new TestOffsets();
  test.group().refusal = "UNKNOWN_MEMBER_ID";
  const code = ErrorCode.UNKNOWN_MEMBER_ID;
  assertEquals(lines(test.fetch({ a: [0, 3] }, { version: 1 })), [
    `a-0: error ${code}`,
    `a-3: error ${code}`,
  ]);
});

Deno.test("offset fetch: an offset of another topic of that name is none", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } }, topicIds: { a: TOPIC_ID } });
  test.commit({ topics: { b: { 0: 6 } } });
  assertEquals(lines(test.fetch({ a: [0] }, { topicId: TOPIC_ID })), ["a-0: 5"]);
  assertEquals(lines(test.fetch({ a: [0] }, { topicId: OTHER_ID })), ["a-0: -1"]);
  assertEquals(lines(test.fetch({ a: [0] })), ["a-0: 5"]);
  assertEquals(lines(test.fetch({ b: [0] }, { topicId: OTHER_ID })), ["b-0: 6"]);
});

Deno.test("offset fetch: what is pending is unstable where stable offsets are asked for (KIP-447)", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5, 1: 6 } } });
  test.commitInTransaction(77, "a", 0, 9);
  test.commitInTransaction(77, "a", 2, 9);
  assertEquals(lines(test.fetch({ a: [0, 1, 2] }, { stable: true })), [
    `a-0: ${UNSTABLE}`,
    "a-1: 6",
    `a-2: ${UNSTABLE}`,
  ]);
  assertEquals(lines(test.fetch(null, { stable: true })), [`a-0: ${UNSTABLE}`, "a-1: 6"]);
  assertEquals(lines(test.fetch({ a: [0, 1, 2] })), ["a-0: 5", "a-1: 6", "a-2: -1"]);
});
