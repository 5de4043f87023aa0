/**
 * Reading what a fetch asks for: partition after partition, within the limits of each and of the
 * whole answer (KIP-74).
 */
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { codeOf, ErrorCode, KafkaError } from "../../protocol/errors.ts";
import type { Isolation, Partition, ReadInfo } from "../../cluster/partition.ts";
import type { ReplicaManager } from "../../cluster/replica_manager.ts";
import type { FetchPartition } from "./fetch_partition.ts";

export interface FetchParams {
  /** -1 for consumers; a broker's id for a follower. */
  readonly replicaId: number;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolation: Isolation;
  readonly leaderOnly: boolean;
}

/** What reading one partition gave. */
export interface PartitionRead {
  readonly partition: FetchPartition;
  readonly errorCode: number;
  /** Null with an error. */
  readonly info: ReadInfo | null;
}

export interface FetchReads {
  readonly reads: PartitionRead[];
  readonly bytes: number;
  /** Whether the answer must not wait: an error, a log that went another way, or more to come. */
  readonly urgent: boolean;
}

/** Told of errors that no client can cause. */
export type ReportError = (error: unknown) => void;

/** Reads all partitions of a fetch. */
export function readPartitions(
  replicas: ReplicaManager,
  partitions: readonly FetchPartition[],
  params: FetchParams,
  report: ReportError,
): FetchReads {
  const reads: PartitionRead[] = [];
  let left = params.maxBytes;
  let bytes = 0;
  let urgent = false;
  for (const partition of partitions) {
    const bytesMax = Math.min(partition.bytesMax, left);
    const read = readPartition(replicas, partition, params, bytesMax, bytes === 0, report);
    const length = read.info?.slice?.byteLength ?? 0;
    bytes += length;
    left = Math.max(0, left - length);
    const { info } = read;
    if (info === null || info.divergingEpoch !== null || info.slice?.continues) urgent = true;
    reads.push(read);
  }
  return { reads, bytes, urgent };
}

function readPartition(
  replicas: ReplicaManager,
  wanted: FetchPartition,
  params: FetchParams,
  bytesMax: number,
  minOneBatch: boolean,
  report: ReportError,
): PartitionRead {
  try {
    const partition = replicas.require(wanted.topic!, wanted.index);
    requireSameTopic(partition, wanted);
    if (params.replicaId >= 0) requireFollower(partition, wanted, params.replicaId);
    const info = partition.read({
      offset: wanted.fetchOffset,
      bytesMax,
      minOneBatch,
      isolation: params.isolation,
      currentLeaderEpoch: wanted.currentLeaderEpoch,
      lastFetchedEpoch: wanted.lastFetchedEpoch,
      leaderOnly: params.leaderOnly,
    });
    return { partition: wanted, errorCode: ErrorCode.NONE, info };
  } catch (error) {
    if (!(error instanceof KafkaError)) report(error);
    return { partition: wanted, errorCode: codeOf(error), info: null };
  }
}

/** A topic may have been deleted and made anew since the client or its session learned its id. */
function requireSameTopic(partition: Partition, { topicId }: FetchPartition): void {
  if (topicId === ZERO_UUID || topicId === partition.topicId) return;
  throw new KafkaError("INCONSISTENT_TOPIC_ID");
}

/** A follower must be among the partition's replicas, and is never the leader itself. */
function requireFollower(partition: Partition, wanted: FetchPartition, replicaId: number): void {
  const { currentLeaderEpoch } = wanted;
  partition.requireServing(currentLeaderEpoch, true);
  const isFollower = replicaId !== partition.leaderId &&
    partition.image?.replicas.includes(replicaId) === true;
  if (isFollower) return;
  throw new KafkaError(
    currentLeaderEpoch === -1 ? "NOT_LEADER_OR_FOLLOWER" : "UNKNOWN_LEADER_EPOCH",
  );
}
