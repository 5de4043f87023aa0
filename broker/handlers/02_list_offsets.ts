/** API 2, ListOffsets: finds offsets by time (KIP-33, KIP-320, KIP-734, KIP-1005, KIP-1023). */
import type { Isolation, Partition } from "../../cluster/partition.ts";
import { codeOf, ErrorCode, KafkaError } from "../../protocol/errors.ts";
import {
  ListOffsets,
  type ListOffsetsRequest,
  type ListOffsetsResponse,
} from "../../protocol/messages/02_list_offsets.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";

/** Times with a meaning of their own, and the version from which each may be asked for. */
const Timestamp = {
  LATEST: -1,
  EARLIEST: -2,
  MAX_TIMESTAMP: -3,
  EARLIEST_LOCAL: -4,
  LATEST_TIERED: -5,
  EARLIEST_PENDING_UPLOAD: -6,
} as const;

const VERSION_OF_TIMESTAMP: ReadonlyMap<number, number> = new Map([
  [Timestamp.LATEST, 1],
  [Timestamp.EARLIEST, 1],
  [Timestamp.MAX_TIMESTAMP, 7],
  [Timestamp.EARLIEST_LOCAL, 8],
  [Timestamp.LATEST_TIERED, 9],
  [Timestamp.EARLIEST_PENDING_UPLOAD, 11],
]);

const CONSUMER_REPLICA_ID = -1;
const DEBUGGING_REPLICA_ID = -2;

const LEADER_EPOCH_VERSION = 4;
/** From it on clients know OFFSET_NOT_AVAILABLE. */
const OFFSET_NOT_AVAILABLE_VERSION = 5;

type RequestedPartition = ListOffsetsRequest["topics"][number]["partitions"][number];
type PartitionAnswer = NonNullable<
  NonNullable<ListOffsetsResponse["topics"]>[number]["partitions"]
>[number];

interface Found {
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

const NOTHING: Found = { timestamp: -1, offset: -1, leaderEpoch: -1 };

/** Up to where the asker may see records. */
function isolationOf({ replicaId, isolationLevel }: ListOffsetsRequest): Isolation {
  if (replicaId !== CONSUMER_REPLICA_ID) return "logEnd";
  return isolationLevel === 1 ? "committed" : "highWatermark";
}

function find(
  partition: Partition,
  requested: RequestedPartition,
  request: ListOffsetsRequest,
): Found {
  const { timestamp, currentLeaderEpoch } = requested;
  partition.requireServing(currentLeaderEpoch, request.replicaId !== DEBUGGING_REPLICA_ID);
  const isolation = isolationOf(request);
  const { log } = partition;
  const requireSettled = () => {
    const lags = isolation !== "logEnd" && partition.isWatermarkLagging;
    if (lags) throw new KafkaError("OFFSET_NOT_AVAILABLE");
  };
  switch (timestamp) {
    case Timestamp.LATEST:
      requireSettled();
      return {
        timestamp: -1,
        offset: partition.upperOffset(isolation),
        leaderEpoch: partition.leaderEpoch,
      };
    case Timestamp.EARLIEST:
    case Timestamp.EARLIEST_LOCAL: {
      const { earliest } = log.leaderEpochs;
      const known = earliest !== undefined && earliest.startOffset <= log.logStartOffset;
      const leaderEpoch = known ? earliest.epoch : -1;
      return { timestamp: -1, offset: log.logStartOffset, leaderEpoch };
    }
    case Timestamp.LATEST_TIERED:
    case Timestamp.EARLIEST_PENDING_UPLOAD:
      return NOTHING; // Nothing is tiered.
  }
  const found = timestamp === Timestamp.MAX_TIMESTAMP
    ? log.findMaxTimestamp()
    : log.findByTimestamp(timestamp);
  if (found !== null && found.offset < partition.upperOffset(isolation)) return found;
  requireSettled();
  return NOTHING;
}

function failed(partitionIndex: number, errorCode: number): PartitionAnswer {
  return { partitionIndex, errorCode, timestamp: -1, offset: -1 };
}

function answer(
  topic: string,
  requested: RequestedPartition,
  request: ListOffsetsRequest,
  { services, version }: RequestContext,
): PartitionAnswer {
  const { partitionIndex, timestamp } = requested;
  const since = VERSION_OF_TIMESTAMP.get(timestamp) ?? Infinity;
  if (timestamp < 0 && version < since) {
    return failed(partitionIndex, ErrorCode.UNSUPPORTED_VERSION);
  }
  try {
    const found = find(services.replicas.require(topic, partitionIndex), requested, request);
    const { offset, leaderEpoch } = found;
    const told = { partitionIndex, timestamp: found.timestamp, offset };
    return version >= LEADER_EPOCH_VERSION ? { ...told, leaderEpoch } : told;
  } catch (error) {
    if (!(error instanceof KafkaError)) {
      services.logger.error("offset cannot be found", { topic, error: String(error) });
    }
    const tooNew = version < OFFSET_NOT_AVAILABLE_VERSION &&
      codeOf(error) === ErrorCode.OFFSET_NOT_AVAILABLE;
    return failed(partitionIndex, tooNew ? ErrorCode.LEADER_NOT_AVAILABLE : codeOf(error));
  }
}

/** Partitions that a request names more than once; each gets an error, and only one. */
function duplicatesOf({ topics }: ListOffsetsRequest): Set<string> {
  const seen = new Set<string>();
  const duplicates = new Set<string>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex } of partitions) {
      const key = `${name}/${partitionIndex}`;
      if (seen.has(key)) duplicates.add(key);
      seen.add(key);
    }
  }
  return duplicates;
}

export const listOffsets = apiHandler({
  api: ListOffsets,
  handle(request, context) {
    const { isolationLevel, topics: wanted } = request;
    if (wanted.length > 0 && isolationLevel !== 0 && isolationLevel !== 1) {
      throw new KafkaError("UNKNOWN_SERVER_ERROR", "Unknown isolation level");
    }
    const duplicates = duplicatesOf(request);
    const answered = new Set<string>();
    const topics = new Map<string, PartitionAnswer[]>();
    for (const { name, partitions } of wanted) {
      for (const requested of partitions) {
        const { partitionIndex } = requested;
        const key = `${name}/${partitionIndex}`;
        if (answered.has(key)) continue;
        answered.add(key);
        const told = duplicates.has(key)
          ? failed(partitionIndex, ErrorCode.INVALID_REQUEST)
          : answer(name, requested, request, context);
        const known = topics.get(name);
        if (known !== undefined) known.push(told);
        else topics.set(name, [told]);
      }
    }
    return { topics: Array.from(topics, ([name, partitions]) => ({ name, partitions })) };
  },
  failed({ code }, request) {
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => failed(partitionIndex, code)),
    }));
    return { topics };
  },
});
