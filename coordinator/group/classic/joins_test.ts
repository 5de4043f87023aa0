import { assert, assertEquals, assertMatch, assertThrows } from "../../../lib/assert.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import { INITIAL_DELAY_MS, TestClassicGroups, text } from "./testing/test_classic_groups.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

Deno.test("JoinGroup before version 4: a new member is in the group at once, and answered after the initial delay", () => {
  const test = new TestClassicGroups();
  const asked = test.join({ version: 3, clientId: "app" });
  assertEquals([test.group().state, test.group().memberCount], ["PreparingRebalance", 1]);
  test.advance(INITIAL_DELAY_MS - 1);
  assert(asked.isWaiting);
  test.advance(1);
  const { memberId, leader, generationId, members, protocolName, errorCode } = asked.response;
  assertMatch(memberId!, new RegExp(`^app-${UUID}$`));
  assertEquals([leader, generationId, protocolName, errorCode], [memberId, 1, "range", 0]);
  assertEquals(members!.map((each) => [each.memberId, text(each.metadata)]), [[memberId, "r"]]);
  assertEquals(test.group().state, "CompletingRebalance");
});

Deno.test("JoinGroup from version 4: a dynamic member is told its id first, and joins with it (KIP-394)", () => {
  const test = new TestClassicGroups();
  const told = test.join({ version: 4 }).response;
  assertEquals(told.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  assertEquals([test.group().state, test.group().memberCount], ["Empty", 0]);
  const asked = test.join({ version: 4, memberId: told.memberId });
  assertEquals(test.group().state, "PreparingRebalance");
  test.advance(INITIAL_DELAY_MS);
  assertEquals([asked.response.memberId, asked.response.errorCode], [told.memberId, 0]);
});

Deno.test("JoinGroup: the id is told before the record that makes the group is committed", () => {
  const test = new TestClassicGroups();
  test.runtime.holdCommits = true;
  assertEquals(test.join().response.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  assertEquals(test.runtime.isHolding, true);
});

Deno.test("JoinGroup: an id that nobody joins with is forgotten after the session timeout", () => {
  const test = new TestClassicGroups();
  const memberId = test.newId({ sessionTimeoutMs: 7000 });
  test.advance(6999);
  assertEquals([...test.group().pendingMembers], [memberId]);
  test.advance(1);
  assertEquals(test.group().pendingMembers.size, 0);
  const late = test.join({ memberId }).response;
  assertEquals([late.errorCode, late.memberId], [ErrorCode.UNKNOWN_MEMBER_ID, memberId]);
});

Deno.test("JoinGroup: a static member needs no id first; its id begins with its instance id", () => {
  const test = new TestClassicGroups();
  const asked = test.join({ instanceId: "one" });
  test.advance(INITIAL_DELAY_MS);
  assertMatch(asked.response.memberId!, new RegExp(`^one-${UUID}$`));
});

Deno.test("JoinGroup: a client that turns static after it was given an id fails as in Kafka", () => {
  const test = new TestClassicGroups();
  const memberId = test.newId();
  const error = assertThrows(() => test.join({ memberId, instanceId: "one" }), KafkaError);
  assertEquals(error.errorName, "UNKNOWN_SERVER_ERROR");
});

Deno.test("JoinGroup: a group that does not exist knows no member, whatever its protocols", () => {
  const test = new TestClassicGroups();
  const { errorCode, memberId } = test.join({ memberId: "m", protocols: [] }).response;
  assertEquals([errorCode, memberId], [ErrorCode.UNKNOWN_MEMBER_ID, "m"]);
  assertEquals([test.groups.size, test.runtime.records.length], [0, 0]);
});

Deno.test("JoinGroup: a group is made, and recorded, also where its first member is refused", () => {
  const test = new TestClassicGroups();
  const { errorCode, memberId } = test.join({ protocols: [] }).response;
  assertEquals([errorCode, memberId], [ErrorCode.INCONSISTENT_GROUP_PROTOCOL, ""]);
  assertEquals([test.group().state, test.runtime.records.length], ["Empty", 1]);
});

Deno.test("JoinGroup: protocols are looked at before the member id", () => {
  const test = new TestClassicGroups();
  test.stable({});
  const inconsistent = [["roundrobin", ""]] as const;
  const refused = test.join({ memberId: "nobody", protocols: inconsistent }).response;
  assertEquals(refused.errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  assertEquals(refused.memberId, "nobody");
  assertEquals(
    test.join({ memberId: "nobody" }).response.errorCode,
    ErrorCode.UNKNOWN_MEMBER_ID,
  );
});

Deno.test("JoinGroup: another protocol type is refused while there are members, and taken by an empty group", () => {
  const test = new TestClassicGroups();
  const [member] = test.stable({});
  const connect = { protocolType: "connect" };
  assertEquals(
    test.join(connect).response.errorCode,
    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
  );
  test.leave([[member]]);
  assertEquals([test.group().state, test.group().protocolType], ["Empty", "consumer"]);
  const memberId = test.newId(connect);
  const asked = test.join({ ...connect, memberId });
  test.advance(INITIAL_DELAY_MS);
  assertEquals([asked.response.errorCode, test.group().protocolType], [0, "connect"]);
});

Deno.test("JoinGroup: without protocol type or protocols no group begins", () => {
  for (const draft of [{ protocolType: "" }, { protocols: [] }]) {
    const { errorCode } = new TestClassicGroups().join(draft).response;
    assertEquals(errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }
});

Deno.test("JoinGroup: in version 0 the session timeout is the rebalance timeout", () => {
  const test = new TestClassicGroups();
  test.join({ version: 0, sessionTimeoutMs: 8000, rebalanceTimeoutMs: -1 });
  assertEquals(test.group().rebalanceTimeoutMs, 8000);
});

Deno.test("JoinGroup: a missing protocol name is empty before version 7 and null from then on", () => {
  const refused = (version: number) =>
    new TestClassicGroups().join({ version, memberId: "nobody" }).response.protocolName;
  assertEquals([refused(6), refused(7)], ["", null]);
});

Deno.test("JoinGroup: a follower that joins a stable group with the same metadata stays in its generation", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  const { errorCode, generationId, members, leader: told } = test.join({ memberId: follower })
    .response;
  assertEquals([errorCode, generationId, told, members], [0, 1, leader, []]);
  assertEquals(test.group().state, "Stable");
});

Deno.test("JoinGroup: a follower with other metadata begins a rebalance", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  const asked = test.join({ memberId: follower, protocols: [["range", "other"]] });
  assert(asked.isWaiting);
  assertEquals(test.heartbeat(leader, 1), ErrorCode.REBALANCE_IN_PROGRESS);
  const led = test.join({ memberId: leader });
  assertEquals([asked.response.generationId, led.response.generationId], [2, 2]);
  const metadata = led.response.members!.map((each) => text(each.metadata));
  assertEquals(metadata.sort(), ["other", "r"]);
});

Deno.test("JoinGroup: protocols in another order are other metadata", () => {
  const test = new TestClassicGroups();
  const both = [["range", "r"], ["sticky", "s"]] as const;
  const [, follower] = test.stable({ protocols: both }, { protocols: both });
  assert(test.join({ memberId: follower, protocols: both.toReversed() }).isWaiting);
});

Deno.test("JoinGroup: the leader begins a rebalance of a stable group whatever it says", () => {
  const test = new TestClassicGroups();
  const [leader] = test.stable({}, {});
  assert(test.join({ memberId: leader }).isWaiting);
  assertEquals(test.group().state, "PreparingRebalance");
});

Deno.test("JoinGroup: who asks again before the assignment is told the generation again", () => {
  const test = new TestClassicGroups();
  const ids = [test.newId(), test.newId()];
  ids.forEach((memberId) => test.join({ memberId }));
  test.advance(2 * INITIAL_DELAY_MS);
  const { generation } = test.group();
  const waiting = test.sync({ memberId: ids[1], generation });
  const [led, followed] = ids.map((memberId) => test.join({ memberId }).response);
  assertEquals([led.generationId, led.members!.length], [1, 2]);
  assertEquals([followed.generationId, followed.members], [1, []]);
  assertEquals([test.group().state, waiting.isWaiting], ["CompletingRebalance", true]);
});

Deno.test("JoinGroup: other metadata before the assignment begins anew, and those who wait for it are told", () => {
  const test = new TestClassicGroups();
  const ids = test.stable({}, {});
  ids.forEach((memberId) => test.join({ memberId, protocols: [["range", "2"]] }));
  const { generation } = test.group();
  assertEquals([test.group().state, generation], ["CompletingRebalance", 2]);
  const waiting = test.sync({ memberId: ids[1], generation });
  test.join({ memberId: ids[0], protocols: [["range", "3"]] });
  assertEquals(waiting.response.errorCode, ErrorCode.REBALANCE_IN_PROGRESS);
  assertEquals([...test.group().members.values()].map((m) => m.assignment.length), [0, 0]);
});

Deno.test("JoinGroup: a request that the client repeats takes the place of the first one", () => {
  const test = new TestClassicGroups();
  const memberId = test.newId();
  const [first, second] = [test.join({ memberId }), test.join({ memberId })];
  assertEquals(first.response.errorCode, ErrorCode.REBALANCE_IN_PROGRESS);
  test.advance(INITIAL_DELAY_MS);
  assertEquals(second.response.errorCode, 0);
  assertEquals(test.group().memberCount, 1);
});

Deno.test("JoinGroup: a member that names a protocol twice has it once", () => {
  const test = new TestClassicGroups();
  const protocols = [["range", "a"], ["range", "b"]] as const;
  const asked = test.join({ version: 3, protocols });
  const other = test.join({ version: 3 });
  test.advance(2 * INITIAL_DELAY_MS);
  assertEquals([asked.response.protocolName, other.response.errorCode], ["range", 0]);
  assertEquals(text(asked.response.members![0].metadata), "a");
});

Deno.test("JoinGroup: a group has no more members than group.max.size; dynamic ones hear it before they get an id", () => {
  const test = new TestClassicGroups({ "group.max.size": "2" });
  const [leader] = test.stable({}, {});
  const { errorCode, memberId } = test.join().response;
  assertEquals([errorCode, memberId ?? ""], [ErrorCode.GROUP_MAX_SIZE_REACHED, ""]);
  test.join({ memberId: leader });
  assertEquals(test.group().state, "PreparingRebalance");
});

Deno.test("JoinGroup: while a rebalance is prepared those count against group.max.size who have joined it", () => {
  const test = new TestClassicGroups({ "group.max.size": "2" });
  const [leader, follower] = test.stable({}, {});
  test.join({ memberId: leader });
  const newcomer = test.newId();
  assert(test.join({ memberId: newcomer }).isWaiting);
  const refused = test.join({ memberId: follower }).response;
  assertEquals(refused.errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  assertEquals([...test.group().members.keys()].sort(), [leader, newcomer].sort());
});

Deno.test("JoinGroup: ids that were given out may be more than group.max.size, members may not", () => {
  const test = new TestClassicGroups({ "group.max.size": "1" });
  const ids = [test.newId(), test.newId()];
  const [first, second] = ids.map((memberId) => test.join({ memberId }));
  assertEquals(second.response.errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  test.advance(INITIAL_DELAY_MS);
  assertEquals([first.response.errorCode, test.group().memberCount], [0, 1]);
});

Deno.test("JoinGroup: a new member that waits for its first rebalance is given up after five minutes", () => {
  const test = new TestClassicGroups();
  const [leader] = test.stable({ rebalanceTimeoutMs: 10 * MINUTE });
  const asked = test.join({ memberId: test.newId() });
  for (let i = 0; i < 60; i++) {
    test.heartbeat(leader, 1);
    assert(asked.isWaiting);
    test.advance(5 * SECOND);
  }
  assertEquals(asked.response.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assertEquals([...test.group().members.keys()], [leader]);
});
