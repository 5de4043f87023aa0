/**
 * Requests about groups that are drawn at random from the declarations of their APIs. Each round has
 * groups of its own: one with a classic member, one with consumers, one with offsets only.
 */
import { ZERO_UUID } from "../../../../protocol/codec/uuid.ts";
import { OffsetCommit } from "../../../../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../../../../protocol/messages/09_offset_fetch.ts";
import { FindCoordinator } from "../../../../protocol/messages/10_find_coordinator.ts";
import { JoinGroup } from "../../../../protocol/messages/11_join_group.ts";
import { Heartbeat } from "../../../../protocol/messages/12_heartbeat.ts";
import { LeaveGroup } from "../../../../protocol/messages/13_leave_group.ts";
import { SyncGroup } from "../../../../protocol/messages/14_sync_group.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../../../../protocol/messages/16_list_groups.ts";
import { DeleteGroups } from "../../../../protocol/messages/42_delete_groups.ts";
import { OffsetDelete } from "../../../../protocol/messages/47_offset_delete.ts";
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import { ConsumerGroupDescribe } from "../../../../protocol/messages/69_consumer_group_describe.ts";
import type { Api } from "../../../../protocol/schema/schema.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { Drawer, type OwnValues } from "../questions/random.ts";
import { versionsOf } from "../target.ts";
import { settleAlone, SOME_METADATA } from "./classic_member.ts";
import { ConsumerMember } from "./consumer_member.ts";
import { LATEST } from "./levels.ts";
import { SESSION_MS_MIN } from "./node_configs.ts";
import { assignment, committed } from "./requests.ts";
import { TOPIC_A, TOPIC_B, topicIds } from "./setup.ts";

const ROUNDS = 16;

const APIS = [
  OffsetCommit,
  OffsetFetch,
  FindCoordinator,
  JoinGroup,
  Heartbeat,
  SyncGroup,
  ConsumerGroupHeartbeat,
  ConsumerGroupDescribe,
  DescribeGroups,
  ListGroups,
  OffsetDelete,
  LeaveGroup,
  DeleteGroups,
] as unknown as Api[];

interface Groups {
  readonly classic: string;
  readonly consumer: string;
  readonly simple: string;
  readonly none: string;
}

/** What is drawn; `classicId` is the id of the only member that has got one from the coordinator. */
function values({ classic, consumer, simple, none }: Groups, classicId: string): OwnValues {
  const groups = [classic, classic, consumer, consumer, simple, none, ""];
  const epochs = [0, 1, 1, 2, 2, 3, -1, -2, 9];
  const topics = [TOPIC_A, TOPIC_A, TOPIC_B, "groups-none"];
  const all = {
    groupId: groups,
    memberId: [classicId, classicId, "one", "two", "nobody", ""],
    generationId: epochs,
    generationIdOrMemberEpoch: epochs,
    memberEpoch: epochs,
    groupInstanceId: [null, null, null, "i", "j"],
    name: topics,
    partitionIndex: [0, 0, 1, 3, 9, -1],
    partitionIndexes: [0, 1, 3, 9],
    protocolType: ["consumer", "consumer", "connect", ""],
    protocolName: ["range", "range", "x"],
    reason: [null, "r"],
  };
  return {
    OffsetCommit: {
      ...all,
      committedOffset: [0, 5, -1],
      committedLeaderEpoch: [-1, 0, 3],
      committedMetadata: ["", null, "m", "m".repeat(5_000)],
      retentionTimeMs: [-1, 1_000_000],
    },
    OffsetFetch: { ...all, memberId: ["one", "two", "nobody", "", null, null] },
    FindCoordinator: { key: groups, coordinatorKeys: groups, keyType: [0, 0, 0, 3, -1] },
    Heartbeat: all,
    SyncGroup: { ...all, assignment: [new Uint8Array(), assignment(TOPIC_A, [0])] },
    LeaveGroup: all,
    DescribeGroups: { groups },
    ListGroups: {
      statesFilter: ["Stable", "empty", "Reconciling", "x"],
      typesFilter: ["classic", "Consumer", "share", "x"],
    },
    DeleteGroups: { groupsNames: groups },
    OffsetDelete: all,
    ConsumerGroupHeartbeat: {
      ...all,
      memberId: ["one", "one", "two", "two", "nobody", ""],
      instanceId: [null, null, null, null, "i", ""],
      rackId: [null, null, "r", ""],
      rebalanceTimeoutMs: [60_000, 60_000, 60_000, -1],
      subscribedTopicNames: topics,
      subscribedTopicRegex: [null, null, null, "", "("],
      // With `range`, who gets what does not depend on the order of a hash map.
      serverAssignor: ["range", "range", "range", "range", "sticky"],
      partitions: [0, 1, 2, 3],
    },
    ConsumerGroupDescribe: { groupIds: groups },
  };
}

/** JoinGroup is only drawn for groups that nobody is in: elsewhere it waits for the others. */
function joinValues(groupId: string): OwnValues {
  return {
    JoinGroup: {
      groupId: [groupId, groupId, groupId, ""],
      // Longer than all of this takes: groups are listed by their states.
      sessionTimeoutMs: [120_000, 120_000, 120_000, SESSION_MS_MIN - 1],
      rebalanceTimeoutMs: [120_000],
      memberId: ["", "", "", "nobody"],
      groupInstanceId: [null, "i"],
      protocolType: ["consumer", "consumer", ""],
      metadata: [SOME_METADATA, new Uint8Array()],
      name: ["range"],
      reason: [null, "r"],
    },
  };
}

async function round(peer: Peer, number: number, drawer: Drawer): Promise<void> {
  const own = (kind: string) => peer.own(`${kind} ${number}`);
  const groups = {
    classic: own("classic"),
    consumer: own("consumer"),
    simple: own("simple"),
    none: own("none"),
  };
  const member = await settleAlone(peer, `classic ${number}`, groups.classic);
  for (const name of ["one", "two"]) {
    await new ConsumerMember(peer, name, groups.consumer, { serverAssignor: "range" })
      .join(`${name} joins, ${number}`);
  }
  const topics = committed(9, new Map(), { [TOPIC_A]: [{ partition: 0 }, { partition: 1 }] });
  await peer.quietly(OffsetCommit, { groupId: groups.simple, topics }, { version: 9 });
  const drawn = values(groups, member.memberId);
  for (const api of APIS) {
    for (const version of versionsOf(api)) {
      drawer.ownValues = { ...drawn, ...joinValues(own(`join ${version}`)) };
      const body = drawer.fields(api.name, api.request.fields, version);
      // Kafka does not answer a JoinGroup that names a protocol twice.
      if (api.key === JoinGroup.key) body.protocols = (body.protocols as object[]).slice(0, 1);
      await peer.ask(`random ${number}`, api, body, { version });
    }
  }
}

async function rounds(peer: Peer): Promise<void> {
  await peer.quietly(DeleteGroups, { groupsNames: [""] });
  const drawer = new Drawer([...(await topicIds(peer.target)).values(), ZERO_UUID]);
  for (let number = 0; number < ROUNDS; number++) await round(peer, number, drawer);
}

export const GROUP_RANDOM: readonly Conversation[] = [
  { title: "at random", levels: LATEST, talk: rounds },
];
