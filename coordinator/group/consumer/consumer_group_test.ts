import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { type ErrorName, KafkaError } from "../../../protocol/errors.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { GROUP_ID, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";
import type { CommitOrigin } from "../group.ts";

/** A group in which `a` has given two of four partitions to `b`, and both are in epoch 3. */
function withMembers(): TestConsumerGroups {
  const test = new TestConsumerGroups({ "group.consumer.assignment.interval.ms": "0" });
  test.setTopic("topic", 4);
  test.join("a", { rackId: "rack", subscribedTopicNames: ["topic", "missing"] });
  test.join("b", { instanceId: "i" });
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  const topicId = test.topicId("topic");
  const kept = [...test.group().requireMember("a").assigned.get(topicId)!.keys()];
  const topicPartitions = [{ topicId, partitions: kept }];
  test.heartbeat({ memberId: "a", memberEpoch: 2, topicPartitions });
  test.heartbeat({ memberId: "b", memberEpoch: 3, instanceId: "i" });
  return test;
}

const partitionsOf = (test: TestConsumerGroups, memberId: string) =>
  [...test.group().requireMember(memberId).assigned.get(test.topicId("topic"))!.keys()].sort();

function outcome(run: () => unknown): "ok" | ErrorName {
  try {
    run();
    return "ok";
  } catch (error) {
    if (error instanceof KafkaError) return error.errorName;
    throw error;
  }
}

function commit(test: TestConsumerGroups, fields: Partial<CommitOrigin>) {
  return test.group().checkOffsetCommit({
    memberId: "a",
    instanceId: null,
    generationOrEpoch: 3,
    isTransactional: false,
    version: 9,
    ...fields,
  });
}

Deno.test("a member commits in its epoch, whatever the partition", () => {
  const test = withMembers();
  commit(test, {})("any", ZERO_UUID, 99);
});

Deno.test("a commit in an epoch ahead of the member's is stale, and one of a stranger unknown", () => {
  const test = withMembers();
  assertEquals(outcome(() => commit(test, { generationOrEpoch: 4 })), "STALE_MEMBER_EPOCH");
  assertEquals(outcome(() => commit(test, { memberId: "x" })), "UNKNOWN_MEMBER_ID");
  assertEquals(
    outcome(() => commit(test, { generationOrEpoch: -1, memberId: "" })),
    "UNKNOWN_MEMBER_ID",
  );
});

Deno.test("an older epoch commits what the member has had since then (KIP-1251)", () => {
  const test = withMembers();
  const topicId = test.topicId("topic");
  const [kept] = partitionsOf(test, "a");
  const [given] = partitionsOf(test, "b");
  const check = commit(test, { generationOrEpoch: 2 });
  check("topic", topicId, kept);
  assertEquals(outcome(() => check("topic", topicId, given)), "STALE_MEMBER_EPOCH");
  assertEquals(outcome(() => check("topic", ZERO_UUID, kept)), "STALE_MEMBER_EPOCH");
  const late = commit(test, { memberId: "b", generationOrEpoch: 2 });
  assertEquals(outcome(() => late("topic", topicId, given)), "STALE_MEMBER_EPOCH");
  const tooOld = commit(test, { generationOrEpoch: 1 });
  assertEquals(outcome(() => tooOld("topic", topicId, kept)), "STALE_MEMBER_EPOCH");
});

Deno.test("what a member has yet to give up may be committed", () => {
  const test = new TestConsumerGroups({ "group.consumer.assignment.interval.ms": "0" });
  test.setTopic("topic", 2);
  test.join("a");
  test.join("b");
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  const check = commit(test, { generationOrEpoch: 1 });
  const topicId = test.topicId("topic");
  assertEquals(outcome(() => check("topic", topicId, 0)), "STALE_MEMBER_EPOCH");
  commit(test, { generationOrEpoch: 2 })("topic", topicId, 0);
  commit(test, { generationOrEpoch: 2 })("topic", topicId, 1);
});

Deno.test("members of the consumer protocol commit with version 9 or later, but in transactions", () => {
  const test = withMembers();
  assertEquals(outcome(() => commit(test, { version: 8 })), "UNSUPPORTED_VERSION");
  assertEquals(outcome(() => commit(test, { version: 8, isTransactional: true })), "ok");
});

