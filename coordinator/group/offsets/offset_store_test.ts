import { assertEquals } from "../../../lib/assert.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import { groupRecords } from "../../../protocol/group_records/mod.ts";
import type { OffsetRecord } from "./committed_offset.ts";
import { OffsetStore } from "./offset_store.ts";
import { GROUP, lines, TestOffsets } from "./testing/test_offsets.ts";

const UNSTABLE = `error ${ErrorCode.UNSTABLE_OFFSET_COMMIT}`;
const ONE = 101;
const TWO = 102;

const stable = (test: TestOffsets) => lines(test.fetch({ a: [0, 1] }, { stable: true }));

/** The state after one record, as it is read. */
function stored(record: OffsetRecord): OffsetStore {
  const { key, value } = groupRecords.encode(record);
  const store = new OffsetStore();
  store.replay(groupRecords.decode(key, value) as OffsetRecord, 9, -1);
  return store;
}

const KEY = { group: GROUP, topic: "a", partition: 0 };

Deno.test("offset records: all versions are understood", () => {
  const value = {
    offset: 5,
    leaderEpoch: 3,
    metadata: "m",
    commitTimestamp: 1000,
    expireTimestamp: 2000,
    topicId: "dTUmRe_tSbeOeVGLK5nQPg",
  };
  const found = (version: number) =>
    stored(groupRecords.record("OffsetCommit", KEY, value, version) as OffsetRecord)
      .find(GROUP, "a", 0);
  const oldest = {
    offset: 5,
    leaderEpoch: -1,
    metadata: "m",
    commitTimeMs: 1000,
    expireTimeMs: -1,
    topicId: ZERO_UUID,
    recordOffset: 9,
  };
  assertEquals(found(0), oldest);
  assertEquals(found(1), { ...oldest, expireTimeMs: 2000 });
  assertEquals(found(2), oldest);
  assertEquals(found(3), { ...oldest, leaderEpoch: 3 });
  assertEquals(found(4), { ...oldest, leaderEpoch: 3, topicId: value.topicId });
});

Deno.test("offset records: those of the first type are understood, and taken back", () => {
  const value = { offset: 5, metadata: "m", commitTimestamp: 1000 };
  const record = groupRecords.record("LegacyOffsetCommit", KEY, value) as OffsetRecord;
  const store = stored(record);
  assertEquals(store.find(GROUP, "a", 0), {
    offset: 5,
    leaderEpoch: -1,
    metadata: "m",
    commitTimeMs: 1000,
    expireTimeMs: -1,
    topicId: ZERO_UUID,
    recordOffset: 9,
  });
  store.replay(groupRecords.tombstone("LegacyOffsetCommit", KEY) as OffsetRecord, 10, -1);
  assertEquals(store.size, 0);
});

Deno.test("offset records: a tombstone takes the offset back; one of nothing is passed over", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5, 1: 6 } } });
  test.tombstone("a", 0);
  test.tombstone("b", 0);
  test.tombstone("a", 0, "unheard of");
  assertEquals(test.committed(), ["a-1: 6"]);
  assertEquals(test.groupIds, [GROUP]);
  assertEquals([test.offsets.size, test.offsets.offsetCount(GROUP)], [1, 1]);
});

Deno.test("offset records: an offset makes its group where the log tells of none", () => {
  const test = new TestOffsets();
  test.commitInTransaction(ONE, "a", 0, 5, { groupId: "of a transaction" });
  test.commit({ groupId: "simple", topics: { a: { 0: 5 } } });
  assertEquals(test.groupIds, ["of a transaction", "simple"]);
});

Deno.test("transactions: offsets count once the transaction is committed", () => {
  const test = new TestOffsets();
  test.commitInTransaction(ONE, "a", 0, 5);
  test.commitInTransaction(ONE, "a", 0, 6);
  assertEquals(test.committed(), []);
  assertEquals(test.offsets.size, 0);
  test.end(ONE, true);
  assertEquals(test.committed(), ["a-0: 6"]);
  assertEquals(stable(test), ["a-0: 6", "a-1: -1"]);
  assertEquals(test.offsets.size, 1);
});

Deno.test("transactions: offsets are forgotten when the transaction is aborted", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 1 } } });
  test.commitInTransaction(ONE, "a", 0, 5);
  test.end(ONE, false);
  assertEquals(stable(test), ["a-0: 1", "a-1: -1"]);
  test.end(ONE, true);
  assertEquals(test.committed(), ["a-0: 1"]);
});

Deno.test("transactions: the end of one without offsets is passed over", () => {
  const test = new TestOffsets();
  test.end(ONE, true);
  test.end(TWO, false);
  assertEquals([test.groupIds, test.offsets.size], [[], 0]);
});

Deno.test("transactions: two producers have offsets of one partition apart", () => {
  const test = new TestOffsets();
  test.commitInTransaction(ONE, "a", 0, 5);
  test.commitInTransaction(TWO, "a", 0, 6);
  test.commitInTransaction(TWO, "a", 1, 7);
  test.end(TWO, false);
  assertEquals(stable(test), [`a-0: ${UNSTABLE}`, "a-1: -1"]);
  test.end(ONE, true);
  assertEquals(stable(test), ["a-0: 5", "a-1: -1"]);
});

Deno.test("transactions: of two offsets the later record counts, whichever transaction ends later", () => {
  const test = new TestOffsets();
  test.commitInTransaction(ONE, "a", 0, 5);
  test.commitInTransaction(TWO, "a", 0, 6);
  test.end(TWO, true);
  test.end(ONE, true);
  assertEquals(test.committed(), ["a-0: 6"]);
});

Deno.test("transactions: an offset that was committed meanwhile outside of them counts", () => {
  const test = new TestOffsets();
  test.commitInTransaction(ONE, "a", 0, 5);
  test.commit({ topics: { a: { 0: 1 } } });
  test.commitInTransaction(ONE, "a", 1, 5);
  test.end(ONE, true);
  assertEquals(test.committed(), ["a-0: 1", "a-1: 5"]);
});

Deno.test("transactions: a tombstone takes back what is pending, of all producers", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 1 } } });
  test.commitInTransaction(ONE, "a", 0, 5);
  test.commitInTransaction(TWO, "a", 0, 6);
  test.commitInTransaction(TWO, "a", 1, 7);
  test.tombstone("a", 0);
  assertEquals(stable(test), ["a-0: -1", `a-1: ${UNSTABLE}`]);
  test.end(ONE, true);
  test.end(TWO, true);
  assertEquals(test.committed(), ["a-1: 7"]);
});
