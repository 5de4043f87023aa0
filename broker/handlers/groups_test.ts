/** Groups over the wire: the whole way from a request to the log and back. */
import { assert, assertEquals } from "../../lib/assert.ts";
import { encode } from "../../protocol/codec/codec.ts";
import { Writer } from "../../protocol/codec/writer.ts";
import { ConsumerProtocolSubscription } from "../../protocol/data/consumer_protocol_subscription.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { OffsetCommit } from "../../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../../protocol/messages/09_offset_fetch.ts";
import { FindCoordinator } from "../../protocol/messages/10_find_coordinator.ts";
import { JoinGroup } from "../../protocol/messages/11_join_group.ts";
import { Heartbeat } from "../../protocol/messages/12_heartbeat.ts";
import { LeaveGroup } from "../../protocol/messages/13_leave_group.ts";
import { SyncGroup } from "../../protocol/messages/14_sync_group.ts";
import { DescribeGroups } from "../../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../../protocol/messages/16_list_groups.ts";
import { DeleteTopics } from "../../protocol/messages/20_delete_topics.ts";
import { DescribeConfigs } from "../../protocol/messages/32_describe_configs.ts";
import { DeleteGroups } from "../../protocol/messages/42_delete_groups.ts";
import { OffsetDelete } from "../../protocol/messages/47_offset_delete.ts";
import { ConsumerGroupHeartbeat } from "../../protocol/messages/68_consumer_group_heartbeat.ts";
import { ConsumerGroupDescribe } from "../../protocol/messages/69_consumer_group_describe.ts";
import { createTopic, describeTopics, TestBroker } from "../testing/test_broker.ts";
import type { WireClient } from "../testing/wire_client.ts";

const GROUP = "readers";

/** A node whose coordinator is there, with a topic of two partitions. */
async function nodeWithCoordinator(): Promise<TestBroker> {
  const node = await TestBroker.start({ "offsets.topic.num.partitions": "2" });
  const client = await node.connect();
  await createTopic(client, "t", { partitions: 2 });
  await untilFound(client);
  return node;
}

/** Asks for the coordinator until it is made and has loaded its partition. */
async function untilFound(client: WireClient): Promise<void> {
  for (;;) {
    const { coordinators } = await client.request(FindCoordinator, 6, { coordinatorKeys: [GROUP] });
    if (coordinators[0].errorCode !== ErrorCode.NONE) continue;
    const { groups } = await client.request(DescribeGroups, 5, { groups: [GROUP] });
    if (groups[0].errorCode === ErrorCode.NONE) return;
  }
}

function subscription(...topics: string[]): Uint8Array {
  const writer = new Writer();
  writer.int16(1);
  encode(ConsumerProtocolSubscription, 1, { topics }, writer);
  return writer.copy();
}

function join(client: WireClient, memberId = "", instanceId: string | null = null) {
  return client.request(JoinGroup, 9, {
    groupId: GROUP,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId,
    groupInstanceId: instanceId,
    protocolType: "consumer",
    protocols: [{ name: "range", metadata: subscription("t") }],
  });
}

function sync(
  client: WireClient,
  { memberId, generationId }: { memberId: string; generationId: number },
  assignments: Record<string, string> = {},
) {
  return client.request(SyncGroup, 5, {
    groupId: GROUP,
    generationId,
    memberId,
    protocolType: "consumer",
    protocolName: "range",
    assignments: Object.entries(assignments).map(([memberId, text]) => ({
      memberId,
      assignment: new TextEncoder().encode(text),
    })),
  });
}

/** The one member of a group that has its assignment. */
async function soleMember(client: WireClient) {
  const { errorCode, memberId } = await join(client);
  assertEquals(errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  const joined = await join(client, memberId);
  const synced = await sync(client, joined, { [memberId]: "all" });
  assertEquals([joined.errorCode, synced.errorCode], [ErrorCode.NONE, ErrorCode.NONE]);
  return joined;
}

function commit(client: WireClient, offset: number, member: Partial<{
  memberId: string;
  generationId: number;
}> = {}) {
  return client.request(OffsetCommit, 9, {
    groupId: GROUP,
    generationIdOrMemberEpoch: member.generationId ?? -1,
    memberId: member.memberId ?? "",
    topics: [{
      name: "t",
      partitions: [{ partitionIndex: 1, committedOffset: offset, committedMetadata: "note" }],
    }],
  });
}

async function committed(client: WireClient): Promise<(readonly [string, number, number])[]> {
  const { groups } = await client.request(OffsetFetch, 9, {
    groups: [{ groupId: GROUP, topics: null }],
  });
  assertEquals(groups[0].errorCode, ErrorCode.NONE);
  return groups[0].topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, committedOffset }) =>
      [name, partitionIndex, committedOffset] as const
    )
  );
}

