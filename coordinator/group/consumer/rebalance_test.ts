import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import { assignedIn, GROUP_ID, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";
import { MemberState } from "./member.ts";

const AT_ONCE = { "group.consumer.assignment.interval.ms": "0" };

/** Groups with one topic, and `a` that has all of it. */
function withMember(config: Record<string, string> = AT_ONCE): TestConsumerGroups {
  const test = new TestConsumerGroups(config);
  test.setTopic("topic", 4);
  test.join("a");
  return test;
}

/** Says what a member owns of the only topic. */
function owning(test: TestConsumerGroups, memberId: string, memberEpoch: number, owned: number[]) {
  const topicPartitions = owned.length === 0
    ? []
    : [{ topicId: test.topicId("topic"), partitions: owned }];
  return test.heartbeat({ memberId, memberEpoch, topicPartitions });
}

const partitionsIn = (answer: ReturnType<TestConsumerGroups["heartbeat"]>) => {
  const assigned = assignedIn(answer);
  return assigned === null ? null : Object.values(assigned).flat();
};

Deno.test("a second member waits until the first has given up its share", () => {
  const test = withMember();
  const joined = test.join("b");
  assertEquals(joined.memberEpoch, 3);
  assertEquals(partitionsIn(joined), []);
  assertEquals(test.group().requireMember("b").state, MemberState.UNRELEASED_PARTITIONS);

  const told = test.heartbeat({ memberId: "a", memberEpoch: 2 });
  const kept = partitionsIn(told)!;
  assertEquals(told.memberEpoch, 2);
  assertEquals(kept.length, 2);
  assertEquals(test.group().requireMember("a").state, MemberState.UNREVOKED_PARTITIONS);
  assertEquals(test.group().state, "Reconciling");

  assertEquals(partitionsIn(owning(test, "b", 3, [])), null);
  assertEquals(owning(test, "a", 2, kept).memberEpoch, 3);
  const released = partitionsIn(owning(test, "b", 3, []))!;
  assertEquals([...kept, ...released].sort(), [0, 1, 2, 3]);
  assertEquals(test.group().state, "Stable");
});

Deno.test("a member that still owns what it is to give up stays in its epoch", () => {
  const test = withMember();
  test.join("b");
  assertEquals(owning(test, "a", 2, [0, 1, 2, 3]).memberEpoch, 2);
  assertEquals(owning(test, "a", 2, [0, 1, 2, 3]).memberEpoch, 2);
  assertEquals(test.heartbeat({ memberId: "a", memberEpoch: 2 }).memberEpoch, 2);
});

Deno.test("what a member has not given up in time is taken with its membership", () => {
  const test = withMember();
  test.join("b");
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  for (let s = 0; s < 60; s += 20) {
    test.advance(19_999);
    test.heartbeat({ memberId: "a", memberEpoch: 2 });
    test.heartbeat({ memberId: "b", memberEpoch: 3 });
  }
  test.advance(3);
  assertEquals([...test.group().members.keys()], ["b"]);
  assertEquals(partitionsIn(test.heartbeat({ memberId: "b", memberEpoch: 3 })), [0, 1, 2, 3]);
});

Deno.test("a member that gave up what it had to is not removed when that time is over", () => {
  const test = withMember();
  test.join("b");
  const kept = partitionsIn(test.heartbeat({ memberId: "a", memberEpoch: 2 }))!;
  owning(test, "a", 2, kept);
  for (let s = 0; s < 120; s += 30) {
    test.advance(30_000);
    test.heartbeat({ memberId: "a", memberEpoch: 3 });
    test.heartbeat({ memberId: "b", memberEpoch: 3 });
  }
  assertEquals(test.group().memberCount, 2);
});

Deno.test("a silent member is removed when its session is over, and others get its share", () => {
  const test = withMember({ ...AT_ONCE, "group.consumer.session.timeout.ms": "45000" });
  test.join("b");
  test.advance(44_999);
  test.heartbeat({ memberId: "b", memberEpoch: 3 });
  test.advance(1);
  assertEquals([...test.group().members.keys()], ["b"]);
  assertEquals(partitionsIn(test.heartbeat({ memberId: "b", memberEpoch: 3 })), [0, 1, 2, 3]);
});

Deno.test("the session timeout follows the group's own config", () => {
  const test = new TestConsumerGroups();
  test.setTopic("topic", 1);
  test.setGroupConfigs(GROUP_ID, { "consumer.session.timeout.ms": "50000" });
  test.join("a");
  test.advance(49_999);
  assertEquals(test.group().memberCount, 1);
  test.advance(1);
  assertEquals(test.group().memberCount, 0);
});

Deno.test("a new assignment waits for the interval since the last one", () => {
  const test = withMember({ "group.consumer.assignment.interval.ms": "1000" });
  const joined = test.join("b");
  assertEquals(joined.memberEpoch, 2);
  assertEquals(partitionsIn(joined), []);
  assertEquals(test.group().state, "Assigning");
  test.advance(999);
  assertEquals(test.heartbeat({ memberId: "a", memberEpoch: 2 }).memberEpoch, 2);
  assertEquals(test.group().assignmentEpoch, 2);
  test.advance(1);
  test.heartbeat({ memberId: "b", memberEpoch: 2 });
  assertEquals(test.group().assignmentEpoch, 3);
});

Deno.test("the interval between assignments follows the group's own config", () => {
  const test = withMember({ "group.consumer.assignment.interval.ms": "1000" });
  test.setGroupConfigs(GROUP_ID, { "consumer.assignment.interval.ms": "0" });
  assertEquals(test.join("b").memberEpoch, 3);
});

Deno.test("what a member no longer wants goes at once, even if nothing is assigned yet", () => {
  const test = withMember({ "group.consumer.assignment.interval.ms": "1000" });
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2, subscribedTopicNames: [] });
  assertEquals(partitionsIn(answer), []);
  assertEquals(answer.memberEpoch, 2);
  const member = test.group().requireMember("a");
  assertEquals(member.state, MemberState.UNREVOKED_PARTITIONS);
  assertEquals(member.pendingRevocation.get(test.topicId("topic"))?.size, 4);
});

