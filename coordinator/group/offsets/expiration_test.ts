import { assertEquals } from "../../../lib/assert.ts";
import { encodeBytes } from "../../../protocol/codec/codec.ts";
import { ConsumerProtocolSubscription } from "../../../protocol/data/consumer_protocol_subscription.ts";
import { ClassicGroup, type GroupBeginning } from "../classic/classic_group.ts";
import { ClassicMember } from "../classic/classic_member.ts";
import { EXPIRED_OFFSETS_MAX } from "./expiration.ts";
import { GROUP, RETENTION_MS, TestOffsets } from "./testing/test_offsets.ts";

/** Lets offsets expire, as the shard does. Returns the groups that may go. */
function expire(test: TestOffsets, afterMs = 0): string[] {
  test.runtime.clock.advance(afterMs);
  const { records, emptied } = test.offsets.expire();
  test.runtime.run({ records, response: undefined });
  return emptied;
}

/** Two offsets of a classic group without members. */
function empty(beginning: Partial<GroupBeginning>): TestOffsets {
  const test = new TestOffsets();
  const stateSinceMs = test.runtime.clock.now();
  const group = new ClassicGroup(GROUP, { stateSinceMs, ...beginning });
  group.refreshSubscription();
  test.groups.set(group);
  test.commit({ topics: { a: { 0: 5 }, b: { 0: 6 } } });
  return test;
}

/** The same of one with a member that is subscribed to topic a. */
function stable(protocolType: string): { test: TestOffsets; group: ClassicGroup } {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 }, b: { 0: 6 } } });
  const subscription = encodeBytes(ConsumerProtocolSubscription, 0, { topics: ["a"] });
  const member = new ClassicMember({
    memberId: "m",
    instanceId: null,
    clientId: "c",
    clientHost: "/h",
    rebalanceTimeoutMs: 1,
    sessionTimeoutMs: 1,
    protocols: [{ name: "range", metadata: Uint8Array.of(0, 0, ...subscription) }],
  });
  const group = ClassicGroup.ofMembers(GROUP, protocolType, 1, [member], 0);
  test.groups.set(group);
  return { test, group };
}

Deno.test("expiration: offsets are kept for the retention, to the millisecond", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } } });
  test.runtime.clock.advance(1000);
  test.commit({ topics: { a: { 1: 6 } } });
  assertEquals(expire(test, RETENTION_MS - 1001), []);
  assertEquals(test.committed(), ["a-0: 5", "a-1: 6"]);
  assertEquals(expire(test, 1), []);
  assertEquals(test.committed(), ["a-1: 6"]);
  assertEquals(expire(test, 1000), [GROUP]);
  assertEquals(test.committed(), []);
});

Deno.test("expiration: a commit begins the retention anew", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } } });
  test.runtime.clock.advance(RETENTION_MS - 1);
  test.commit({ topics: { a: { 0: 5 } } });
  assertEquals(expire(test, RETENTION_MS - 1), []);
  assertEquals(test.committed(), ["a-0: 5"]);
});

Deno.test("expiration: the time that an old client gave counts, whatever the retention", () => {
  const test = new TestOffsets();
  test.commit({ version: 2, retentionTimeMs: 2 * RETENTION_MS, topics: { a: { 0: 5 } } });
  test.commit({ version: 2, retentionTimeMs: 10, topics: { a: { 1: 6 } } });
  assertEquals(expire(test, 9), []);
  assertEquals(test.committed(), ["a-0: 5", "a-1: 6"]);
  expire(test, 1);
  assertEquals(test.committed(), ["a-0: 5"]);
  expire(test, 2 * RETENTION_MS - 11);
  assertEquals(test.committed(), ["a-0: 5"]);
  assertEquals(expire(test, 1), [GROUP]);
});

Deno.test("expiration: a retention without end keeps the offset", () => {
  const test = new TestOffsets();
  test.commit({ version: 2, retentionTimeMs: Infinity, topics: { a: { 0: 5 } } });
  expire(test, 1e12);
  assertEquals(test.committed(), ["a-0: 5"]);
});

