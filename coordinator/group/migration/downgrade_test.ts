import { assertEquals } from "../../../lib/assert.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import { assignedTopics, ClassicClient } from "../../testing/classic_client.ts";
import { memberRecord } from "../consumer/records.ts";
import type { TestConsumerGroups } from "../../testing/test_consumer_groups.ts";
import { assignedTo, errorOf, mixedGroup, testGroups } from "./testing/groups.ts";

const leaveConsumer = (test: TestConsumerGroups) =>
  test.heartbeat({ memberId: "consumer", memberEpoch: -1 });

const namesOf = (records: readonly GroupRecord[]) =>
  records.map(({ type, value }) => `${value === null ? "-" : "+"}${type}`);

Deno.test("the last consumer that leaves turns the group into a classic one that rebalances", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  const { groupEpoch } = test.group();
  leaveConsumer(test);
  const group = test.classicGroup();
  assertEquals(group.state, "PreparingRebalance");
  assertEquals(group.generation, groupEpoch);
  assertEquals([group.protocolType, group.protocolName], ["consumer", "range"]);
  assertEquals([...group.members.keys()], [classic.memberId]);
  assertEquals(group.isLeader(classic.memberId), true);
  assertEquals(classic.heartbeat(), "REBALANCE_IN_PROGRESS");
  const joined = classic.joined();
  assertEquals(joined.generationId, groupEpoch + 1);
  assertEquals(joined.leader, classic.memberId);
});

Deno.test("members have what they were to have in the consumer group", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  const share = assignedTo(test, classic.memberId);
  leaveConsumer(test);
  const { assignment } = test.classicGroup().members.get(classic.memberId)!;
  assertEquals(assignedTopics(assignment), { topic: share });
});

Deno.test("an assignment is written in the version of the member's subscription", () => {
  for (const [said, written] of [[0, 0], [1, 1], [3, 3]]) {
    const test = testGroups();
    const classic = mixedGroup(test, { subscriptionVersion: said });
    leaveConsumer(test);
    const { assignment } = test.classicGroup().members.get(classic.memberId)!;
    assertEquals([...assignment.slice(0, 2)], [0, written]);
  }
});

Deno.test("topics that are gone have no name, and drop out of the assignment", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  test.deleteTopic("topic");
  leaveConsumer(test);
  const { assignment } = test.classicGroup().members.get(classic.memberId)!;
  assertEquals(assignedTopics(assignment), {});
});

Deno.test("the consumer group is taken back before the classic one is written", () => {
  const test = testGroups();
  mixedGroup(test);
  const before = test.runtime.records.length;
  leaveConsumer(test);
  assertEquals(namesOf(test.runtime.records.slice(before)), [
    "-ConsumerGroupCurrentMemberAssignment",
    "-ConsumerGroupCurrentMemberAssignment",
    "-ConsumerGroupTargetAssignmentMember",
    "-ConsumerGroupTargetAssignmentMember",
    "-ConsumerGroupTargetAssignmentMetadata",
    "-ConsumerGroupMemberMetadata",
    "-ConsumerGroupMemberMetadata",
    "-ConsumerGroupPartitionMetadata",
    "-ConsumerGroupMetadata",
    "+GroupMetadata",
  ]);
});

Deno.test("what is written of a downgrade is read as a stable classic group with its members", () => {
  for (const compacted of [false, true]) {
    const test = testGroups();
    const classic = mixedGroup(test, { instanceId: "i" });
    const share = assignedTo(test, classic.memberId);
    const { groupEpoch } = test.group();
    leaveConsumer(test);
    if (compacted) test.compact();
    test.restart();
    const group = test.classicGroup();
    assertEquals([group.state, group.generation], ["Stable", groupEpoch]);
    const member = group.staticMember("i")!;
    assertEquals(member.memberId, classic.memberId);
    assertEquals([member.sessionTimeoutMs, member.rebalanceTimeoutMs], [10_000, 60_000]);
    assertEquals(assignedTopics(member.assignment), { topic: share });
  }
});

Deno.test("records that are refused leave the consumer group as it was", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  errorOf(() => leaveConsumer(test));
  assertEquals(test.group().memberCount, 2);
  assertEquals(classic.heartbeat(), "NONE");
  test.advance(9000);
  classic.heartbeat();
  test.advance(5000);
  assertEquals(test.group().hasMember(classic.memberId), true);
});

Deno.test("a consumer that is silent for too long makes the group classic as well", () => {
  const test = testGroups();
  const classic = mixedGroup(test, { sessionTimeoutMs: 50_000 });
  test.advance(45_000);
  assertEquals([...test.classicGroup().members.keys()], [classic.memberId]);
});

Deno.test("members of the classic group have the session that they asked for", () => {
  const test = testGroups();
  mixedGroup(test, { sessionTimeoutMs: 6000 });
  leaveConsumer(test);
  test.advance(5999);
  assertEquals(test.classicGroup().memberCount, 1);
  test.advance(1);
  assertEquals(test.classicGroup().memberCount, 0);
});

