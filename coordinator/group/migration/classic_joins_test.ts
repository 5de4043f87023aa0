import { assert, assertEquals, assertNotEquals } from "../../../lib/assert.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import { ClassicClient } from "../../testing/classic_client.ts";
import { GROUP_ID } from "../../testing/test_consumer_groups.ts";
import { sameMetadata, sameProgress } from "../consumer/member.ts";
import { acknowledge, assignedTo, errorOf, mixedGroup, testGroups } from "./testing/groups.ts";

/** A group of one consumer that has the whole topic. */
function oneConsumer(config: Readonly<Record<string, string>> = {}) {
  const test = testGroups(config);
  test.join("consumer");
  return test;
}

Deno.test("a classic member that joins is answered at once, with its epoch as the generation", () => {
  const test = oneConsumer();
  const classic = new ClassicClient(test, { memberId: "classic", protocols: ["range", "sticky"] });
  assertEquals(classic.joined(), {
    errorCode: ErrorCode.NONE,
    memberId: "classic",
    generationId: 3,
    protocolType: "consumer",
    protocolName: "range",
  });
  const member = test.group().requireMember("classic");
  assertEquals(member.memberEpoch, 3);
  assertEquals(member.clientId, "classic");
  assertEquals(member.subscribedTopicNames, new Set(["topic"]));
  assertEquals(member.rebalanceTimeoutMs, 60_000);
  assertEquals(member.classic!.sessionTimeoutMs, 10_000);
  assertEquals(test.group().groupEpoch, 3);
});

Deno.test("a classic member gets what the consumer has given up, and never before", () => {
  const test = oneConsumer();
  const classic = new ClassicClient(test);
  classic.joined();
  assertEquals(classic.synced(), {});
  assertEquals(classic.heartbeat(), "NONE");
  acknowledge(test, "consumer", [0, 1, 2, 3]);
  assertEquals(classic.heartbeat(), "NONE");
  acknowledge(test, "consumer", assignedTo(test, "consumer"));
  assertEquals(classic.heartbeat(), "REBALANCE_IN_PROGRESS");
  classic.joined();
  assertEquals(classic.synced().topic.length, 2);
  assertEquals(classic.heartbeat(), "NONE");
  assertEquals(test.group().state, "Stable");
});

Deno.test("a classic member keeps its epoch until it has said that it gave its partitions up", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  const { generation } = classic;
  test.join("another");
  assertEquals(classic.heartbeat(), "REBALANCE_IN_PROGRESS");
  const lost = { ...classic.owned };
  assertEquals(classic.joined().generationId, generation);
  assert(classic.synced().topic.length < lost.topic.length);
  assertEquals(classic.heartbeat(), "REBALANCE_IN_PROGRESS");
  assertEquals(classic.joined().generationId, generation + 1);
  assertEquals(classic.heartbeat(), "NONE");
});