Deno.test("commits from outside are for empty groups, and for producers that name no member", () => {
  const test = withMembers();
  const outside = { memberId: "", generationOrEpoch: -1 };
  assertEquals(outcome(() => commit(test, { ...outside, isTransactional: true })), "ok");
  assertEquals(
    outcome(() => commit(test, { ...outside, isTransactional: true, instanceId: "i" })),
    "UNKNOWN_MEMBER_ID",
  );
  test.heartbeat({ memberId: "a", memberEpoch: -1 });
  test.heartbeat({ memberId: "b", memberEpoch: -1, instanceId: "i" });
  assertEquals(outcome(() => commit(test, outside)), "ok");
  assertEquals(outcome(() => commit(test, { memberId: "a" })), "UNKNOWN_MEMBER_ID");
});

Deno.test("offsets are fetched by members in their epoch, or by nobody in particular", () => {
  const test = withMembers();
  const fetch = (memberId: string | null, memberEpoch: number) =>
    outcome(() => test.group().checkOffsetFetch(memberId, memberEpoch));
  assertEquals(fetch(null, -1), "ok");
  assertEquals(fetch("a", 3), "ok");
  assertEquals(fetch("a", 2), "STALE_MEMBER_EPOCH");
  assertEquals(fetch("a", -1), "STALE_MEMBER_EPOCH");
  assertEquals(fetch("x", 3), "UNKNOWN_MEMBER_ID");
  assertEquals(fetch(null, 3), "UNKNOWN_MEMBER_ID");
});

Deno.test("offsets of topics that somebody is subscribed to are kept, others by their age", () => {
  const test = withMembers();
  const expiry = test.group().offsetExpiry();
  assertEquals(expiry.baseMs(17), 17);
  assertEquals(["topic", "missing", "other"].map(expiry.keeps), [true, true, false]);
});

Deno.test("only an empty group may be deleted, and its tombstones leave nothing of it", () => {
  const test = withMembers();
  assertEquals(outcome(() => test.group().checkDelete()), "NON_EMPTY_GROUP");
  test.group().checkOffsetDelete();
  test.runtime.run({ records: test.group().tombstones(), response: undefined });
  assertEquals(test.store.size, 0);
  test.restart();
  assertEquals(test.store.size, 0);
});

Deno.test("a group is listed with its type and state", () => {
  const test = withMembers();
  const listed = { groupId: GROUP_ID, protocolType: "consumer", groupType: "consumer" };
  assertEquals(test.group().asListed(), { ...listed, groupState: "Stable" });
  test.heartbeat({ memberId: "a", memberEpoch: -1 });
  assertEquals(test.group().asListed(), { ...listed, groupState: "Assigning" });
  test.heartbeat({ memberId: "b", memberEpoch: -1, instanceId: "i" });
  assertEquals(test.group().asListed(), { ...listed, groupState: "Empty" });
});

Deno.test("a group is described with what its members have and are to have", () => {
  const test = withMembers();
  test.join("c");
  const described = test.groups.describe(GROUP_ID);
  assertEquals(described.groupState, "Reconciling");
  assertEquals([described.groupEpoch, described.assignmentEpoch], [4, 4]);
  assertEquals(described.assignorName, "uniform");
  assertEquals(described.errorCode ?? 0, 0);
  const [a, b] = described.members!;
  assertEquals(a, {
    memberId: "a",
    instanceId: null,
    rackId: "rack",
    memberEpoch: 3,
    clientId: "client",
    clientHost: "/127.0.0.1",
    subscribedTopicNames: ["missing", "topic"],
    subscribedTopicRegex: "",
    assignment: a.assignment,
    targetAssignment: a.targetAssignment,
    memberType: 1,
  });
  assertEquals(b.instanceId, "i");
  const [topic] = a.assignment!.topicPartitions!;
  assertEquals([topic.topicId, topic.topicName], [test.topicId("topic"), "topic"]);
  assertEquals(topic.partitions!.length, 2);
});

Deno.test("topics that were deleted are left out of a description", () => {
  const test = withMembers();
  test.deleteTopic("topic");
  const [a] = test.groups.describe(GROUP_ID).members!;
  assertEquals([a.assignment, a.targetAssignment], [{ topicPartitions: [] }, {
    topicPartitions: [],
  }]);
});

Deno.test("a group that does not exist is described by its error", () => {
  const { groupId, errorCode } = new TestConsumerGroups().groups.describe("none");
  assertEquals([groupId, errorCode], ["none", 69]);
});

Deno.test("a member is required by its id", () => {
  const test = withMembers();
  assertEquals(test.group().requireMember("a").memberId, "a");
  const error = assertThrows(() => test.group().requireMember("x"), KafkaError);
  assertEquals(error.errorName, "UNKNOWN_MEMBER_ID");
});