Deno.test("a group goes there and back again", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  leaveConsumer(test);
  classic.joined();
  const assignment = classic.owned;
  assertEquals(Object.keys(assignment), ["topic"]);
  test.join("consumer");
  assertEquals(test.group().memberCount, 2);
  assertEquals(classic.heartbeat(), "REBALANCE_IN_PROGRESS");
  classic.joined();
  assertEquals(test.group().state, "Stable");
});

Deno.test("a group stays a consumer group while there is another consumer", () => {
  const test = testGroups();
  mixedGroup(test);
  test.join("another");
  leaveConsumer(test);
  assertEquals(test.group().memberCount, 2);
});

Deno.test("a static consumer that leaves for a while does not end the consumer group", () => {
  const test = testGroups();
  test.join("consumer", { instanceId: "i" });
  const classic = new ClassicClient(test);
  classic.joined();
  test.heartbeat({ memberId: "consumer", memberEpoch: -2, instanceId: "i" });
  assertEquals(test.group().memberCount, 2);
  test.heartbeat({ memberId: "consumer", memberEpoch: -1, instanceId: "i" });
  assertEquals(test.classicGroup().memberCount, 1);
});

Deno.test("an empty group stays a consumer group", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  classic.leave([[classic.memberId, null], ["consumer", null]]);
  assertEquals(test.group().isEmpty, true);
});

const STAYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "the policy is UPGRADE": { "group.consumer.migration.policy": "UPGRADE" },
  "it is beyond the size of classic groups": { "group.max.size": "1" },
};

for (const [why, config] of Object.entries(STAYS)) {
  Deno.test(`a group of classic members only stays a consumer group where ${why}`, () => {
    const test = testGroups(config);
    const classics = [mixedGroup(test), new ClassicClient(test)];
    classics[1].joined();
    leaveConsumer(test);
    assertEquals(test.group().memberCount, 2);
    assertEquals(test.group().classicMemberCount, 2);
  });
}

Deno.test("a classic member in the place of the last consumer makes the group classic, without a rebalance", () => {
  const test = testGroups();
  test.join("consumer", { instanceId: "i" });
  const { groupEpoch } = test.group();
  const classic = new ClassicClient(test, { instanceId: "i" });
  const answer = classic.joined();
  const group = test.classicGroup();
  assertEquals(answer.errorCode, ErrorCode.NONE);
  assertEquals(answer.generationId, groupEpoch);
  assertEquals([group.state, group.generation], ["Stable", groupEpoch]);
  assertEquals(group.staticMember("i")!.memberId, classic.memberId);
  assertEquals(classic.synced(), { topic: [0, 1, 2, 3] });
  const old = { memberId: "consumer", memberEpoch: groupEpoch, instanceId: "i" };
  assertEquals(errorOf(() => test.heartbeat(old)), "GROUP_ID_NOT_FOUND");
});

Deno.test("a classic member in the last consumer's place that wants other topics makes the group rebalance", () => {
  const test = testGroups();
  test.setTopic("other", 1);
  test.join("consumer", { instanceId: "i" });
  const classic = new ClassicClient(test, { instanceId: "i", topics: ["other"] });
  classic.joined();
  assertEquals(test.classicGroup().state, "PreparingRebalance");
  assertEquals(
    classic.heartbeat({ generationId: test.classicGroup().generation }),
    "REBALANCE_IN_PROGRESS",
  );
});

Deno.test("what is written of a member in another's place is read as the same group", () => {
  const test = testGroups();
  test.join("consumer", { instanceId: "i", subscribedTopicRegex: "t.*", subscribedTopicNames: [] });
  test.advance(0);
  const classic = new ClassicClient(test, { instanceId: "i" });
  classic.joined();
  test.restart();
  assertEquals([...test.classicGroup().members.keys()], [classic.memberId]);
  test.compact();
  assertEquals(namesOf(test.runtime.records), ["+GroupMetadata"]);
  test.restart();
  assertEquals([...test.classicGroup().members.keys()], [classic.memberId]);
});

Deno.test("a classic member in a consumer's place leaves the group alone where another consumer is left", () => {
  const test = testGroups();
  test.join("consumer", { instanceId: "i" });
  test.join("another");
  const classic = new ClassicClient(test, { instanceId: "i" });
  classic.joined();
  assertEquals(test.group().staticMember("i")!.memberId, classic.memberId);
  assertEquals([...test.group().members.keys()].sort(), ["another", classic.memberId].sort());
});

Deno.test("a member whose subscription cannot be read keeps the group from becoming classic", () => {
  const test = testGroups();
  mixedGroup(test, { memberId: "classic" });
  const member = test.group().requireMember("classic");
  const supportedProtocols = [{ name: "range", metadata: new Uint8Array([0]) }];
  const classic = { sessionTimeoutMs: 10_000, supportedProtocols };
  const record = memberRecord("group", { ...member, classic });
  test.runtime.run({ records: [record], response: undefined });
  assertEquals(errorOf(() => leaveConsumer(test)), "GROUP_ID_NOT_FOUND");
  assertEquals(test.group().memberCount, 2);
});
