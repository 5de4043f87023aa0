import { assertEquals } from "../../../lib/assert.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import { assignmentBytes, ClassicClient } from "../../testing/classic_client.ts";
import { assignedIn, GROUP_ID } from "../../testing/test_consumer_groups.ts";
import { acknowledge, assignedTo, classicGroup, errorOf, testGroups } from "./testing/groups.ts";

Deno.test("the first consumer turns a classic group with members into a consumer group", () => {
  const test = testGroups();
  const [a, b] = classicGroup(test, {}, {});
  const { generation } = test.classicGroup();
  const answer = test.join("consumer");
  assertEquals(test.group().groupEpoch, generation + 1);
  assertEquals(test.group().memberCount, 3);
  assertEquals(test.group().classicMemberCount, 2);
  assertEquals(assignedTo(test, a.memberId), [0, 1]);
  assertEquals(assignedTo(test, b.memberId), [2, 3]);
  assertEquals(answer.memberEpoch, generation + 1);
  assertEquals(assignedIn(answer), {});
});

Deno.test("members keep what they had said when they joined", () => {
  const test = testGroups();
  const traits = { instanceId: "i", rackId: "r", sessionTimeoutMs: 7000, rebalanceTimeoutMs: 9000 };
  const [a] = classicGroup(test, { ...traits, protocols: ["range", "roundrobin"] });
  test.join("consumer");
  const { generation } = a;
  const member = test.group().requireMember(a.memberId);
  assertEquals(member.instanceId, "i");
  assertEquals(member.rackId, "r");
  assertEquals(member.clientId, "classic");
  assertEquals(member.rebalanceTimeoutMs, 9000);
  assertEquals(member.subscribedTopicNames, new Set(["topic"]));
  assertEquals(member.classic!.sessionTimeoutMs, 7000);
  const names = member.classic!.supportedProtocols.map(({ name }) => name);
  assertEquals(names, ["range", "roundrobin"]);
  assertEquals([member.memberEpoch, member.previousMemberEpoch], [generation, generation]);
  const epochs = [...member.assigned.get(test.topicId("topic"))!.values()];
  assertEquals(new Set(epochs), new Set([generation]));
});

Deno.test("what is written of an upgrade is read as the same group", () => {
  const test = testGroups();
  classicGroup(test, {}, { instanceId: "i" });
  test.join("consumer");
  const before = test.groups.describe(GROUP_ID);
  test.restart();
  assertEquals(test.groups.describe(GROUP_ID), before);
  test.compact();
  test.restart();
  assertEquals(test.groups.describe(GROUP_ID), before);
});

Deno.test("records that are refused leave the classic group as it was", () => {
  const test = testGroups();
  const [a] = classicGroup(test, {});
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  errorOf(() => test.join("consumer"));
  assertEquals(test.classicGroup().memberCount, 1);
  assertEquals(a.heartbeat(), "NONE");
  test.advance(9999);
  assertEquals(test.classicGroup().memberCount, 1);
});

Deno.test("members that wait in the middle of a rebalance are told to join again", () => {
  const test = testGroups({ "group.initial.rebalance.delay.ms": "0" });
  const [a, b] = classicGroup(test, {}, {});
  const joining = a.join();
  assertEquals(joining.isWaiting, true);
  test.join("consumer");
  assertEquals(joining.response.errorCode, 27);
  assertEquals(b.heartbeat(), "REBALANCE_IN_PROGRESS");
});

Deno.test("members that wait for the leader's assignment are told to join again", () => {
  const test = testGroups();
  const a = new ClassicClient(test);
  const b = new ClassicClient(test);
  const joins = [a.join(), b.join()];
  test.advance(0);
  a.take(joins[0].response);
  b.take(joins[1].response);
  const waiting = b.sync();
  test.join("consumer");
  assertEquals(waiting.response.errorCode, 27);
  assertEquals(assignedTo(test, a.memberId), []);
  assertEquals(errorOf(() => a.sync()), "REBALANCE_IN_PROGRESS");
});

Deno.test("a member that is silent after the upgrade is removed when its own session ends", () => {
  const test = testGroups();
  classicGroup(test, { sessionTimeoutMs: 6000 }, { sessionTimeoutMs: 20_000 });
  test.join("consumer");
  test.advance(5999);
  assertEquals(test.group().memberCount, 3);
  test.advance(1);
  assertEquals(test.group().memberCount, 2);
});

Deno.test("timers of the classic group do nothing once it is a consumer group", () => {
  const test = testGroups();
  const [a] = classicGroup(test, {}, {});
  a.join(); // The other one has a minute to join as well.
  test.join("consumer");
  const alive = () => {
    test.advance(1000);
    acknowledge(test, "consumer", assignedTo(test, "consumer"));
  };
  for (let second = 0; second < 70; second++) alive();
  assertEquals([...test.group().members.keys()], ["consumer"]);
  assertEquals(test.runtime.context.timers.size, 1);
});

