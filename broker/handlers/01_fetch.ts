/** API 1, Fetch: reads records for consumers and followers (KIP-74, KIP-227, KIP-320, KIP-951). */
import type { Isolation } from "../../cluster/partition.ts";
import { partitionOf, topicNameOf } from "../../cluster/image/metadata_image.ts";
import { ErrorCode, KafkaError } from "../../protocol/errors.ts";
import { Fetch, type FetchRequest } from "../../protocol/messages/01_fetch.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import type { FetchPartition, PartitionData } from "../fetch/fetch_partition.ts";
import type { FetchResult } from "../fetch/fetch_sessions.ts";
import {
  type FetchParams,
  type FetchReads,
  type PartitionRead,
  readPartitions,
} from "../fetch/read_partitions.ts";
import { LeaderHints } from "../leader_hints.ts";

/** Before it, clients do not know KAFKA_STORAGE_ERROR. */
const STORAGE_ERROR_VERSION = 6;
/** From it on, a top-level error says it all. */
const TOP_LEVEL_ERROR_VERSION = 13;
/** From it on, consumers may read from followers (KIP-392). */
const FOLLOWER_FETCH_VERSION = 11;
const REPLICA_STATE_VERSION = 15;
const LEADER_HINTS_VERSION = 16;

/** The replica id of a log that moves between directories of one node. */
const FUTURE_LOCAL_REPLICA_ID = -3;

const NO_RECORDS = new Uint8Array(0);

function replicaIdOf(request: FetchRequest, version: number): number {
  return version < REPLICA_STATE_VERSION ? request.replicaId : request.replicaState.replicaId;
}

function isolationOf(request: FetchRequest, replicaId: number): Isolation {
  const { isolationLevel } = request;
  if (isolationLevel !== 0 && isolationLevel !== 1) {
    throw new KafkaError("UNKNOWN_SERVER_ERROR", `Unknown isolation level ${isolationLevel}`);
  }
  if (replicaId >= 0 || replicaId === FUTURE_LOCAL_REPLICA_ID) return "logEnd";
  return isolationLevel === 1 ? "committed" : "highWatermark";
}

function paramsOf(request: FetchRequest, { version, services }: RequestContext): FetchParams {
  const replicaId = replicaIdOf(request, version);
  const maxBytes = Math.min(request.maxBytes, services.config.number("fetch.max.bytes"));
  const isConsumer = replicaId < 0 && replicaId !== FUTURE_LOCAL_REPLICA_ID;
  return {
    replicaId,
    maxWaitMs: request.maxWaitMs,
    minBytes: Math.min(request.minBytes, maxBytes),
    maxBytes,
    isolation: isolationOf(request, replicaId),
    leaderOnly: replicaId >= 0 || (isConsumer && version < FOLLOWER_FETCH_VERSION),
  };
}

function failedPartition(index: number, errorCode: number): PartitionData {
  return { partitionIndex: index, errorCode, highWatermark: -1, records: NO_RECORDS };
}

/** Partitions that can be read, and answers for the others. */
function sort(partitions: Iterable<FetchPartition>, { services }: RequestContext) {
  const readable: FetchPartition[] = [];
  const failed: FetchResult[] = [];
  for (const partition of partitions) {
    const { topic, index } = partition;
    if (topic === null) {
      failed.push({ partition, data: failedPartition(index, ErrorCode.UNKNOWN_TOPIC_ID) });
    } else if (partitionOf(services.image, topic, index) === undefined) {
      const data = failedPartition(index, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      failed.push({ partition, data });
    } else readable.push(partition);
  }
  return { readable, failed };
}

async function read(
  partitions: readonly FetchPartition[],
  params: FetchParams,
  { services, client }: RequestContext,
): Promise<FetchReads> {
  const { replicas, waitingFetches, logger } = services;
  const readAll = () =>
    readPartitions(replicas, partitions, params, (error) => {
      logger.error("fetch failed", { error: String(error) });
    });
  const first = readAll();
  const atOnce = params.maxWaitMs <= 0 || first.urgent || first.bytes >= params.minBytes;
  if (atOnce) return first;
  const there = first.reads.map(({ info }) => info?.slice?.byteLength ?? 0);
  await waitingFetches.wait(partitions, params, there, client);
  return readAll();
}

function partitionData(
  { partition, errorCode, info }: PartitionRead,
  params: FetchParams,
  hints: LeaderHints,
  version: number,
): PartitionData {
  const { index } = partition;
  if (info !== null) {
    const withAborted = params.isolation === "committed" && !info.tooLarge &&
      info.divergingEpoch === null;
    return {
      partitionIndex: index,
      highWatermark: info.highWatermark,
      lastStableOffset: info.lastStableOffset,
      logStartOffset: info.logStartOffset,
      divergingEpoch: info.divergingEpoch ?? undefined,
      abortedTransactions: withAborted ? [] : null,
      records: info.slice ?? NO_RECORDS,
    };
  }
  const told = errorCode === ErrorCode.KAFKA_STORAGE_ERROR && version < STORAGE_ERROR_VERSION
    ? ErrorCode.NOT_LEADER_OR_FOLLOWER
    : errorCode;
  const moved = errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER ||
    errorCode === ErrorCode.FENCED_LEADER_EPOCH;
  const currentLeader = moved && version >= LEADER_HINTS_VERSION
    ? hints.leaderOf(partition.topic!, index)
    : undefined;
  return { ...failedPartition(index, told), abortedTransactions: null, currentLeader };
}

export const fetch = apiHandler({
  api: Fetch,
  async handle(request, context) {
    const { services, version, client } = context;
    const isReplica = replicaIdOf(request, version) >= 0;
    const session = services.fetchSessions.begin(
      request,
      version,
      isReplica,
      (topicId) => topicNameOf(services.image, topicId),
    );
    const { readable, failed } = sort(session.partitions, context);
    const hints = new LeaderHints(services, client.listener);
    const results: FetchResult[] = [];
    if (readable.length > 0) {
      const params = paramsOf(request, context);
      const { reads } = await read(readable, params, context);
      for (const each of reads) {
        const data = partitionData(each, params, hints, version);
        results.push({ partition: each.partition, data });
      }
    }
    const response = session.answer([...results, ...failed]);
    // Replicas know the other brokers from the metadata log.
    return isReplica ? response : { ...response, nodeEndpoints: hints.nodeEndpoints };
  },
  failed({ code: errorCode }, request, { version }) {
    const responses = version >= TOP_LEVEL_ERROR_VERSION ? [] : request.topics.map((topic) => ({
      topic: topic.topic,
      topicId: topic.topicId,
      partitions: topic.partitions.map(({ partition }) => failedPartition(partition, errorCode)),
    }));
    return { errorCode, sessionId: request.sessionId, responses };
  },
});
