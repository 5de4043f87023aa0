import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { type ErrorName, KafkaError } from "../../../protocol/errors.ts";
import { isUuid } from "../../../protocol/codec/uuid.ts";
import { assignedIn, GROUP_ID, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";

const errorOf = (run: () => unknown): ErrorName => assertThrows(run, KafkaError).errorName;

/** Groups with one topic. */
function withTopic(partitions = 3, config: Record<string, string> = {}): TestConsumerGroups {
  const test = new TestConsumerGroups({ "group.consumer.assignment.interval.ms": "0", ...config });
  test.setTopic("topic", partitions);
  return test;
}

const typesSince = (test: TestConsumerGroups, from: number) =>
  test.runtime.records.slice(from).map(({ type }) => type.replace("ConsumerGroup", ""));

Deno.test("the first member makes the group and gets everything in epoch 2", () => {
  const test = withTopic();
  const answer = test.join("a");
  assertEquals(answer.memberId, "a");
  assertEquals(answer.memberEpoch, 2);
  assertEquals(answer.heartbeatIntervalMs, 5000);
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: [0, 1, 2] });
  assertEquals(typesSince(test, 0), [
    "MemberMetadata",
    "Metadata",
    "TargetAssignmentMember",
    "TargetAssignmentMetadata",
    "CurrentMemberAssignment",
  ]);
  assertEquals(test.group().state, "Stable");
});

Deno.test("a member without an id is given one", () => {
  const test = withTopic();
  const { memberId } = test.join("");
  assertEquals(isUuid(memberId!), true);
  assertEquals([...test.group().members.keys()], [memberId]);
});

Deno.test("a heartbeat that says nothing new is answered without records and without assignment", () => {
  const test = withTopic();
  test.join("a");
  const records = test.runtime.records.length;
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2 });
  assertEquals(answer.assignment, null);
  assertEquals(answer.memberEpoch, 2);
  assertEquals(test.runtime.records.length, records);
});

Deno.test("a heartbeat that says everything is told the whole assignment", () => {
  const test = withTopic();
  test.join("a");
  const all = { memberId: "a", memberEpoch: 2, rebalanceTimeoutMs: 60_000, topicPartitions: [] };
  const answer = test.heartbeat({ ...all, subscribedTopicNames: ["topic"] });
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: [0, 1, 2] });
  assertEquals(test.heartbeat(all).assignment, null);
});

Deno.test("a member that joins again in its group keeps its assignment and is told it", () => {
  const test = withTopic();
  test.join("a");
  const answer = test.join("a");
  assertEquals(answer.memberEpoch, 2);
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: [0, 1, 2] });
});

Deno.test("a heartbeat in an epoch to a group that does not exist is refused", () => {
  const test = withTopic();
  for (const memberEpoch of [1, -1, -2]) {
    assertEquals(
      errorOf(() => test.heartbeat({ memberId: "a", memberEpoch, instanceId: "i" })),
      "GROUP_ID_NOT_FOUND",
    );
  }
});

Deno.test("a member that the group does not have is unknown, whether it stays or leaves", () => {
  const test = withTopic();
  test.join("a");
  for (const memberEpoch of [2, -1]) {
    assertEquals(
      errorOf(() => test.heartbeat({ memberId: "b", memberEpoch })),
      "UNKNOWN_MEMBER_ID",
    );
  }
});

Deno.test("an epoch ahead of the member's is fenced, and one behind its last one", () => {
  const test = withTopic();
  const heartbeat = (memberEpoch: number, names: string[] | null = null) =>
    test.heartbeat({
      memberId: "a",
      memberEpoch,
      topicPartitions: [],
      subscribedTopicNames: names,
    }).memberEpoch;
  test.join("a");
  assertEquals(heartbeat(2, ["other"]), 3);
  assertEquals(heartbeat(3, ["topic"]), 4);
  for (const said of [5, 2, 1]) {
    assertEquals(errorOf(() => heartbeat(said)), "FENCED_MEMBER_EPOCH", `${said}`);
  }
  assertEquals(heartbeat(3), 4);
});

