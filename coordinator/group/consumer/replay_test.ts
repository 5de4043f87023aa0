import { assertEquals } from "../../../lib/assert.ts";
import { type GroupRecord, groupRecords } from "../../../protocol/group_records/mod.ts";
import { assignedIn, GROUP_ID, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";
import { MemberState } from "./member.ts";

const AT_ONCE = { "group.consumer.assignment.interval.ms": "0" };

/** A group that `b` has just joined; `a` has been told to give up its share. */
function rebalancing(): TestConsumerGroups {
  const test = new TestConsumerGroups(AT_ONCE);
  test.setTopic("topic", 4);
  test.join("a", { rebalanceTimeoutMs: 30_000, serverAssignor: "range" });
  test.join("b", { instanceId: "i" });
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  return test;
}

const replay = (test: TestConsumerGroups, ...records: GroupRecord[]) =>
  test.runtime.run({ records, response: undefined });

Deno.test("a group that is loaded is described as it was before", () => {
  const test = rebalancing();
  const before = test.groups.describe(GROUP_ID);
  test.restart();
  assertEquals(test.groups.describe(GROUP_ID), before);
  assertEquals(test.group().staticMember("i")?.memberId, "b");
});

Deno.test("members that were loaded have a whole session, and a whole rebalance timeout", () => {
  const test = rebalancing();
  test.advance(20_000);
  test.restart();
  assertEquals(test.runtime.context.timers.size, 3);
  test.advance(29_999);
  assertEquals(test.group().memberCount, 2);
  test.advance(1);
  assertEquals([...test.group().members.keys()], ["b"]);
  test.advance(15_000);
  assertEquals(test.group().memberCount, 0);
});

Deno.test("a group that was loaded goes on where it was", () => {
  const test = rebalancing();
  test.restart();
  const topicId = test.topicId("topic");
  const kept = [...test.group().requireMember("a").assigned.get(topicId)!.keys()];
  const topicPartitions = [{ topicId, partitions: kept }];
  test.heartbeat({ memberId: "a", memberEpoch: 2, topicPartitions });
  const answer = test.heartbeat({ memberId: "b", memberEpoch: 3, instanceId: "i" });
  assertEquals(assignedIn(answer)![topicId].length, 2);
  assertEquals(test.group().state, "Stable");
});

Deno.test("topics that changed while nobody saw it are noticed with the first heartbeat", () => {
  const test = new TestConsumerGroups(AT_ONCE);
  test.setTopic("topic", 1);
  test.join("a");
  const { records } = test.runtime;
  const later = new TestConsumerGroups(AT_ONCE, 2);
  later.setTopic("topic", 3);
  later.runtime.records.push(...records);
  later.restart();
  assertEquals(later.heartbeat({ memberId: "a", memberEpoch: 2 }).memberEpoch, 2);
  assertEquals(later.group().groupEpoch, 3);
});

Deno.test("an assignment from before KIP-1251 counts as made in the member's epoch", () => {
  const test = new TestConsumerGroups(AT_ONCE);
  const key = { groupId: GROUP_ID, memberId: "a" };
  const topicId = "AAAAAAAAAAAAAAAAAAAAAQ";
  const assigned = (memberEpoch: number) =>
    groupRecords.record("ConsumerGroupCurrentMemberAssignment", key, {
      memberEpoch,
      assignedPartitions: [{ topicId, partitions: [0, 1] }],
    });
  const epochs = () => [...test.group().requireMember("a").assigned.get(topicId)!];
  replay(test, assigned(5));
  assertEquals(epochs(), [[0, 5], [1, 5]]);
  replay(test, assigned(-2));
  assertEquals(epochs(), [[0, 0], [1, 0]]);
});

Deno.test("a member in a state of a later Kafka has to give up everything first", () => {
  const test = new TestConsumerGroups(AT_ONCE);
  test.setTopic("topic", 1);
  test.join("a");
  const key = { groupId: GROUP_ID, memberId: "a" };
  const value = { memberEpoch: 2, previousMemberEpoch: 2, state: 77 };
  replay(test, groupRecords.record("ConsumerGroupCurrentMemberAssignment", key, value));
  assertEquals(test.group().requireMember("a").state, MemberState.UNKNOWN);
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2, topicPartitions: [] });
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: [0] });
});

Deno.test("tombstones of what is not there are passed over", () => {
  const test = new TestConsumerGroups();
  const key = { groupId: GROUP_ID, memberId: "a" };
  replay(
    test,
    groupRecords.tombstone("ConsumerGroupCurrentMemberAssignment", key),
    groupRecords.tombstone("ConsumerGroupTargetAssignmentMember", key),
    groupRecords.tombstone("ConsumerGroupMemberMetadata", key),
    groupRecords.tombstone("ConsumerGroupTargetAssignmentMetadata", { groupId: GROUP_ID }),
    groupRecords.tombstone("ConsumerGroupPartitionMetadata", { groupId: GROUP_ID }),
    groupRecords.tombstone("ConsumerGroupMetadata", { groupId: GROUP_ID }),
  );
  assertEquals(test.store.size, 0);
  replay(
    test,
    groupRecords.record("ConsumerGroupMetadata", { groupId: GROUP_ID }, { epoch: 4 }),
    groupRecords.tombstone("ConsumerGroupCurrentMemberAssignment", key),
    groupRecords.tombstone("ConsumerGroupMemberMetadata", key),
  );
  assertEquals(test.group().groupEpoch, 4);
  assertEquals(test.group().memberCount, 0);
});