const commitCode = async (...of: Parameters<typeof commit>) =>
  (await commit(...of)).topics[0].partitions[0].errorCode;

async function stateOf(client: WireClient): Promise<string> {
  const { groups } = await client.request(DescribeGroups, 5, { groups: [GROUP] });
  return groups[0].groupState;
}

Deno.test("groups: the first who asks for a coordinator has its topic made, with Kafka's settings", async () => {
  await using node = await nodeWithCoordinator();
  const client = await node.connect();
  const { coordinators } = await client.request(FindCoordinator, 6, {
    coordinatorKeys: [GROUP, "other"],
  });
  assertEquals(
    coordinators.map(({ key, nodeId, port, errorCode }) => [key, nodeId, port, errorCode]),
    [[GROUP, 1, node.port, 0], ["other", 1, node.port, 0]],
  );
  const [topic] = await describeTopics(client, "__consumer_offsets");
  assertEquals([topic.isInternal, topic.partitions.length], [true, 2]);
  const { results } = await client.request(DescribeConfigs, 4, {
    resources: [{ resourceType: 2, resourceName: "__consumer_offsets", configurationKeys: null }],
  });
  const own = results[0].configs.filter(({ configSource }) => configSource === 1);
  assertEquals(Object.fromEntries(own.map(({ name, value }) => [name, value])), {
    "cleanup.policy": "compact",
    "compression.type": "producer",
    "segment.bytes": "104857600",
  });
});

Deno.test("groups: two members share a generation, one after the other leaves", async () => {
  await using node = await nodeWithCoordinator();
  const [one, two] = [await node.connect("one"), await node.connect("two")];
  const first = await soleMember(one);
  const { memberId } = await join(two);
  const joining = join(two, memberId);
  const beat = (client: WireClient, generationId: number, memberId: string) =>
    client.request(Heartbeat, 4, { groupId: GROUP, generationId, memberId });
  let told: number;
  do told = (await beat(one, first.generationId, first.memberId)).errorCode; while (
    told === ErrorCode.NONE
  );
  assertEquals(told, ErrorCode.REBALANCE_IN_PROGRESS);
  const [again, joined] = await Promise.all([join(one, first.memberId), joining]);
  assertEquals([again.generationId, joined.generationId], [2, 2]);
  assertEquals(
    again.members.map(({ memberId }) => memberId).sort(),
    [
      first.memberId,
      memberId,
    ].sort(),
  );
  const parts = { [first.memberId]: "a", [memberId]: "b" };
  const synced = await Promise.all([sync(one, again, parts), sync(two, joined)]);
  assertEquals(
    synced.map(({ assignment }) => new TextDecoder().decode(assignment)),
    ["a", "b"],
  );
  const left = await one.request(LeaveGroup, 5, {
    groupId: GROUP,
    members: [{ memberId: first.memberId }],
  });
  assertEquals(left.members.map(({ errorCode }) => errorCode), [ErrorCode.NONE]);
  assertEquals(
    (await beat(two, 2, memberId)).errorCode,
    ErrorCode.REBALANCE_IN_PROGRESS,
  );
});

Deno.test("groups: members and offsets outlive the node, stopped in order or not", async () => {
  for (const crash of [false, true]) {
    await using node = await nodeWithCoordinator();
    const client = await node.connect();
    const member = await soleMember(client);
    assertEquals(await commitCode(client, 42, member), ErrorCode.NONE);
    await node.restart({ crash });
    const again = await node.connect();
    await untilFound(again);
    assertEquals(await stateOf(again), "Stable");
    assertEquals(await committed(again), [["t", 1, 42]]);
    const { memberId, generationId } = member;
    const { errorCode } = await again.request(Heartbeat, 4, {
      groupId: GROUP,
      generationId,
      memberId,
    });
    assertEquals(errorCode, ErrorCode.NONE);
    assertEquals(await commitCode(again, 43, member), ErrorCode.NONE);
    assertEquals(await committed(again), [["t", 1, 43]]);
  }
});