Deno.test("the epoch before is heard from a member that owns nothing beyond its assignment", () => {
  const test = withTopic();
  const topicId = test.topicId("topic");
  test.join("a");
  test.setTopic("topic", 4);
  assertEquals(test.heartbeat({ memberId: "a", memberEpoch: 2 }).memberEpoch, 3);
  const lost = (partitions: number[] | null) =>
    test.heartbeat({
      memberId: "a",
      memberEpoch: 2,
      topicPartitions: partitions === null ? null : [{ topicId, partitions }],
    });
  assertEquals(lost([0, 1, 2]).memberEpoch, 3);
  assertEquals(errorOf(() => lost([0, 9])), "FENCED_MEMBER_EPOCH");
  assertEquals(errorOf(() => lost(null)), "FENCED_MEMBER_EPOCH");
});

Deno.test("a full group takes no new members, but goes on with those it has", () => {
  const test = withTopic(3, { "group.consumer.max.size": "2" });
  test.join("a");
  test.join("b");
  assertEquals(errorOf(() => test.join("c")), "GROUP_MAX_SIZE_REACHED");
  assertEquals(errorOf(() => test.join("")), "GROUP_MAX_SIZE_REACHED");
  test.join("b");
  assertEquals(test.group().memberCount, 2);
});

Deno.test("a member that leaves is gone, and the group is empty in the next epoch", () => {
  const test = withTopic();
  test.join("a");
  const before = test.runtime.records.length;
  const answer = test.heartbeat({ memberId: "a", memberEpoch: -1 });
  assertEquals(answer, { memberId: "a", memberEpoch: -1 });
  assertEquals(typesSince(test, before), [
    "CurrentMemberAssignment",
    "TargetAssignmentMember",
    "MemberMetadata",
    "Metadata",
  ]);
  assertEquals(test.group().state, "Empty");
  assertEquals(test.group().groupEpoch, 3);
  assertEquals(test.group().metadataHash, 0n);
});

Deno.test("a member whose client says something new is written down without a rebalance", () => {
  const test = withTopic();
  test.join("a");
  const before = test.runtime.records.length;
  test.heartbeat({ memberId: "a", memberEpoch: 2 }, { clientId: "other" });
  assertEquals(typesSince(test, before), ["MemberMetadata"]);
  assertEquals(test.group().requireMember("a").clientId, "other");
  assertEquals(test.group().groupEpoch, 2);
});

Deno.test("what a heartbeat leaves out stays as it was", () => {
  const test = withTopic();
  test.join("a", { rackId: "r", serverAssignor: "range", rebalanceTimeoutMs: 7 });
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  const member = test.group().requireMember("a");
  assertEquals(
    [member.rackId, member.serverAssignor, member.rebalanceTimeoutMs],
    ["r", "range", 7],
  );
  assertEquals([...member.subscribedTopicNames], ["topic"]);
});

Deno.test("the interval that members are told follows the group's own config", () => {
  const test = withTopic();
  test.setGroupConfigs(GROUP_ID, { "consumer.heartbeat.interval.ms": "7000" });
  assertEquals(test.join("a").heartbeatIntervalMs, 7000);
});

Deno.test("records that are refused leave the group as it was", () => {
  const test = withTopic();
  test.join("a");
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  assertEquals(errorOf(() => test.join("b")), "RECORD_LIST_TOO_LARGE");
  assertEquals(test.group().memberCount, 1);
  assertEquals(test.group().groupEpoch, 2);
  assertEquals(test.heartbeat({ memberId: "a", memberEpoch: 2 }).memberEpoch, 2);
});

Deno.test("a refresh of the metadata whose records were refused is made up for", () => {
  const test = withTopic();
  test.join("a");
  test.setTopic("topic", 5);
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  assertThrows(() => test.heartbeat({ memberId: "a", memberEpoch: 2 }), KafkaError);
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2 });
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: [0, 1, 2, 3, 4] });
});
