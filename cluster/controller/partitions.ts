/**
 * Leaders and replicas of partitions as the controller decides them: ElectLeaders (43),
 * AlterPartitionReassignments (45), ListPartitionReassignments (46).
 */
import { KafkaError } from "../../protocol/errors.ts";
import type { MetadataRecord } from "../../protocol/metadata_records/mod.ts";
import type {
  ElectLeadersRequest,
  ElectLeadersResponse,
} from "../../protocol/messages/43_elect_leaders.ts";
import type {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from "../../protocol/messages/45_alter_partition_reassignments.ts";
import type {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from "../../protocol/messages/46_list_partition_reassignments.ts";
import {
  LeaderRecoveryState,
  NO_LEADER,
  type PartitionImage,
  type TopicImage,
} from "../image/metadata_image.ts";
import { changePartition, type PartitionTarget } from "../partition_change.ts";
import {
  type ApiError,
  apiError,
  apiErrorOf,
  type ControllerContext,
  type Decision,
  NO_ERROR,
  requireBounded,
} from "./decision.ts";
import { changeContext, partitionsOf } from "./partition_updates.ts";
import { checkManualAssignment } from "./topics.ts";
import { isUncleanElectionEnabled } from "./topic_config_values.ts";

const ElectionType = { PREFERRED: 0, UNCLEAN: 1 } as const;

/** Decides ElectLeaders: for the given partitions, or for all where none are given. */
export function electLeaders(
  request: ElectLeadersRequest,
  context: ControllerContext,
): Decision<ElectLeadersResponse> {
  const { electionType } = request;
  if (electionType !== ElectionType.PREFERRED && electionType !== ElectionType.UNCLEAN) {
    throw new KafkaError("INVALID_REQUEST", `Unknown election type ${electionType}`);
  }
  const unclean = electionType === ElectionType.UNCLEAN;
  const records: MetadataRecord[] = [];
  const elect = (topic: string, partitionId: number) => {
    const { record, error } = electLeader(topic, partitionId, unclean, context);
    if (record !== null) records.push(record);
    return { partitionId, ...error };
  };
  const replicaElectionResults = request.topicPartitions === null
    ? [...context.image.topicsByName.values()].map(({ name, partitions }) => ({
      topic: name,
      partitionResult: partitions
        .map((_, i) => elect(name, i))
        .filter(({ errorCode }) => errorCode !== ELECTION_NOT_NEEDED),
    }))
    : request.topicPartitions.map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((i) => elect(topic, i)),
    }));
  requireBounded(records);
  return { records, response: { replicaElectionResults } };
}

const ELECTION_NOT_NEEDED = apiError("ELECTION_NOT_NEEDED").errorCode;

function electLeader(
  topicName: string,
  partitionId: number,
  unclean: boolean,
  context: ControllerContext,
): { record: MetadataRecord | null; error: ApiError } {
  const topic = context.image.topicsByName.get(topicName);
  const partition = topic?.partitions[partitionId];
  if (topic === undefined || partition === undefined) {
    const what = topic === undefined ? topicName : `${topicName}-${partitionId}`;
    return { record: null, error: apiError("UNKNOWN_TOPIC_OR_PARTITION", `No such ${what}`) };
  }
  const settled = unclean
    ? partition.leader !== NO_LEADER
    : partition.leader === partition.replicas[0];
  if (settled) return { record: null, error: apiError("ELECTION_NOT_NEEDED") };
  const target: PartitionTarget = { election: unclean ? "unclean" : "preferred" };
  const record = changePartition(partition, target, changeContext(topic, partitionId, context));
  if (record !== null) return { record, error: NO_ERROR };
  const name = unclean ? "ELIGIBLE_LEADERS_NOT_AVAILABLE" : "PREFERRED_LEADER_NOT_AVAILABLE";
  return { record: null, error: apiError(name) };
}

type ReassignablePartition =
  AlterPartitionReassignmentsRequest["topics"][number]["partitions"][number];

/** Decides AlterPartitionReassignments, partition by partition. */
export function alterPartitionReassignments(
  request: AlterPartitionReassignmentsRequest,
  context: ControllerContext,
): Decision<AlterPartitionReassignmentsResponse> {
  const { allowReplicationFactorChange } = request;
  const records: MetadataRecord[] = [];
  const decide = (topicName: string, wanted: ReassignablePartition): ApiError => {
    try {
      const { topic, partition } = requirePartition(topicName, wanted.partitionIndex, context);
      const target = wanted.replicas === null
        ? cancelledReassignment(topic, partition, context)
        : reassignment(partition, wanted.replicas, allowReplicationFactorChange, context);
      const facts = changeContext(topic, wanted.partitionIndex, context);
      const record = changePartition(partition, target, facts);
      if (record !== null) records.push(record);
      return NO_ERROR;
    } catch (error) {
      return apiErrorOf(error);
    }
  };
  const responses = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((wanted) => ({
      partitionIndex: wanted.partitionIndex,
      ...decide(name, wanted),
    })),
  }));
  requireBounded(records);
  return { records, response: { allowReplicationFactorChange, errorMessage: null, responses } };
}

