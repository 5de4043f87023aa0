import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { type ErrorName, KafkaError } from "../../../protocol/errors.ts";
import { assignedIn, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";

const errorOf = (run: () => unknown): ErrorName => assertThrows(run, KafkaError).errorName;

/** A group of two static members, `a` with instance `i` and `b` with `j`, that both have a share. */
function withStaticMembers(): TestConsumerGroups {
  const test = new TestConsumerGroups({ "group.consumer.assignment.interval.ms": "0" });
  test.setTopic("topic", 4);
  test.join("a", { instanceId: "i" });
  test.join("b", { instanceId: "j" });
  const kept = assignedIn(test.heartbeat({ memberId: "a", memberEpoch: 2, instanceId: "i" }))!;
  const topicPartitions = Object.entries(kept).map(([topicId, partitions]) => ({
    topicId,
    partitions: [...partitions],
  }));
  test.heartbeat({ memberId: "a", memberEpoch: 2, instanceId: "i", topicPartitions });
  test.heartbeat({ memberId: "b", memberEpoch: 3, instanceId: "j" });
  return test;
}

const leaveForAWhile = (test: TestConsumerGroups) =>
  test.heartbeat({ memberId: "a", memberEpoch: -2, instanceId: "i" });

const assignedTo = (
  test: TestConsumerGroups,
  memberId: string,
) => [...test.group().requireMember(memberId).assigned.get(test.topicId("topic"))?.keys() ?? []];

Deno.test("a static member that is away keeps its share, and its epoch says so", () => {
  const test = withStaticMembers();
  const share = assignedTo(test, "a");
  assertEquals(leaveForAWhile(test), { memberId: "a", memberEpoch: -2 });
  assertEquals(test.group().requireMember("a").memberEpoch, -2);
  assertEquals(assignedTo(test, "a"), share);
  assertEquals(test.group().groupEpoch, 3);
});

Deno.test("whoever comes back with the instance id has the same share without a rebalance", () => {
  const test = withStaticMembers();
  const share = assignedTo(test, "a");
  leaveForAWhile(test);
  const answer = test.join("a2", { instanceId: "i" });
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: share });
  assertEquals(answer.memberEpoch, 3);
  assertEquals(test.group().groupEpoch, 3);
  assertEquals([...test.group().members.keys()].sort(), ["a2", "b"]);
  assertEquals(test.group().state, "Stable");
});

Deno.test("a static member may come back with the id it had", () => {
  const test = withStaticMembers();
  leaveForAWhile(test);
  assertEquals(test.join("a", { instanceId: "i" }).memberEpoch, 3);
  assertEquals(test.group().memberCount, 2);
});

Deno.test("what a member that came back has counts as assigned from the beginning", () => {
  const test = withStaticMembers();
  leaveForAWhile(test);
  test.join("a2", { instanceId: "i" });
  const epochs = test.group().requireMember("a2").assigned.get(test.topicId("topic"))!;
  assertEquals(new Set(epochs.values()), new Set([0]));
});

Deno.test("a member that comes back with another subscription makes the group rebalance", () => {
  const test = withStaticMembers();
  test.setTopic("other", 1);
  leaveForAWhile(test);
  const answer = test.join("a2", { instanceId: "i", subscribedTopicNames: ["other"] });
  assertEquals(assignedIn(answer), { [test.topicId("other")]: [0] });
  assertEquals(test.group().groupEpoch, 4);
});

Deno.test("an instance id in use is not released to another member", () => {
  const test = withStaticMembers();
  assertEquals(errorOf(() => test.join("c", { instanceId: "i" })), "UNRELEASED_INSTANCE_ID");
  assertEquals(errorOf(() => test.join("a", { instanceId: "i" })), "UNRELEASED_INSTANCE_ID");
});

Deno.test("a member whose instance id another one took over is fenced, and cannot leave", () => {
  const test = withStaticMembers();
  leaveForAWhile(test);
  test.join("a2", { instanceId: "i" });
  for (const memberEpoch of [3, -1, -2]) {
    const heartbeat = () => test.heartbeat({ memberId: "a", memberEpoch, instanceId: "i" });
    assertEquals(errorOf(heartbeat), "FENCED_INSTANCE_ID", `${memberEpoch}`);
  }
});

Deno.test("an instance id that no member has is unknown", () => {
  const test = withStaticMembers();
  for (const memberEpoch of [3, -1, -2]) {
    const heartbeat = () => test.heartbeat({ memberId: "a", memberEpoch, instanceId: "k" });
    assertEquals(errorOf(heartbeat), "UNKNOWN_MEMBER_ID", `${memberEpoch}`);
  }
});

Deno.test("a static member that is away may not go on as if it were there", () => {
  const test = withStaticMembers();
  leaveForAWhile(test);
  assertEquals(
    errorOf(() => test.heartbeat({ memberId: "a", memberEpoch: 3, instanceId: "i" })),
    "FENCED_MEMBER_EPOCH",
  );
});

Deno.test("a static member that does not come back within its session is removed", () => {
  const test = withStaticMembers();
  leaveForAWhile(test);
  test.advance(40_000);
  test.heartbeat({ memberId: "b", memberEpoch: 3, instanceId: "j" });
  test.advance(5_000);
  assertEquals([...test.group().members.keys()], ["b"]);
  const answer = test.heartbeat({ memberId: "b", memberEpoch: 3, instanceId: "j" });
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: [0, 1, 2, 3] });
});

Deno.test("a static member that leaves for good is gone at once", () => {
  const test = withStaticMembers();
  test.heartbeat({ memberId: "a", memberEpoch: -1, instanceId: "i" });
  assertEquals([...test.group().members.keys()], ["b"]);
  assertEquals(test.join("c", { instanceId: "i" }).memberId, "c");
});

Deno.test("a static member that was giving up partitions has given them up when it comes back", () => {
  const test = withStaticMembers();
  test.join("c");
  const b = { memberId: "b", instanceId: "j" };
  test.heartbeat({ ...b, memberEpoch: 3 });
  test.heartbeat({ memberId: "a", instanceId: "i", memberEpoch: 3 });
  test.heartbeat({ memberId: "a", memberEpoch: -2, instanceId: "i" });
  test.heartbeat({ ...b, memberEpoch: -2 });
  assertEquals(test.join("a2", { instanceId: "i" }).memberEpoch, 4);
  assertEquals(test.join("b2", { instanceId: "j" }).memberEpoch, 4);
  test.heartbeat({ memberId: "c", memberEpoch: 4 });
  assertEquals(test.group().state, "Stable");
  const all = ["a2", "b2", "c"].flatMap((memberId) => assignedTo(test, memberId));
  assertEquals(all.sort(), [0, 1, 2, 3]);
});
