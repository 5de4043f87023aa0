import { assert, assertEquals } from "../../../lib/assert.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import { SESSION_MS, TestClassicGroups } from "./testing/test_classic_groups.ts";

Deno.test("LeaveGroup: the others are asked to join without the member that left", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  const { errorCode, members } = test.leave([[leader]]);
  assertEquals([errorCode, members], [
    0,
    [{ memberId: leader, groupInstanceId: null, errorCode: 0 }],
  ]);
  assertEquals(test.heartbeat(follower, 1), ErrorCode.REBALANCE_IN_PROGRESS);
  const { members: left, leader: told } = test.join({ memberId: follower }).response;
  assertEquals([told, left!.length], [follower, 1]);
});

Deno.test("LeaveGroup: the last one leaves an empty group, one generation on, which is recorded", () => {
  const test = new TestClassicGroups();
  const ids = test.stable({}, {});
  test.leave(ids.map((id) => [id]));
  assertEquals([test.group().state, test.group().generation], ["Empty", 2]);
  const [kept] = test.replayed().all;
  assertEquals([kept.stateName, kept.isEmpty], ["Empty", true]);
});

Deno.test("LeaveGroup: several members, each with its own error, from version 3", () => {
  const test = new TestClassicGroups();
  const [a, b] = test.stable({ instanceId: "a" }, { instanceId: "b" }, {});
  const { errorCode, members } = test.leave([["", "a"], [a, "b"], ["", "c"], ["nobody"], [""]]);
  assertEquals(errorCode, 0);
  assertEquals(members!.map((each) => each.errorCode), [
    0,
    ErrorCode.FENCED_INSTANCE_ID,
    ErrorCode.UNKNOWN_MEMBER_ID,
    ErrorCode.UNKNOWN_MEMBER_ID,
    ErrorCode.UNKNOWN_MEMBER_ID,
  ]);
  assertEquals([test.group().hasMember(a), test.group().hasMember(b)], [false, true]);
});

Deno.test("LeaveGroup: a static member may leave by its member id alone", () => {
  const test = new TestClassicGroups();
  const [a] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  assertEquals(test.leave([[a]]).members![0].errorCode, 0);
  assertEquals(test.group().staticMember("a"), undefined);
});

Deno.test("LeaveGroup: before version 3 the member's error is the response's", () => {
  const test = new TestClassicGroups();
  assertEquals(test.leave([["m"]], 2), { errorCode: ErrorCode.UNKNOWN_MEMBER_ID });
  const [member] = test.stable({});
  assertEquals(test.leave([["m"]], 0), { errorCode: ErrorCode.UNKNOWN_MEMBER_ID });
  assertEquals(test.leave([[member]], 1), { errorCode: 0 });
});

Deno.test("LeaveGroup: a group that does not exist knows none of the members", () => {
  const { errorCode, members } = new TestClassicGroups().leave([["m", "i"], ["n"]]);
  assertEquals([errorCode, members], [0, [
    { memberId: "m", groupInstanceId: "i", errorCode: ErrorCode.UNKNOWN_MEMBER_ID },
    { memberId: "n", groupInstanceId: null, errorCode: ErrorCode.UNKNOWN_MEMBER_ID },
  ]]);
});

Deno.test("LeaveGroup: an id that was given out may leave; a rebalance waits for it no longer", () => {
  const test = new TestClassicGroups();
  const [leader] = test.stable({});
  const memberId = test.newId();
  const led = test.join({ memberId: leader });
  assert(led.isWaiting);
  assertEquals(test.leave([[memberId]]).members![0].errorCode, 0);
  assertEquals(led.response.errorCode, 0);
});

Deno.test("LeaveGroup: whoever waits under the id of a member that leaves is told that it is unknown", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  const joining = test.join({ memberId: leader });
  test.leave([[leader]]);
  const { errorCode, memberId } = joining.response;
  assertEquals([errorCode, memberId], [ErrorCode.UNKNOWN_MEMBER_ID, undefined]);
  test.join({ memberId: follower });
  const third = test.newId();
  test.join({ memberId: third });
  test.join({ memberId: follower });
  const syncing = test.sync({ memberId: third, generation: test.group().generation });
  assert(syncing.isWaiting);
  test.leave([[third]]);
  assertEquals(syncing.response.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});

Deno.test("LeaveGroup: members that leave take their timers along", () => {
  const test = new TestClassicGroups();
  const [member] = test.stable({});
  test.leave([[member], [test.newId()]]);
  assertEquals(test.runtime.context.timers.size, 0);
  test.advance(SESSION_MS);
  assertEquals([test.group().state, test.group().generation], ["Empty", 2]);
});
