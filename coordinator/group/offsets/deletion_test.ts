import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import { type DeletedTopic } from "./deletion.ts";
import { GROUP, lines, TestOffsets } from "./testing/test_offsets.ts";

const OLD_ID = "AAAAAAAAQACAAAAAAAAAAQ";
const NEW_ID = "AAAAAAAAQACAAAAAAAAAAg";

/** Asks to delete; the answer in lines, `topic-partition: error`. */
function remove(test: TestOffsets, topics: Record<string, number[]>, groupId = GROUP): string[] {
  const { topics: answers = [] } = test.runtime.run(test.offsets.deleteOffsets({
    groupId,
    topics: Object.entries(topics).map(([name, partitions]) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
    })),
  }));
  return answers.flatMap(({ name, partitions = [] }) =>
    partitions.map(({ partitionIndex, errorCode }) => `${name}-${partitionIndex}: ${errorCode}`)
  );
}

function recordCount(test: TestOffsets, run: () => void): number {
  const before = test.runtime.records.length;
  run();
  return test.runtime.records.length - before;
}

const deleteTopics = (test: TestOffsets, ...topics: DeletedTopic[]) =>
  recordCount(test, () => test.runtime.run(test.offsets.onTopicsDeleted(topics)));

const deleteAll = (test: TestOffsets) =>
  recordCount(
    test,
    () => test.runtime.run({ records: test.offsets.deleteAll(GROUP), response: undefined }),
  );

Deno.test("offset delete: single offsets go; what is not there is no error and no record", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5, 1: 6 }, b: { 0: 7 } } });
  const records = recordCount(test, () => {
    assertEquals(remove(test, { a: [0, 9], c: [0] }), ["a-0: 0", "a-9: 0", "c-0: 0"]);
  });
  assertEquals(records, 1);
  assertEquals(test.committed(), ["a-1: 6", "b-0: 7"]);
});

Deno.test("offset delete: topics that the group is subscribed to keep their offsets", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 }, b: { 0: 7 } } });
  test.group().subscriptions.add("a");
  const code = ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC;
  assertEquals(remove(test, { a: [0, 9], b: [0] }), [`a-0: ${code}`, `a-9: ${code}`, "b-0: 0"]);
  assertEquals(test.committed(), ["a-0: 5"]);
});

Deno.test("offset delete: the group has to be there, and to allow it", () => {
  const test = new TestOffsets();
  const refusal = () => assertThrows(() => remove(test, { a: [0] }), KafkaError).errorName;
  assertEquals(refusal(), "GROUP_ID_NOT_FOUND");
  test.commit({ topics: { a: { 0: 5 } } });
  test.group().refusal = "NON_EMPTY_GROUP";
  assertEquals(refusal(), "NON_EMPTY_GROUP");
});

Deno.test("offset delete: what is pending goes too", () => {
  const test = new TestOffsets();
  test.commitInTransaction(7, "a", 0, 5);
  assertEquals(remove(test, { a: [0] }), ["a-0: 0"]);
  test.end(7, true);
  assertEquals(test.committed(), []);
});

Deno.test("group deletion: takes all offsets of the group and of no other, each once", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5, 1: 6 }, b: { 0: 7 } } });
  test.commit({ groupId: "other", topics: { a: { 0: 8 } } });
  test.commitInTransaction(7, "a", 0, 9);
  test.commitInTransaction(7, "c", 0, 9);
  test.commitInTransaction(7, "a", 0, 9, { groupId: "other" });
  assertEquals(deleteAll(test), 4);
  assertEquals(test.committed(), []);
  test.end(7, true);
  assertEquals([test.committed(), test.committed("other")], [[], ["a-0: 9"]]);
  assertEquals(deleteAll(test), 0);
});

Deno.test("topic deletion: its offsets go in all groups, those of other topics stay", () => {
  const test = new TestOffsets();
  const topicIds = { a: OLD_ID, b: NEW_ID };
  test.commit({ topics: { a: { 0: 5, 1: 6 }, b: { 0: 7 } }, topicIds });
  test.commit({ groupId: "other", topics: { a: { 0: 8 } }, topicIds });
  assertEquals(deleteTopics(test, { id: OLD_ID, name: "a" }), 3);
  assertEquals(test.state(), { g: ["b-0: 7", "b-0: 7"], other: [] });
  assertEquals(deleteTopics(test, { id: OLD_ID, name: "a" }), 0);
});

Deno.test("topic deletion: offsets of a new topic of that name stay", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } }, topicIds: { a: OLD_ID } });
  test.commit({ topics: { a: { 1: 6 } }, topicIds: { a: NEW_ID } });
  assertEquals(deleteTopics(test, { id: OLD_ID, name: "a" }), 1);
  assertEquals(test.committed(), ["a-1: 6"]);
});

Deno.test("topic deletion: offsets that do not say which topic they are of go by its name", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } } });
  assertEquals(deleteTopics(test, { id: NEW_ID, name: "a" }), 1);
  assertEquals(test.committed(), []);
});

Deno.test("topic deletion: pending offsets go with it, each partition once", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } }, topicIds: { a: OLD_ID } });
  test.commitInTransaction(7, "a", 0, 9);
  test.commitInTransaction(7, "a", 1, 9);
  test.commitInTransaction(8, "a", 1, 9);
  test.commitInTransaction(8, "a", 2, 9, { topicId: NEW_ID });
  test.commitInTransaction(8, "b", 1, 9);
  assertEquals(deleteTopics(test, { id: OLD_ID, name: "a" }), 2);
  test.end(7, true);
  test.end(8, true);
  assertEquals(test.committed(), ["a-2: 9", "b-1: 9"]);
});

Deno.test("topic deletion: several topics at once", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 }, b: { 0: 6 }, c: { 0: 7 } } });
  const topics = [{ id: OLD_ID, name: "a" }, { id: NEW_ID, name: "c" }];
  assertEquals(deleteTopics(test, ...topics), 2);
  assertEquals(lines(test.fetch()), ["b-0: 6"]);
});