Deno.test("expiration: a simple group goes with its last offset", () => {
  const test = new TestOffsets();
  test.commit({ metadata: "far too long", topics: { a: { 0: 5 } } });
  assertEquals(expire(test), [GROUP]);
});

Deno.test("expiration: a group with members stays, though it has no offsets", () => {
  const test = new TestOffsets();
  test.group().members.add("m");
  test.commit({ memberId: "m", topics: { a: { 0: 5 } } });
  assertEquals(expire(test, RETENTION_MS), []);
  assertEquals(test.committed(), []);
  assertEquals(expire(test), []);
});

Deno.test("expiration: topics that the group is subscribed to keep their offsets", () => {
  const test = new TestOffsets();
  const group = test.group();
  group.kind = "consumer";
  group.members.add("m");
  group.subscriptions.add("a");
  test.commit({ topics: { a: { 0: 5 }, b: { 0: 6 } } });
  assertEquals(expire(test, RETENTION_MS), []);
  assertEquals(test.committed(), ["a-0: 5"]);
});

Deno.test("expiration: a classic group that is empty keeps its offsets from when it became so", () => {
  const test = empty({ protocolType: "consumer" });
  test.runtime.clock.advance(RETENTION_MS - 1);
  test.commit({ topics: { a: { 0: 7 } } });
  assertEquals(expire(test), []);
  assertEquals(expire(test, 1), [GROUP]);
  assertEquals(test.committed(), []);
});

Deno.test("expiration: from the commit, where the group's record does not say since when", () => {
  const test = empty({ protocolType: "connect", stateSinceMs: null });
  test.runtime.clock.advance(1);
  test.commit({ topics: { a: { 0: 7 } } });
  assertEquals(expire(test, RETENTION_MS - 1), []);
  assertEquals(test.committed(), ["a-0: 7"]);
});

Deno.test("expiration: a stable classic group of consumers keeps what they are subscribed to", () => {
  const { test } = stable("consumer");
  assertEquals(expire(test, RETENTION_MS), []);
  assertEquals(test.committed(), ["a-0: 5"]);
});

Deno.test("expiration: nothing expires while a classic group rebalances", () => {
  const { test, group } = stable("consumer");
  group.transitionTo("PreparingRebalance", 0);
  assertEquals(expire(test, RETENTION_MS), []);
  assertEquals(test.committed(), ["a-0: 5", "b-0: 6"]);
});

Deno.test("expiration: nothing of a group with members that are no consumers expires", () => {
  const { test } = stable("connect");
  assertEquals(expire(test, RETENTION_MS), []);
  assertEquals(test.committed(), ["a-0: 5", "b-0: 6"]);
});

Deno.test("expiration: an offset with a pending one stays, and so does the group", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5, 1: 6 } } });
  test.commitInTransaction(7, "a", 0, 9);
  assertEquals(expire(test, RETENTION_MS), []);
  assertEquals(test.committed(), ["a-0: 5"]);
  test.end(7, false);
  assertEquals(expire(test), [GROUP]);
});

Deno.test("expiration: a group with pending offsets of other partitions stays", () => {
  const test = new TestOffsets();
  test.commit({ topics: { a: { 0: 5 } } });
  test.commitInTransaction(7, "a", 1, 9);
  assertEquals(expire(test, RETENTION_MS), []);
  assertEquals(test.committed(), []);
});

Deno.test("expiration: a group that has nothing but pending offsets stays", () => {
  const test = new TestOffsets();
  test.commitInTransaction(7, "a", 0, 9);
  assertEquals(expire(test, RETENTION_MS), []);
  test.end(7, false);
  assertEquals(expire(test), [GROUP]);
});

Deno.test("expiration: more than one check may write is left to the next", () => {
  const test = new TestOffsets();
  const partitions = Object.fromEntries(
    Array.from({ length: EXPIRED_OFFSETS_MAX + 1 }, (_, partition) => [partition, 5]),
  );
  test.commit({ topics: { a: partitions } });
  assertEquals(expire(test, RETENTION_MS), []);
  assertEquals(test.offsets.size, 1);
  assertEquals(expire(test), [GROUP]);
});
