import { assertEquals, assertNotEquals } from "../../../lib/assert.ts";
import { groupRecords } from "../../../protocol/group_records/mod.ts";
import { assignedIn, GROUP_ID, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";

function withMember(): TestConsumerGroups {
  const test = new TestConsumerGroups({ "group.consumer.assignment.interval.ms": "0" });
  test.setTopic("topic", 2);
  test.setTopic("other", 1);
  test.join("a");
  return test;
}

Deno.test("partitions that a topic gets are assigned with the next heartbeat", () => {
  const test = withMember();
  test.setTopic("topic", 4);
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2 });
  assertEquals(answer.memberEpoch, 3);
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: [0, 1, 2, 3] });
});

Deno.test("a topic that is made after members subscribed to it is assigned", () => {
  const test = withMember();
  test.heartbeat({ memberId: "a", memberEpoch: 2, subscribedTopicNames: ["topic", "later"] });
  test.setTopic("later", 1);
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 3 });
  assertEquals(Object.keys(assignedIn(answer)!).length, 2);
});

Deno.test("partitions of a topic that is deleted are to be given up", () => {
  const test = withMember();
  const topicId = test.topicId("topic");
  test.deleteTopic("topic");
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2 });
  assertEquals(assignedIn(answer), {});
  assertEquals(answer.memberEpoch, 2);
  assertEquals(test.group().requireMember("a").pendingRevocation.has(topicId), true);
  const next = test.heartbeat({ memberId: "a", memberEpoch: 2, topicPartitions: [] });
  assertEquals(next.memberEpoch, 3);
  assertEquals(test.group().state, "Stable");
});

Deno.test("a topic that is deleted and made again is another one", () => {
  const test = withMember();
  test.deleteTopic("topic");
  test.setTopic("topic", 1);
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2, topicPartitions: [] });
  assertEquals(assignedIn(answer), { [test.topicId("topic")]: [0] });
});

Deno.test("changes of topics that the group does not want do not concern it", () => {
  const test = withMember();
  test.setTopic("other", 5);
  test.deleteTopic("other");
  const records = test.runtime.records.length;
  assertEquals(test.heartbeat({ memberId: "a", memberEpoch: 2 }).memberEpoch, 2);
  assertEquals(test.runtime.records.length, records);
});

Deno.test("a change of a topic that leaves partitions and racks alone makes no new epoch", () => {
  const test = withMember();
  test.setTopic("topic", 2);
  assertEquals(test.heartbeat({ memberId: "a", memberEpoch: 2 }).memberEpoch, 2);
  assertEquals(test.group().groupEpoch, 2);
});

Deno.test("other racks of a topic's replicas make a new epoch", () => {
  const test = withMember();
  const before = test.group().metadataHash;
  test.inRacks("r0", "r1");
  test.setTopic("topic", 2);
  assertEquals(test.heartbeat({ memberId: "a", memberEpoch: 2 }).memberEpoch, 3);
  assertNotEquals(test.group().metadataHash, before);
});

Deno.test("the metadata that Kafka 4.0 kept in the log is removed with the next look at it", () => {
  const test = withMember();
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  const key = { groupId: GROUP_ID };
  const old = groupRecords.record("ConsumerGroupPartitionMetadata", key, { topics: [] });
  test.runtime.run({ records: [old], response: undefined });
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  assertEquals(test.group().hasPartitionMetadataRecord, true);
  test.setTopic("topic", 2);
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  const last = test.runtime.records.at(-1)!;
  assertEquals([last.type, last.value], ["ConsumerGroupPartitionMetadata", null]);
  assertEquals(test.group().hasPartitionMetadataRecord, false);
});