Deno.test("a dynamic member is given its id before it joins, from version 4 on", () => {
  const test = oneConsumer();
  const asked = new ClassicClient(test).ask();
  assertEquals(asked.response.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  assertNotEquals(asked.response.memberId, "");
  assertEquals(test.group().memberCount, 1);
  const old = new ClassicClient(test, { joinVersion: 3 });
  assertEquals(old.ask().response.errorCode, ErrorCode.NONE);
  assertEquals(test.group().memberCount, 2);
});

Deno.test("any id will do for a dynamic member, also that of a consumer", () => {
  const test = testGroups();
  test.join("consumer");
  test.join("another");
  const classic = new ClassicClient(test, { memberId: "consumer" });
  classic.joined();
  assertEquals(test.group().memberCount, 2);
  assertEquals(test.group().classicMemberCount, 1);
  assertEquals(classic.heartbeat(), "NONE");
});

Deno.test("a group is closed to classic members under policy DISABLED only", () => {
  for (const [policy, error] of [["UPGRADE", null], ["DOWNGRADE", null], ["DISABLED", ""]]) {
    const test = oneConsumer({ "group.consumer.migration.policy": policy! });
    const join = () => new ClassicClient(test).joined();
    if (error === null) join();
    else assertEquals(errorOf(join), "INCONSISTENT_GROUP_PROTOCOL");
  }
});

Deno.test("a classic member joins an empty consumer group as a classic group, under any policy", () => {
  const test = oneConsumer({ "group.consumer.migration.policy": "DISABLED" });
  test.heartbeat({ memberId: "consumer", memberEpoch: -1 });
  const classic = new ClassicClient(test);
  const asked = classic.join();
  test.advance(0);
  assertEquals(classic.take(asked.response).leader, classic.memberId);
  assertEquals(test.classicGroup().memberCount, 1);
  test.restart();
  assertEquals(test.classicGroup().groupId, GROUP_ID);
});

Deno.test("members have to be consumers, with a protocol that all classic members have", () => {
  const test = oneConsumer();
  const client = () =>
    new ClassicClient(test, { memberId: "misfit", protocols: ["range", "mine"] });
  const refused = { protocolType: "connect" };
  assertEquals(errorOf(() => client().joined(refused)), "INCONSISTENT_GROUP_PROTOCOL");
  const none = { protocols: [] };
  assertEquals(errorOf(() => client().joined(none)), "INCONSISTENT_GROUP_PROTOCOL");
  new ClassicClient(test, { memberId: "first", protocols: ["mine", "sticky"] }).joined();
  const sticky = new ClassicClient(test, { memberId: "second", protocols: ["sticky", "other"] });
  sticky.joined();
  assertEquals(errorOf(() => client().joined()), "INCONSISTENT_GROUP_PROTOCOL");
  assertEquals(test.group().memberCount, 3);
});

Deno.test("a group that is full takes no classic member", () => {
  const test = oneConsumer({ "group.consumer.max.size": "2" });
  const first = new ClassicClient(test);
  first.joined();
  assertEquals(errorOf(() => new ClassicClient(test).joined()), "GROUP_MAX_SIZE_REACHED");
  assertEquals(first.joined().errorCode, ErrorCode.NONE);
});

Deno.test("metadata that is no subscription is a mistake of the client's", () => {
  const test = oneConsumer();
  const protocols = [{ name: "range", metadata: new Uint8Array([0]) }];
  const join = () => new ClassicClient(test, { memberId: "odd" }).joined({ protocols });
  assertEquals(errorOf(join), "UNKNOWN_SERVER_ERROR");
  assertEquals(test.group().memberCount, 1);
});

Deno.test("a subscription of another version is read as far as it is known", () => {
  const test = oneConsumer();
  const metadata = new Uint8Array([
    0,
    99,
    0,
    0,
    0,
    0,
    255,
    255,
    255,
    255,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    9,
    0,
    1,
    114,
    7,
  ]);
  const protocols = [{ name: "range", metadata }];
  new ClassicClient(test, { memberId: "newer" }).joined({ protocols });
  assertEquals(test.group().requireMember("newer").rackId, "r");
});

Deno.test("a static classic member comes back with a new id and has what it had", () => {
  const test = oneConsumer();
  const first = new ClassicClient(test, { instanceId: "i" });
  first.joined();
  acknowledge(test, "consumer", [0, 1, 2, 3]);
  acknowledge(test, "consumer", assignedTo(test, "consumer"));
  first.joined();
  const had = first.synced();
  const { groupEpoch } = test.group();
  const second = new ClassicClient(test, { instanceId: "i" });
  second.joined();
  assertNotEquals(second.memberId, first.memberId);
  assertEquals(second.synced(), had);
  assertEquals(test.group().groupEpoch, groupEpoch);
  assertEquals(first.heartbeat(), "FENCED_INSTANCE_ID");
});

Deno.test("a static member that knows its id has to be the one with the instance id", () => {
  const test = oneConsumer();
  const stranger = new ClassicClient(test, { instanceId: "i", memberId: "stranger" });
  assertEquals(errorOf(() => stranger.joined()), "UNKNOWN_MEMBER_ID");
  const first = new ClassicClient(test, { instanceId: "i" });
  first.joined();
  assertEquals(first.joined().errorCode, ErrorCode.NONE);
  assertEquals(errorOf(() => stranger.joined()), "FENCED_INSTANCE_ID");
});

Deno.test("a consumer takes the place of a static classic member without its leave", () => {
  const test = oneConsumer();
  const classic = new ClassicClient(test, { instanceId: "i" });
  classic.joined();
  test.join("heir", { instanceId: "i" });
  assertEquals(test.group().staticMember("i")!.memberId, "heir");
  assertEquals(test.group().classicMemberCount, 0);
  assertEquals(classic.heartbeat(), "FENCED_INSTANCE_ID");
});

Deno.test("a member that wants other topics makes the group rebalance", () => {
  const test = testGroups();
  const classic = mixedGroup(test);
  test.setTopic("other", 2);
  const { groupEpoch } = test.group();
  const other = new ClassicClient(test, { memberId: classic.memberId, topics: ["other"] });
  other.joined();
  assertEquals(test.group().groupEpoch, groupEpoch + 1);
  assertEquals(other.synced(), { other: [0, 1] });
});

Deno.test("a classic member in the place of one with a pattern takes the pattern back", () => {
  const test = oneConsumer();
  test.join("matcher", {
    instanceId: "i",
    subscribedTopicNames: [],
    subscribedTopicRegex: "t.*",
  });
  test.advance(0);
  assertEquals(test.group().subscriptions.resolvedPatterns.size, 1);
  new ClassicClient(test, { instanceId: "i" }).joined();
  assertEquals(test.group().subscriptions.resolvedPatterns.size, 0);
});

Deno.test("a member that is refused by the log hears of it, and is none", () => {
  const test = oneConsumer();
  const classic = new ClassicClient(test, { memberId: "classic" });
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  assertEquals(errorOf(() => classic.joined()), "RECORD_LIST_TOO_LARGE");
  assertEquals(test.group().memberCount, 1);
});

Deno.test("a member is answered, and its times begin, when its records are committed", () => {
  const test = oneConsumer();
  test.runtime.holdCommits = true;
  const asked = new ClassicClient(test, { memberId: "classic" }).ask();
  assertEquals(asked.isWaiting, true);
  const timers = test.runtime.context.timers.size;
  test.runtime.commit();
  assertEquals(asked.response.errorCode, ErrorCode.NONE);
  assertEquals(test.runtime.context.timers.size, timers + 2);
});

Deno.test("what is written of classic members is read as the same group", () => {
  const test = testGroups();
  mixedGroup(test, { instanceId: "i", rackId: "r" });
  const before = test.groups.describe(GROUP_ID);
  const member = test.group().staticMember("i")!;
  test.restart();
  assertEquals(test.groups.describe(GROUP_ID), before);
  const loaded = test.group().staticMember("i")!;
  assert(sameMetadata(loaded, member) && sameProgress(loaded, member));
});
