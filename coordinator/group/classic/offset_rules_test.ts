import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { encodeBytes } from "../../../protocol/codec/codec.ts";
import { ConsumerProtocolSubscription } from "../../../protocol/data/consumer_protocol_subscription.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import type { CommitOrigin } from "../group.ts";
import { ClassicGroup } from "./classic_group.ts";
import { ClassicMember } from "./classic_member.ts";
import { commit, GROUP, REBALANCE_MS, TestClassicGroups } from "./testing/test_classic_groups.ts";

const NOW = 1_700_000_000_000;

function check(test: TestClassicGroups, origin: CommitOrigin): string {
  try {
    test.group().checkOffsetCommit(origin);
    return "taken";
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return error.errorName;
  }
}

/** A subscription as clients write it: its version, then its fields. */
function subscription(version: number, topics: string[]): Uint8Array {
  const fields = encodeBytes(ConsumerProtocolSubscription, version, { topics, rackId: "r" });
  return Uint8Array.of(0, version, ...fields);
}

function groupOf(protocolType: string, ...metadata: Uint8Array[]): ClassicGroup {
  const members = metadata.map((each, i) =>
    new ClassicMember({
      memberId: `${i}`,
      instanceId: null,
      clientId: "c",
      clientHost: "/h",
      rebalanceTimeoutMs: 1,
      sessionTimeoutMs: 1,
      protocols: [{ name: "range", metadata: each }],
    })
  );
  return ClassicGroup.ofMembers(GROUP, protocolType, 1, members, NOW);
}

Deno.test("offset commit: an empty group takes commits from outside, whatever ids they name", () => {
  const test = new TestClassicGroups();
  const [member] = test.stable({});
  test.leave([[member]]);
  assertEquals(check(test, commit("", -1)), "taken");
  assertEquals(check(test, commit("anybody", -1, { instanceId: "i" })), "taken");
  assertEquals(check(test, commit("", 2)), "UNKNOWN_MEMBER_ID");
});

Deno.test("offset commit: with members, only those of the generation commit", () => {
  const test = new TestClassicGroups();
  const [a, b] = test.stable({ instanceId: "a" }, {});
  assertEquals(check(test, commit(a, 1, { instanceId: "a" })), "taken");
  assertEquals(check(test, commit(b, 1)), "taken");
  assertEquals(check(test, commit(b, 1, { instanceId: "a" })), "FENCED_INSTANCE_ID");
  assertEquals(check(test, commit(b, 1, { instanceId: "x" })), "UNKNOWN_MEMBER_ID");
  assertEquals(check(test, commit("nobody", 1)), "UNKNOWN_MEMBER_ID");
  assertEquals(check(test, commit(b, 2)), "ILLEGAL_GENERATION");
  assertEquals(check(test, commit(b, -1)), "ILLEGAL_GENERATION");
  assertEquals(check(test, commit("", -1)), "UNKNOWN_MEMBER_ID");
});

Deno.test("offset commit: members still commit while a rebalance is prepared, not until the assignment", () => {
  const test = new TestClassicGroups();
  const ids = test.stable({}, {});
  test.join({ memberId: ids[0] });
  assertEquals(check(test, commit(ids[1], 1)), "taken");
  test.join({ memberId: ids[1] });
  assertEquals(check(test, commit(ids[1], 1)), "ILLEGAL_GENERATION");
  assertEquals(check(test, commit(ids[1], 2)), "REBALANCE_IN_PROGRESS");
  assertEquals(check(test, commit(ids[1], 2, { isTransactional: true })), "taken");
  test.syncAll(ids);
  assertEquals(check(test, commit(ids[1], 2)), "taken");
});

Deno.test("offset commit: transactions that name no member commit whatever the state", () => {
  const test = new TestClassicGroups();
  test.stable({});
  assertEquals(check(test, commit("", -1, { isTransactional: true })), "taken");
});

Deno.test("offset deletion and deleting the group: only consumers may have members meanwhile", () => {
  const name = (run: () => void) => assertThrows(run, KafkaError).errorName;
  const test = new TestClassicGroups();
  const [member] = test.stable({ protocolType: "connect" });
  assertEquals(name(() => test.group().checkOffsetDelete()), "NON_EMPTY_GROUP");
  assertEquals(name(() => test.group().checkDelete()), "NON_EMPTY_GROUP");
  test.leave([[member]]);
  test.group().checkOffsetDelete();
  test.group().checkDelete();
  const consumers = groupOf("consumer", subscription(0, ["t"]));
  consumers.checkOffsetDelete();
  assertEquals(name(() => consumers.checkDelete()), "NON_EMPTY_GROUP");
});

Deno.test("subscriptions of any version are read", () => {
  const group = groupOf("consumer", subscription(0, ["a"]), subscription(3, ["b", "c"]));
  assertEquals(["a", "b", "c", "d"].map((topic) => group.isSubscribedTo(topic)), [
    true,
    true,
    true,
    false,
  ]);
});

Deno.test("a subscription that cannot be read counts as one to every topic", () => {
  const group = groupOf("consumer", subscription(0, ["a"]), Uint8Array.of(0));
  assertEquals([group.isSubscribedTo("d"), group.offsetExpiry()], [true, null]);
  assertEquals(groupOf("connect", Uint8Array.of(0)).isSubscribedTo("d"), false);
});

Deno.test("offset expiry: a group that nobody ever joined counts from the commit", () => {
  const group = new ClassicGroup(GROUP, { stateSinceMs: NOW });
  const { baseMs, keeps } = group.offsetExpiry()!;
  assertEquals([baseMs(7), keeps("t")], [7, false]);
});

Deno.test("offset expiry: an empty group counts from the time it became so, or from the commit", () => {
  const test = new TestClassicGroups();
  const [member] = test.stable({});
  test.advance(5000);
  test.leave([[member]]);
  const emptySince = test.runtime.context.now();
  test.advance(REBALANCE_MS);
  assertEquals(test.group().offsetExpiry()!.baseMs(7), emptySince);
  const old = new ClassicGroup(GROUP, { protocolType: "consumer", stateSinceMs: null });
  assertEquals(old.offsetExpiry()!.baseMs(7), 7);
});

Deno.test("offset expiry: a stable group of consumers keeps the topics that it is subscribed to", () => {
  const { baseMs, keeps } = groupOf("consumer", subscription(1, ["a"])).offsetExpiry()!;
  assertEquals([baseMs(7), keeps("a"), keeps("b")], [7, true, false]);
});

Deno.test("offset expiry: nothing expires during a rebalance, or of groups that are no consumers", () => {
  const group = groupOf("consumer", subscription(1, ["a"]));
  group.transitionTo("PreparingRebalance", NOW);
  assertEquals(group.offsetExpiry(), null);
  assertEquals(groupOf("connect", subscription(1, ["a"])).offsetExpiry(), null);
});