function requirePartition(
  topicName: string,
  partitionId: number,
  { image }: ControllerContext,
): { topic: TopicImage; partition: PartitionImage } {
  const topic = image.topicsByName.get(topicName);
  const partition = topic?.partitions[partitionId];
  if (topic !== undefined && partition !== undefined) return { topic, partition };
  throw new KafkaError(
    "UNKNOWN_TOPIC_OR_PARTITION",
    `Unable to find partition ${topicName}:${partitionId}.`,
  );
}

function isReassigned({ addingReplicas, removingReplicas }: PartitionImage): boolean {
  return addingReplicas.length > 0 || removingReplicas.length > 0;
}

/** Back to the replicas from before: what was being added goes, what was being removed stays. */
function cancelledReassignment(
  topic: TopicImage,
  partition: PartitionImage,
  context: ControllerContext,
): PartitionTarget {
  if (!isReassigned(partition)) throw new KafkaError("NO_REASSIGNMENT_IN_PROGRESS");
  const isStaying = (replica: number) => !partition.addingReplicas.includes(replica);
  const replicas = partition.replicas.filter(isStaying);
  let isr = partition.isr.filter(isStaying);
  const uncleanAllowed = isUncleanElectionEnabled(topic.name, context);
  if (isr.length === 0) {
    if (!uncleanAllowed) {
      throw new KafkaError(
        "INVALID_REPLICA_ASSIGNMENT",
        "Going back would require an unclean leader election.",
      );
    }
    isr = replicas.slice(0, 1);
  }
  const election = uncleanAllowed ? "unclean" : "online";
  return { isr, replicas, removing: [], adding: [], election };
}

function reassignment(
  partition: PartitionImage,
  wanted: readonly number[],
  allowReplicationFactorChange: boolean,
  { image }: ControllerContext,
): PartitionTarget {
  checkManualAssignment(wanted, undefined, image);
  const stable = partition.replicas.filter((r) => !partition.removingReplicas.includes(r));
  if (!allowReplicationFactorChange && wanted.length !== stable.length) {
    throw new KafkaError(
      "INVALID_REPLICATION_FACTOR",
      `The replication factor is changed from ${stable.length} to ${wanted.length}`,
    );
  }
  const removing = partition.replicas.filter((r) => !wanted.includes(r)).sort((a, b) => a - b);
  const adding = wanted.filter((r) => !partition.replicas.includes(r)).sort((a, b) => a - b);
  return {
    replicas: [...wanted, ...removing],
    // What an earlier reassignment is still about stays noted where this one has nothing to say.
    removing: removing.length > 0 ? removing : undefined,
    adding: adding.length > 0 ? adding : undefined,
  };
}

/** Answers ListPartitionReassignments: of the given topics, or of all. */
export function listPartitionReassignments(
  request: ListPartitionReassignmentsRequest,
  { image }: ControllerContext,
): ListPartitionReassignmentsResponse {
  const ongoing = (topic: TopicImage, indexes: readonly number[]) => {
    const partitions = indexes
      .filter((i) => topic.partitions[i] !== undefined && isReassigned(topic.partitions[i]))
      .map((partitionIndex) => {
        const { replicas, addingReplicas, removingReplicas } = topic.partitions[partitionIndex];
        return { partitionIndex, replicas, addingReplicas, removingReplicas };
      });
    return partitions.length === 0 ? [] : [{ name: topic.name, partitions }];
  };
  const topics = request.topics === null
    ? [...image.topicsById.values()].flatMap((topic) =>
      ongoing(topic, [...topic.partitions.keys()])
    )
    : request.topics.flatMap(({ name, partitionIndexes }) => {
      const topic = image.topicsByName.get(name);
      return topic === undefined ? [] : ongoing(topic, partitionIndexes);
    });
  return { errorMessage: null, topics };
}

/**
 * Notes that leaders which were elected from outside the in-sync set have recovered: their logs are
 * what counts from now on.
 */
export function markRecovered(brokerId: number, context: ControllerContext): Decision<null> {
  const records: MetadataRecord[] = [];
  for (const [topic, partitionId, partition] of partitionsOf(context.image)) {
    const recovering = partition.leaderRecoveryState === LeaderRecoveryState.RECOVERING;
    if (partition.leader !== brokerId || !recovering) continue;
    const target = { leaderRecoveryState: LeaderRecoveryState.RECOVERED };
    const record = changePartition(partition, target, changeContext(topic, partitionId, context));
    if (record !== null) records.push(record);
  }
  return { records, response: null };
}