Deno.test("a member that wants its topic again before it gave it up has it back", () => {
  const test = withMember();
  test.heartbeat({ memberId: "a", memberEpoch: 2, subscribedTopicNames: [] });
  const again = owning(test, "a", 2, []);
  assertEquals(again.memberEpoch, 3);
  const answer = test.heartbeat({
    memberId: "a",
    memberEpoch: 3,
    subscribedTopicNames: ["topic"],
    topicPartitions: [],
  });
  assertEquals(partitionsIn(answer), [0, 1, 2, 3]);
});

Deno.test("the assignor that most members ask for is used", () => {
  const test = withMember();
  const assignor = () => test.groups.describe(GROUP_ID).assignorName;
  assertEquals(assignor(), "uniform");
  test.join("b", { serverAssignor: "range" });
  assertEquals(assignor(), "range");
  test.join("c", { serverAssignor: "uniform" });
  assertEquals(assignor(), "uniform");
  test.join("d", { serverAssignor: "range" });
  assertEquals(assignor(), "range");
  test.heartbeat({ memberId: "d", memberEpoch: -1 });
  assertEquals(assignor(), "uniform");
});

Deno.test("a group whose members ask for nothing uses the first assignor on offer", () => {
  const test = withMember({ ...AT_ONCE, "group.consumer.assignors": "range,uniform" });
  assertEquals(test.groups.describe(GROUP_ID).assignorName, "range");
});

Deno.test("members that came and went leave timers for none but those that are there", () => {
  const test = withMember();
  test.join("b");
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  assertEquals(test.runtime.context.timers.size, 3);
  test.heartbeat({ memberId: "a", memberEpoch: -1 });
  assertEquals(test.runtime.context.timers.size, 1);
  test.heartbeat({ memberId: "b", memberEpoch: -1 });
  assertEquals(test.runtime.context.timers.size, 0);
});

Deno.test("an epoch that nobody was given is refused after a member was removed", () => {
  const test = withMember();
  test.advance(45_000);
  const error = assertThrows(() => test.heartbeat({ memberId: "a", memberEpoch: 2 }), KafkaError);
  assertEquals(error.errorName, "UNKNOWN_MEMBER_ID");
  assertEquals(test.join("a").memberEpoch, 4);
});
