import { assert, assertEquals, assertNotEquals } from "../../../lib/assert.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import {
  GROUP,
  INITIAL_DELAY_MS,
  SESSION_MS,
  TestClassicGroups,
  text,
} from "./testing/test_classic_groups.ts";

const BOTH = [["range", "r"], ["sticky", "s"]] as const;

Deno.test("a static member that comes back to a stable group gets a new id and no rebalance (KIP-345)", () => {
  const test = new TestClassicGroups();
  const [leader, old] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  const { errorCode, generationId, memberId, leader: told, members, skipAssignment } = test
    .join({ instanceId: "b" }).response;
  assertEquals([errorCode, generationId, told, members], [0, 1, leader, []]);
  assertNotEquals(memberId, old);
  assert(!skipAssignment);
  assertEquals([test.group().state, test.group().generation], ["Stable", 1]);
  assertEquals(test.heartbeat(leader, 1), 0);
});

Deno.test("a static member that came back has the assignment of the one before, and its session", () => {
  const test = new TestClassicGroups();
  const [, old] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  const memberId = test.join({ instanceId: "b" }).response.memberId!;
  const { assignment } = test.sync({ memberId, generation: 1, instanceId: "b" }).response;
  assertEquals(text(assignment), `to ${old}`);
  test.advance(SESSION_MS);
  assertEquals(test.group().memberCount, 0);
});

Deno.test("a static leader that comes back is told to skip the assignment, from version 9 (KIP-814)", () => {
  const test = new TestClassicGroups();
  test.stable({ instanceId: "a" }, { instanceId: "b" });
  const { leader, memberId, skipAssignment, members } = test.join({ instanceId: "a" }).response;
  assertEquals([leader, skipAssignment, members!.length], [memberId, true, 2]);
});

Deno.test("a static leader that comes back is told its old id as the leader's, before version 9", () => {
  const test = new TestClassicGroups();
  const [old] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  const { leader, memberId, skipAssignment, members } = test
    .join({ instanceId: "a", version: 8 }).response;
  assertEquals([leader, skipAssignment, members], [old, undefined, undefined]);
  assertEquals(test.group().leaderId, memberId);
});

Deno.test("the old id of a static member that came back is fenced", () => {
  const test = new TestClassicGroups();
  const [old] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  test.join({ instanceId: "a" });
  const fenced = ErrorCode.FENCED_INSTANCE_ID;
  assertEquals(test.join({ memberId: old, instanceId: "a" }).response.errorCode, fenced);
  assertEquals(
    test.sync({ memberId: old, instanceId: "a", generation: 1 }).response.errorCode,
    fenced,
  );
  assertEquals(test.leave([[old, "a"]]).members![0].errorCode, fenced);
  assertEquals(
    test.join({ memberId: old }).response.errorCode,
    ErrorCode.UNKNOWN_MEMBER_ID,
  );
});

Deno.test("a static member that waits is fenced by one that comes with its instance id", () => {
  const test = new TestClassicGroups();
  const first = test.join({ instanceId: "a" });
  const firstId = [...test.group().members.keys()][0];
  const second = test.join({ instanceId: "a" });
  const { errorCode, memberId } = first.response;
  assertEquals([errorCode, memberId], [ErrorCode.FENCED_INSTANCE_ID, firstId]);
  test.advance(2 * INITIAL_DELAY_MS);
  assertEquals([second.response.errorCode, test.group().memberCount], [0, 1]);
});

Deno.test("a static member that comes back before the assignment begins the rebalance anew", () => {
  const test = new TestClassicGroups();
  const [a, b] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  test.join({ memberId: a, instanceId: "a" });
  test.join({ memberId: b, instanceId: "b" });
  const waiting = test.sync({ memberId: b, generation: 2 });
  const back = test.join({ instanceId: "b" });
  assertEquals(waiting.response.errorCode, ErrorCode.FENCED_INSTANCE_ID);
  assertEquals([test.group().state, back.isWaiting], ["PreparingRebalance", true]);
  const led = test.join({ memberId: a, instanceId: "a" });
  assertEquals([led.response.generationId, back.response.generationId], [3, 3]);
});

Deno.test("a static member that comes back during a rebalance has joined it", () => {
  const test = new TestClassicGroups();
  const [a] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  const led = test.join({ memberId: a, instanceId: "a" });
  assert(led.isWaiting);
  const back = test.join({ instanceId: "b" });
  assertEquals([led.response.generationId, back.response.generationId], [2, 2]);
});

Deno.test("a static member that comes back with another choice of protocols begins a rebalance", () => {
  const test = new TestClassicGroups();
  test.stable({ instanceId: "a", protocols: BOTH }, { instanceId: "b", protocols: BOTH });
  assertEquals(test.group().protocolName, "range");
  const back = test.join({ instanceId: "b", protocols: [["sticky", "s"]] });
  assertEquals([test.group().state, back.isWaiting], ["PreparingRebalance", true]);
});

Deno.test("a static member that comes back with other metadata keeps the group stable, and is recorded", () => {
  const test = new TestClassicGroups();
  test.stable({ instanceId: "a" }, { instanceId: "b" });
  const memberId = test.join({ instanceId: "b", protocols: [["range", "new"]] }).response.memberId!;
  assertEquals(test.group().state, "Stable");
  const kept = test.replayed().find(GROUP)!;
  assert(kept.hasMember(memberId));
  assertEquals(test.classic.describe(GROUP, 6).members!.map((m) => text(m.memberMetadata)), [
    "r",
    "new",
  ]);
});

Deno.test("a static member's new id is recorded before it is told", () => {
  const test = new TestClassicGroups();
  test.stable({ instanceId: "a" }, { instanceId: "b" });
  test.runtime.holdCommits = true;
  const back = test.join({ instanceId: "b" });
  assert(back.isWaiting);
  test.runtime.commit();
  assertEquals([back.response.errorCode, test.group().state], [0, "Stable"]);
});

Deno.test("a static member whose new id waits to be committed has joined a rebalance that begins meanwhile", () => {
  const test = new TestClassicGroups();
  const [a] = test.stable({ instanceId: "a" }, { instanceId: "b" }, { instanceId: "c" });
  test.runtime.holdCommits = true;
  const back = test.join({ instanceId: "b" });
  test.join({ memberId: a, instanceId: "a" });
  test.runtime.commit();
  assert(back.isWaiting);
  test.join({ instanceId: "c" });
  assertEquals(back.response.generationId, 2);
});

Deno.test("a static member whose new id cannot be recorded is the old member again", () => {
  const test = new TestClassicGroups();
  const [leader, old] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  const asked = test.joinRefused({ instanceId: "a", protocols: [["range", "new"]] });
  const { errorCode, memberId, generationId, leader: told } = asked.response;
  assertEquals([errorCode, memberId, generationId, told], [
    ErrorCode.UNKNOWN_SERVER_ERROR,
    "",
    1,
    leader,
  ]);
  assertEquals([...test.group().members.keys()].sort(), [leader, old].sort());
  assertEquals([test.heartbeat(leader, 1, "a"), test.group().leaderId], [0, leader]);
  assertEquals(text(test.group().members.get(leader)!.metadataOf("range")), "r");
});
