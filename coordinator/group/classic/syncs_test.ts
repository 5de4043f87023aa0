import { assert, assertEquals } from "../../../lib/assert.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import { INITIAL_DELAY_MS, TestClassicGroups, text } from "./testing/test_classic_groups.ts";

/** A group of three that has joined and waits for the leader's assignment. */
function joined(test: TestClassicGroups): string[] {
  const asked = [1, 2, 3].map(() => test.join({ version: 3 }));
  test.advance(2 * INITIAL_DELAY_MS);
  return asked.map(({ response }) => response.memberId!);
}

Deno.test("SyncGroup: followers wait for the leader, and each member gets its own part", () => {
  const test = new TestClassicGroups();
  const [leader, a, b] = joined(test);
  const [first, second] = [a, b].map((memberId) => test.sync({ memberId, generation: 1 }));
  assert(first.isWaiting && second.isWaiting);
  const assignments = { [leader]: "L", [a]: "A", [b]: "B" };
  const led = test.sync({ memberId: leader, generation: 1, assignments });
  assertEquals([led, first, second].map(({ response }) => text(response.assignment)), [
    "L",
    "A",
    "B",
  ]);
  assertEquals(first.response.protocolName, "range");
  assertEquals(first.response.protocolType, "consumer");
  assertEquals(test.group().state, "Stable");
});

Deno.test("SyncGroup: nobody is told an assignment before it is committed", () => {
  const test = new TestClassicGroups();
  const [leader, a, b] = joined(test);
  test.runtime.holdCommits = true;
  const assignments = { [leader]: "L", [a]: "A", [b]: "B" };
  const led = test.sync({ memberId: leader, generation: 1, assignments });
  const followed = test.sync({ memberId: a, generation: 1 });
  assert(led.isWaiting && followed.isWaiting);
  assertEquals(test.group().state, "CompletingRebalance");
  test.runtime.commit();
  assertEquals([led, followed].map(({ response }) => text(response.assignment)), ["L", "A"]);
  const late = test.sync({ memberId: b, generation: 1 });
  assertEquals(text(late.response.assignment), "B");
});

Deno.test("SyncGroup: an assignment that is committed when the next rebalance has begun is nobody's", () => {
  const test = new TestClassicGroups();
  const [leader, a] = joined(test);
  test.runtime.holdCommits = true;
  const led = test.sync({ memberId: leader, generation: 1, assignments: { [a]: "A" } });
  test.join({ memberId: a, version: 3, protocols: [["range", "other"]] });
  assertEquals(led.response.errorCode, ErrorCode.REBALANCE_IN_PROGRESS);
  test.runtime.commit();
  assertEquals(test.group().state, "PreparingRebalance");
  assertEquals(test.group().members.get(a)!.assignment.length, 0);
});

Deno.test("SyncGroup: members that the leader leaves out get an empty assignment, members that it invents nothing", () => {
  const test = new TestClassicGroups();
  const [leader, a] = joined(test);
  test.sync({ memberId: leader, generation: 1, assignments: { nobody: "N" } });
  const { errorCode, assignment } = test.sync({ memberId: a, generation: 1 }).response;
  assertEquals([errorCode, assignment!.length, test.group().memberCount], [0, 0, 3]);
});

Deno.test("SyncGroup: a stable group tells the assignment that it has, also to a leader with another one", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  const records = test.runtime.records.length;
  const again = test.sync({ memberId: leader, generation: 1, assignments: { [leader]: "new" } });
  assertEquals(text(again.response.assignment), `to ${leader}`);
  const followed = test.sync({ memberId: follower, generation: 1 });
  assertEquals(text(followed.response.assignment), `to ${follower}`);
  assertEquals(test.runtime.records.length, records);
});

Deno.test("SyncGroup: what the leader hands in first counts, also while it is not committed", () => {
  const test = new TestClassicGroups();
  const [leader] = joined(test);
  test.runtime.holdCommits = true;
  const records = test.runtime.records.length;
  const assign = (what: string) =>
    test.sync({ memberId: leader, generation: 1, assignments: { [leader]: what } });
  const [first, second] = [assign("1"), assign("2")];
  assertEquals(test.runtime.records.length, records + 1);
  test.runtime.commit();
  assertEquals(first.response.errorCode, ErrorCode.REBALANCE_IN_PROGRESS);
  assertEquals(text(second.response.assignment), "1");
});

Deno.test("SyncGroup: an assignment that cannot be recorded fails for everybody, and members join anew", () => {
  const test = new TestClassicGroups();
  const [leader, a] = joined(test);
  const followed = test.sync({ memberId: a, generation: 1 });
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  const led = test.syncRefused({ memberId: leader, generation: 1 });
  assertEquals([led.response.errorCode, followed.response.errorCode], [
    ErrorCode.UNKNOWN_SERVER_ERROR,
    ErrorCode.UNKNOWN_SERVER_ERROR,
  ]);
  assertEquals(test.heartbeat(leader, 1), ErrorCode.REBALANCE_IN_PROGRESS);
});

Deno.test("SyncGroup: an assignment that is committed too late is nobody's, and members join anew", () => {
  const test = new TestClassicGroups();
  const [leader] = joined(test);
  test.runtime.holdCommits = true;
  const led = test.sync({ memberId: leader, generation: 1 });
  test.runtime.commitLate();
  assertEquals(led.response.errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  assertEquals(test.heartbeat(leader, 1), ErrorCode.REBALANCE_IN_PROGRESS);
});

Deno.test("SyncGroup: instance id, member id, generation and protocol are checked in this order, then the state", () => {
  const test = new TestClassicGroups();
  const error = (draft: Parameters<TestClassicGroups["sync"]>[0]) =>
    test.sync(draft).response.errorCode;
  const m = { memberId: "m", generation: 9 };
  assertEquals(error(m), ErrorCode.UNKNOWN_MEMBER_ID);
  const [a] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  assertEquals(error({ ...m, instanceId: "c" }), ErrorCode.UNKNOWN_MEMBER_ID);
  assertEquals(error({ ...m, instanceId: "a" }), ErrorCode.FENCED_INSTANCE_ID);
  assertEquals(error(m), ErrorCode.UNKNOWN_MEMBER_ID);
  const other = { memberId: a, protocolType: "connect", protocolName: "sticky" };
  assertEquals(error({ ...other, generation: 9 }), ErrorCode.ILLEGAL_GENERATION);
  assertEquals(error({ ...other, generation: 1 }), ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  const named = { memberId: a, generation: 1, protocolType: "consumer", protocolName: "range" };
  assertEquals(
    error({ ...named, protocolName: "sticky" }),
    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
  );
  assertEquals(error(named), 0);
  test.join({ memberId: a, instanceId: "a" });
  assertEquals(error(named), ErrorCode.REBALANCE_IN_PROGRESS);
});

Deno.test("SyncGroup: an empty group knows no member", () => {
  const test = new TestClassicGroups();
  const memberId = test.newId();
  const { errorCode } = test.sync({ memberId, generation: 0 }).response;
  assertEquals(errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});
