/** Groups as their coordinators tell of them: listed, described, deleted. */
import { DecodeError, Reader } from "../protocol/codec/reader.ts";
import { decode } from "../protocol/codec/codec.ts";
import { ConsumerProtocolAssignment } from "../protocol/data/consumer_protocol_assignment.ts";
import { ErrorCode, KafkaError } from "../protocol/errors.ts";
import { DescribeGroups } from "../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../protocol/messages/16_list_groups.ts";
import { DeleteGroups } from "../protocol/messages/42_delete_groups.ts";
import { ConsumerGroupDescribe } from "../protocol/messages/69_consumer_group_describe.ts";
import { parseVersions } from "../protocol/schema/versions.ts";
import { type ClusterClient, type Node, requireNoError } from "./cluster.ts";

export const GROUP_TYPES = ["Classic", "Consumer", "Share", "Streams"] as const;

export const GROUP_STATES = [
  "PreparingRebalance",
  "CompletingRebalance",
  "Assigning",
  "Reconciling",
  "Stable",
  "Empty",
  "NotReady",
  "Dead",
] as const;

/** The protocol type of consumers, in both protocols. */
const CONSUMER_PROTOCOL = "consumer";

/** ConsumerGroupDescribe's member types (KIP-1099). */
const CLASSIC_MEMBER = 0;
const CONSUMER_MEMBER = 1;

export interface ListedGroup {
  readonly groupId: string;
  /** One of `GROUP_TYPES`; empty where the broker is too old to tell. */
  readonly type: string;
  /** Empty where offsets were committed without membership. */
  readonly protocolType: string;
  /** One of `GROUP_STATES`; empty where the broker is too old to tell. */
  readonly state: string;
}

/** Partitions by topic, both in order. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

export interface GroupMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** Null where its bytes are not those of a consumer (Kafka Connect, a protocol of one's own). */
  readonly assignment: Assignment | null;
  /** The rest is told in the new protocol only (KIP-848). */
  readonly rackId: string | null;
  readonly memberEpoch: number | null;
  readonly targetAssignment: Assignment | null;
  /** Which protocol the member itself speaks. */
  readonly memberType: "classic" | "consumer" | null;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly subscribedTopicRegex: string | null;
}

export interface GroupDescription {
  readonly groupId: string;
  readonly type: "Classic" | "Consumer";
  readonly state: string;
  readonly protocolType: string;
  /** The assignor, or whatever protocol the members agreed on; empty where there is none. */
  readonly assignor: string;
  readonly coordinator: Node;
  /** Epochs of the new protocol, or null. */
  readonly groupEpoch: number | null;
  readonly assignmentEpoch: number | null;
  readonly members: readonly GroupMember[];
}

/** Which groups to list; an empty list means all. */
export interface GroupFilter {
  readonly states: readonly string[];
  readonly types: readonly string[];
}

/** The groups of all coordinators, by id. Throws `KafkaError`. */
export async function listGroups(
  cluster: ClusterClient,
  { states, types }: GroupFilter,
): Promise<ListedGroup[]> {
  const nodes = await cluster.retrying(() => cluster.nodes());
  const lists = await Promise.all(nodes.map((node) =>
    cluster.retrying(async () => {
      const answer = await cluster.askNode(node, ListGroups, {
        statesFilter: states,
        typesFilter: types,
      });
      requireNoError(answer.errorCode);
      return answer.groups;
    })
  ));
  // While a group moves from one coordinator to another, both may tell of it.
  const groups = new Map(lists.flat().map((group) => [group.groupId, group]));
  return [...groups.values()]
    .map(({ groupId, groupType: type, protocolType, groupState: state }) => ({
      groupId,
      // Brokers write types in lower case here, Kafka's tools do not.
      type: GROUP_TYPES.find((each) => each.toLowerCase() === type.toLowerCase()) ?? type,
      protocolType,
      state,
    }))
    .sort((a, b) => a.groupId < b.groupId ? -1 : 1);
}

/**
 * A group of either protocol. Throws `KafkaError`: GROUP_ID_NOT_FOUND where there is none, or one
 * of another type.
 */
export function describeGroup(cluster: ClusterClient, groupId: string): Promise<GroupDescription> {
  return cluster.retrying(async () => {
    try {
      return await describeConsumerGroup(cluster, groupId);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      const { errorName } = error;
      if (errorName !== "GROUP_ID_NOT_FOUND" && errorName !== "UNSUPPORTED_VERSION") throw error;
      return await describeClassicGroup(cluster, groupId, error);
    }
  });
}

