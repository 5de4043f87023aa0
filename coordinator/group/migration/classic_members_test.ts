import { assert, assertEquals } from "../../../lib/assert.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import { assignedTopics, ClassicClient } from "../../testing/classic_client.ts";
import type { TestConsumerGroups } from "../../testing/test_consumer_groups.ts";
import { acknowledge, assignedTo, errorOf, mixedGroup, testGroups } from "./testing/groups.ts";

/** The consumer lives for `seconds` more, and so does a classic member where it is named. */
function live(test: TestConsumerGroups, seconds: number, classic?: ClassicClient): void {
  for (let second = 0; second < seconds; second++) {
    test.advance(1000);
    acknowledge(test, "consumer", assignedTo(test, "consumer"));
    classic?.heartbeat();
  }
}

Deno.test("a member is told its assignment in the version of its subscription", () => {
  for (const version of [0, 1, 2, 3]) {
    const test = testGroups();
    const classic = mixedGroup(test, { subscriptionVersion: version });
    const bytes = classic.sync().response.assignment!;
    assertEquals([...bytes.slice(0, 2)], [0, version]);
    assertEquals(assignedTopics(bytes).topic, assignedTo(test, classic.memberId));
  }
});

Deno.test("a sync answers with the protocol that the member names", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  const { assignment: _, ...answer } =
    classic.sync({ protocolType: "consumer", protocolName: "range" }).response;
  const said = { protocolType: "consumer", protocolName: "range" };
  assertEquals(answer, { errorCode: ErrorCode.NONE, ...said });
  assertEquals(classic.sync().response.protocolName, null);
});

Deno.test("a member syncs with its own id, generation and protocol only", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  const sync = (fields: Parameters<ClassicClient["sync"]>[0]) =>
    errorOf(() => classic.sync(fields));
  assertEquals(sync({ memberId: "nobody" }), "UNKNOWN_MEMBER_ID");
  assertEquals(sync({ memberId: "consumer" }), "UNKNOWN_MEMBER_ID");
  assertEquals(sync({ groupInstanceId: "i" }), "UNKNOWN_MEMBER_ID");
  assertEquals(sync({ generationId: classic.generation + 1 }), "ILLEGAL_GENERATION");
  assertEquals(sync({ protocolType: "connect" }), "INCONSISTENT_GROUP_PROTOCOL");
  assertEquals(sync({ protocolName: "sticky" }), "INCONSISTENT_GROUP_PROTOCOL");
});

Deno.test("a member has to join before it syncs once there is another assignment", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  test.join("another");
  assertEquals(errorOf(() => classic.sync()), "REBALANCE_IN_PROGRESS");
  classic.joined();
  assert(classic.synced().topic.length < 2);
});

Deno.test("a heartbeat is for a classic member with its generation", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  assertEquals(classic.heartbeat(), "NONE");
  assertEquals(classic.heartbeat({ memberId: "nobody" }), "UNKNOWN_MEMBER_ID");
  assertEquals(classic.heartbeat({ memberId: "consumer" }), "UNKNOWN_MEMBER_ID");
  assertEquals(classic.heartbeat({ generationId: 99 }), "ILLEGAL_GENERATION");
});

Deno.test("a member lives as long as it heartbeats within its session", () => {
  const test = testGroups();
  const classic = mixedGroup(test, { sessionTimeoutMs: 6000 });
  live(test, 20, classic);
  assertEquals(test.group().memberCount, 2);
  live(test, 5);
  assertEquals(test.group().memberCount, 2);
  live(test, 1);
  assertEquals([...test.group().members.keys()], ["consumer"]);
});

Deno.test("a member that does not join again within its rebalance timeout is removed", () => {
  const test = testGroups();
  const classic = mixedGroup(test, { rebalanceTimeoutMs: 20_000 });
  test.setTopic("topic", 6);
  live(test, 1, classic);
  assertEquals(classic.heartbeat(), "REBALANCE_IN_PROGRESS");
  live(test, 19, classic);
  assertEquals(test.group().memberCount, 2);
  live(test, 1, classic);
  assertEquals([...test.group().members.keys()], ["consumer"]);
});

Deno.test("a member that joins again in time stays", () => {
  const test = testGroups();
  const classic = mixedGroup(test, { rebalanceTimeoutMs: 20_000 });
  test.setTopic("topic", 6);
  live(test, 10, classic);
  classic.joined();
  classic.synced();
  live(test, 15, classic);
  assertEquals(test.group().memberCount, 2);
});

Deno.test("a member that does not ask for its assignment within its rebalance timeout is removed", () => {
  const test = testGroups();
  test.join("consumer");
  const classic = new ClassicClient(test, { rebalanceTimeoutMs: 20_000 });
  classic.joined();
  live(test, 19, classic);
  assertEquals(test.group().memberCount, 2);
  live(test, 1, classic);
  assertEquals([...test.group().members.keys()], ["consumer"]);
});

Deno.test("members of both protocols leave by LeaveGroup, each with its error", () => {
  const test = testGroups();
  const classic = mixedGroup(test, { instanceId: "i" });
  test.join("another");
  test.join("static", { instanceId: "j" });
  const errors = classic.leave([
    ["another", null],
    ["", "i"],
    ["nobody", null],
    ["", "k"],
    ["another", "j"],
  ]);
  assertEquals(errors, [
    "NONE",
    "NONE",
    "UNKNOWN_MEMBER_ID",
    "UNKNOWN_MEMBER_ID",
    "FENCED_INSTANCE_ID",
  ]);
  assertEquals([...test.group().members.keys()].sort(), ["consumer", "static"]);
});

Deno.test("a member that is named twice leaves once", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  const { groupEpoch } = test.group();
  const { memberId } = classic;
  assertEquals(classic.leave([[memberId, null], [memberId, null]]), ["NONE", "NONE"]);
  assertEquals(test.group().groupEpoch, groupEpoch + 1);
});

Deno.test("nobody leaves an empty consumer group, and nothing is written", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  classic.leave([[classic.memberId, null], ["consumer", null]]);
  const before = test.runtime.records.length;
  assertEquals(classic.leave(), ["UNKNOWN_MEMBER_ID"]);
  assertEquals(classic.heartbeat(), "UNKNOWN_MEMBER_ID");
  assertEquals(test.runtime.records.length, before);
});