Deno.test("groups: whoever waits in a group when the node stops is sent to look for it again", async () => {
  await using node = await nodeWithCoordinator();
  const [one, two] = [await node.connect(), await node.connect()];
  await soleMember(one);
  const { memberId } = await join(two);
  const waiting = join(two, memberId);
  while (await stateOf(one) !== "PreparingRebalance");
  await node.broker.close();
  assertEquals((await waiting).errorCode, ErrorCode.NOT_COORDINATOR);
});

Deno.test("groups: commits from outside make a group, which can be listed and deleted", async () => {
  await using node = await nodeWithCoordinator();
  const client = await node.connect();
  assertEquals(await commitCode(client, 7), ErrorCode.NONE);
  const list = async () => {
    const { groups } = await client.request(ListGroups, 5, {});
    return groups.map(({ groupId, groupState, groupType }) => [groupId, groupState, groupType]);
  };
  assertEquals(await list(), [[GROUP, "Empty", "classic"]]);
  const { results } = await client.request(DeleteGroups, 2, { groupsNames: [GROUP, "none"] });
  assertEquals(results.map(({ errorCode }) => errorCode), [
    ErrorCode.NONE,
    ErrorCode.GROUP_ID_NOT_FOUND,
  ]);
  assertEquals([await list(), await committed(client)], [[], []]);
});

Deno.test("groups: one that has members is not deleted, nor offsets of what it reads", async () => {
  await using node = await nodeWithCoordinator();
  const client = await node.connect();
  const member = await soleMember(client);
  await commit(client, 7, member);
  const { results } = await client.request(DeleteGroups, 2, { groupsNames: [GROUP] });
  assertEquals(results[0].errorCode, ErrorCode.NON_EMPTY_GROUP);
  const { topics } = await client.request(OffsetDelete, 0, {
    groupId: GROUP,
    topics: [{ name: "t", partitions: [{ partitionIndex: 1 }, { partitionIndex: 9 }] }],
  });
  assertEquals(
    topics[0].partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]).sort(),
    [[1, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC], [9, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]],
  );
  assertEquals(await committed(client), [["t", 1, 7]]);
});

Deno.test("groups: the offsets of a topic go with the topic", async () => {
  await using node = await nodeWithCoordinator();
  const client = await node.connect();
  await commit(client, 7);
  await client.request(DeleteTopics, 5, { topicNames: ["t"], timeoutMs: 10_000 });
  while ((await committed(client)).length > 0);
  await createTopic(client, "t", { partitions: 2 });
  assertEquals(await committed(client), []);
});

Deno.test("groups: a member of the new protocol gets its partitions, and keeps them over a crash", async () => {
  await using node = await nodeWithCoordinator();
  const client = await node.connect();
  const heartbeat = (body: Record<string, unknown>) =>
    client.request(ConsumerGroupHeartbeat, 1, {
      groupId: GROUP,
      memberId: "m",
      memberEpoch: 0,
      ...body,
    });
  const joined = await heartbeat({
    rebalanceTimeoutMs: 30_000,
    subscribedTopicNames: ["t"],
    topicPartitions: [],
  });
  assertEquals(joined.errorCode, ErrorCode.NONE);
  assertEquals(joined.assignment!.topicPartitions.map(({ partitions }) => partitions), [[0, 1]]);
  await node.restart({ crash: true });
  const again = await node.connect();
  await untilFound(again);
  const { groups } = await again.request(ConsumerGroupDescribe, 1, {
    groupIds: [GROUP],
    includeAuthorizedOperations: true,
  });
  assertEquals([groups[0].groupState, groups[0].members.length], ["Stable", 1]);
  assert(groups[0].authorizedOperations > 0);
  const { groups: listed } = await again.request(ListGroups, 5, { typesFilter: ["consumer"] });
  assertEquals(listed.map(({ groupId, groupType }) => [groupId, groupType]), [
    [GROUP, "consumer"],
  ]);
});

Deno.test("groups: without group.version 1, or without the protocol, the new one is not spoken", async () => {
  await using node = await TestBroker.start({
    "group.coordinator.rebalance.protocols": "classic",
  });
  const client = await node.connect();
  const { errorCode } = await client.request(ConsumerGroupHeartbeat, 0, {
    groupId: GROUP,
    memberId: "m",
    memberEpoch: 0,
  });
  assertEquals(errorCode, ErrorCode.UNSUPPORTED_VERSION);
  const { groups } = await client.request(ConsumerGroupDescribe, 0, { groupIds: [GROUP] });
  assertEquals(groups[0].errorCode, ErrorCode.UNSUPPORTED_VERSION);
});