async function describeConsumerGroup(
  cluster: ClusterClient,
  groupId: string,
): Promise<GroupDescription> {
  const coordinator = await cluster.coordinator(groupId);
  const answer = await cluster.askCoordinator(groupId, ConsumerGroupDescribe, {
    groupIds: [groupId],
  });
  const [{ errorCode, errorMessage, groupState, groupEpoch, assignmentEpoch, ...group }] =
    answer.groups;
  requireNoError(errorCode, errorMessage);
  return {
    groupId,
    type: "Consumer",
    state: groupState,
    protocolType: CONSUMER_PROTOCOL,
    assignor: group.assignorName,
    coordinator,
    groupEpoch,
    assignmentEpoch,
    members: group.members.map(({ instanceId, assignment, targetAssignment, ...member }) => ({
      memberId: member.memberId,
      groupInstanceId: instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      assignment: assignmentOf(assignment.topicPartitions),
      rackId: member.rackId,
      memberEpoch: member.memberEpoch,
      targetAssignment: assignmentOf(targetAssignment.topicPartitions),
      memberType: member.memberType === CLASSIC_MEMBER
        ? "classic"
        : member.memberType === CONSUMER_MEMBER
        ? "consumer"
        : null,
      subscribedTopicNames: member.subscribedTopicNames,
      subscribedTopicRegex: member.subscribedTopicRegex || null,
    })),
  };
}

/** `refusal` is why the group is none of the new protocol; it tells best that there is no group. */
async function describeClassicGroup(
  cluster: ClusterClient,
  groupId: string,
  refusal: KafkaError,
): Promise<GroupDescription> {
  const coordinator = await cluster.coordinator(groupId);
  const answer = await cluster.askCoordinator(groupId, DescribeGroups, { groups: [groupId] });
  const [{ errorCode, errorMessage, groupState, protocolType, protocolData, members }] =
    answer.groups;
  // Before version 6 (KIP-1043) a group that there is not was described as a dead one.
  if (errorCode === ErrorCode.GROUP_ID_NOT_FOUND || groupState === "Dead") {
    if (refusal.errorName === "GROUP_ID_NOT_FOUND") throw refusal;
    throw new KafkaError("GROUP_ID_NOT_FOUND", errorMessage ?? `Group ${groupId} not found.`);
  }
  requireNoError(errorCode, errorMessage);
  const isConsumer = protocolType === CONSUMER_PROTOCOL;
  return {
    groupId,
    type: "Classic",
    state: groupState,
    protocolType,
    assignor: protocolData,
    coordinator,
    groupEpoch: null,
    assignmentEpoch: null,
    members: members.map(({ memberId, groupInstanceId, clientId, clientHost, ...member }) => ({
      memberId,
      groupInstanceId,
      clientId,
      clientHost,
      assignment: isConsumer ? decodeAssignment(member.memberAssignment) : null,
      rackId: null,
      memberEpoch: null,
      targetAssignment: null,
      memberType: null,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
    })),
  };
}

function assignmentOf(
  topics: readonly { readonly topicName: string; readonly partitions: readonly number[] }[],
): Assignment {
  return new Map(
    topics
      .map(({ topicName, partitions }) =>
        [topicName, partitions.toSorted((a, b) => a - b)] as const
      )
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

/**
 * What a member was assigned, as the consumer protocol writes it: a version and the message in it.
 * No bytes stand for nothing. Null where they are something else, for they are the members' own:
 * no broker has checked them.
 */
function decodeAssignment(bytes: Uint8Array): Assignment | null {
  if (bytes.length === 0) return new Map();
  try {
    const reader = new Reader(bytes);
    // A newer version only adds fields at the end.
    const { min, max } = parseVersions(ConsumerProtocolAssignment.versions);
    const version = reader.int16();
    if (version < min) return null;
    const { assignedPartitions } = decode(
      ConsumerProtocolAssignment,
      Math.min(version, max),
      reader,
    );
    return assignmentOf(
      assignedPartitions.map(({ topic: topicName, partitions }) => ({ topicName, partitions })),
    );
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** Deletes a group without members. Throws `KafkaError`: NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND. */
export function deleteGroup(cluster: ClusterClient, groupId: string): Promise<void> {
  return cluster.retrying(async () => {
    const answer = await cluster.askCoordinator(groupId, DeleteGroups, { groupsNames: [groupId] });
    requireNoError(answer.results[0].errorCode);
  });
}