for (const policy of ["DISABLED", "DOWNGRADE"]) {
  Deno.test(`a classic group with members is closed to consumers under policy ${policy}`, () => {
    const test = testGroups({ "group.consumer.migration.policy": policy });
    const [a] = classicGroup(test, {});
    assertEquals(errorOf(() => test.join("consumer")), "GROUP_ID_NOT_FOUND");
    assertEquals(a.heartbeat(), "NONE");
  });
}

Deno.test("an empty classic group gives way to a consumer under any policy", () => {
  const test = testGroups({ "group.consumer.migration.policy": "DISABLED" });
  const [a] = classicGroup(test, {});
  a.leave();
  assertEquals(test.classicGroup().isEmpty, true);
  test.join("consumer");
  assertEquals([...test.group().members.keys()], ["consumer"]);
  test.restart();
  assertEquals([...test.group().members.keys()], ["consumer"]);
});

Deno.test("only a consumer that joins upgrades a group", () => {
  const test = testGroups();
  classicGroup(test, {});
  const later = { memberId: "consumer", memberEpoch: 1 };
  assertEquals(errorOf(() => test.heartbeat(later)), "GROUP_ID_NOT_FOUND");
  const leaving = { memberId: "consumer", memberEpoch: -1 };
  assertEquals(errorOf(() => test.heartbeat(leaving)), "GROUP_ID_NOT_FOUND");
});

Deno.test("groups of something else than consumers are not upgraded", () => {
  const test = testGroups();
  const connector = new ClassicClient(test);
  connector.join({ protocolType: "connect" });
  test.advance(0);
  assertEquals(errorOf(() => test.join("consumer")), "GROUP_ID_NOT_FOUND");
});

Deno.test("a group beyond the size of consumer groups is not upgraded", () => {
  const test = testGroups({ "group.consumer.max.size": "1" });
  classicGroup(test, {}, {});
  assertEquals(errorOf(() => test.join("consumer")), "GROUP_ID_NOT_FOUND");
});

Deno.test("a group that fills its size takes no consumer, and stays classic", () => {
  const test = testGroups({ "group.consumer.max.size": "2" });
  classicGroup(test, {}, {});
  assertEquals(errorOf(() => test.join("consumer")), "GROUP_MAX_SIZE_REACHED");
  assertEquals(test.classicGroup().memberCount, 2);
});

Deno.test("a group in its first rebalance has no protocol to read its members by", () => {
  const test = testGroups({ "group.initial.rebalance.delay.ms": "3000" });
  const waiting = new ClassicClient(test).join();
  assertEquals(errorOf(() => test.join("consumer")), "UNKNOWN_SERVER_ERROR");
  assertEquals(waiting.response.errorCode, 27);
});

/** A classic group whose only member says or was assigned something odd. */
function oddGroup(metadata: Uint8Array | null, assignment: Uint8Array) {
  const test = testGroups();
  const client = new ClassicClient(test);
  const protocols = metadata === null ? {} : { protocols: [{ name: "range", metadata }] };
  const asked = client.join(protocols);
  test.advance(0);
  client.take(asked.response);
  client.sync({ assignments: [{ memberId: client.memberId, assignment }] });
  return test;
}

Deno.test("subscriptions and assignments that cannot be read keep a group classic", () => {
  const good = assignmentBytes({ topic: [0] });
  const odd = {
    metadata: oddGroup(new Uint8Array([0]), good),
    "metadata of a version below 0": oddGroup(new Uint8Array([255, 255, 0, 0]), good),
    assignment: oddGroup(null, new Uint8Array([1, 2, 3])),
  };
  for (const [what, test] of Object.entries(odd)) {
    assertEquals(errorOf(() => test.join("consumer")), "GROUP_ID_NOT_FOUND", what);
    assertEquals(test.classicGroup().memberCount, 1);
  }
});

Deno.test("data of an assignor's own would be lost, and keeps a group classic", () => {
  const withData = (data: number[]) => assignmentBytes({ topic: [0] }, new Uint8Array(data));
  const own = oddGroup(null, withData([1]));
  assertEquals(errorOf(() => own.join("consumer")), "GROUP_ID_NOT_FOUND");
  const none = oddGroup(null, withData([]));
  none.join("consumer");
  assertEquals(none.group().memberCount, 2);
});

Deno.test("topics that do not exist drop out of what members have", () => {
  const test = oddGroup(null, assignmentBytes({ topic: [1], gone: [0] }));
  test.join("consumer");
  const [{ assigned }] = test.group().members.values();
  assertEquals([...assigned.keys()], [test.topicId("topic")]);
});
