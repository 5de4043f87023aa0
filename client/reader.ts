/** Reading the records of a partition, from an offset on. */
import { Fetch } from "../protocol/messages/01_fetch.ts";
import { ListOffsets } from "../protocol/messages/02_list_offsets.ts";
import {
  type CompressionId,
  decompressAsync,
} from "../protocol/records/compression/compression.ts";
import {
  batchesOf,
  MAX_DECOMPRESSED_BATCH_BYTES,
  type Record,
  recordsOf,
} from "../protocol/records/read.ts";
import { ErrorCode, errorName } from "../protocol/errors.ts";
import { type ClusterClient, requireNoError } from "./cluster.ts";

const CONSUMER_REPLICA_ID = -1;
/** Timestamps that stand for the ends of a partition. */
export const LATEST = -1;
export const EARLIEST = -2;

const FETCH_BYTES_MAX = 8 * 1024 * 1024;
const FETCH_WAIT_MS = 500;

/** Where reading begins: at an offset, at a time in milliseconds since 1970, or at an end. */
export type StartPosition =
  | "beginning"
  | "end"
  | { readonly offset: number }
  | { readonly timestamp: number };

/**
 * The offset that a position stands for. A negative offset counts back from the end, to the
 * beginning at most.
 */
export async function resolvePosition(
  cluster: ClusterClient,
  topic: string,
  partition: number,
  position: StartPosition,
): Promise<number> {
  const beginning = () => listOffset(cluster, topic, partition, EARLIEST);
  if (position === "beginning") return await beginning();
  const end = await listOffset(cluster, topic, partition, LATEST);
  if (position === "end") return end;
  if ("timestamp" in position) {
    const found = await listOffset(cluster, topic, partition, position.timestamp);
    return found < 0 ? end : found;
  }
  if (position.offset >= 0) return position.offset;
  return Math.max(await beginning(), end + position.offset);
}

/** The offset for a timestamp, or -1 where no record is as late (`ListOffsets`). */
export async function listOffset(
  cluster: ClusterClient,
  topic: string,
  partition: number,
  timestamp: number,
): Promise<number> {
  return (await listOffsets(cluster, topic, [partition], timestamp)).get(partition)!;
}

/** As `listOffset`, for several partitions of a topic: one request for each of their leaders. */
export function listOffsets(
  cluster: ClusterClient,
  topic: string,
  partitions: readonly number[],
  timestamp: number,
): Promise<Map<number, number>> {
  return cluster.retrying(async () => {
    const leaders = await cluster.leaders(topic, partitions);
    const answers = await Promise.all(
      [...leaders.values()].map((led) =>
        cluster.askLeader(topic, led[0], ListOffsets, {
          replicaId: CONSUMER_REPLICA_ID,
          topics: [{
            name: topic,
            partitions: led.map((partitionIndex) => ({ partitionIndex, timestamp })),
          }],
        })
      ),
    );
    const results = answers.flatMap(({ topics }) => topics[0].partitions);
    return new Map(results.map(({ partitionIndex, errorCode, offset }) => {
      requireNoError(errorCode);
      return [partitionIndex, offset];
    }));
  });
}

/** Where partitions of a topic end; without those that do not exist or have no leader. */
export async function endOffsets(
  cluster: ClusterClient,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, number>> {
  const [{ errorCode, partitions: known }] = (await cluster.metadata([topic])).topics;
  if (errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return new Map();
  requireNoError(errorCode, `topic ${topic}: ${errorName(errorCode)}`);
  const led = known.filter(({ leaderId }) => leaderId >= 0).map((p) => p.partitionIndex);
  const asked = partitions.filter((partition) => led.includes(partition));
  return asked.length === 0 ? new Map() : await listOffsets(cluster, topic, asked, LATEST);
}

export interface FetchedRecords {
  readonly records: Record[];
  readonly nextOffset: number;
  /** Up to where there is something to read. */
  readonly highWatermark: number;
}

/** Reads what comes next in a partition; nothing where nothing comes within half a second. */
export async function fetchRecords(
  cluster: ClusterClient,
  topic: string,
  partition: number,
  offset: number,
): Promise<FetchedRecords> {
  const fetched = await fetchPartitions(cluster, topic, new Map([[partition, offset]]));
  return fetched.get(partition)!;
}

/**
 * Reads what comes next in partitions, each from its offset on. As soon as something comes in one
 * of them, those with the same leader are answered; the others after half a second at most.
 */
export function fetchPartitions(
  cluster: ClusterClient,
  topic: string,
  offsets: ReadonlyMap<number, number>,
): Promise<Map<number, FetchedRecords>> {
  return cluster.retrying(async () => {
    const leaders = await cluster.leaders(topic, [...offsets.keys()]);
    const fetched = await Promise.all(
      [...leaders.values()].map((partitions) =>
        fetchFromLeader(cluster, topic, partitions, offsets)
      ),
    );
    return new Map(fetched.flat());
  });
}

async function fetchFromLeader(
  cluster: ClusterClient,
  topic: string,
  partitions: readonly number[],
  offsets: ReadonlyMap<number, number>,
): Promise<[partition: number, FetchedRecords][]> {
  const { topicId } = await cluster.topic(topic);
  const answer = await cluster.askLeader(topic, partitions[0], Fetch, {
    maxWaitMs: FETCH_WAIT_MS,
    minBytes: 1,
    maxBytes: FETCH_BYTES_MAX,
    topics: [{
      topic,
      topicId,
      partitions: partitions.map((partition) => ({
        partition,
        fetchOffset: offsets.get(partition)!,
        partitionMaxBytes: FETCH_BYTES_MAX,
      })),
    }],
  });
  requireNoError(answer.errorCode);
  const fetched: [number, FetchedRecords][] = [];
  for (const result of answer.responses.flatMap(({ partitions }) => partitions)) {
    const { partitionIndex: partition, errorCode, highWatermark, records } = result;
    const offset = offsets.get(partition)!;
    requireNoError(
      errorCode,
      errorCode === ErrorCode.OFFSET_OUT_OF_RANGE
        ? `offset ${offset} is not in partition ${partition} of ${topic}`
        : null,
    );
    const decoded = await decodeRecords(records ?? new Uint8Array(0), offset);
    fetched.push([partition, { ...decoded, highWatermark }]);
  }
  return fetched;
}

async function decodeRecords(bytes: Uint8Array, offset: number) {
  const records: Record[] = [];
  let nextOffset = offset;
  for (const batch of batchesOf(bytes)) {
    nextOffset = Math.max(nextOffset, batch.nextOffset);
    if (batch.isControl) continue;
    const stored = batch.bytes.subarray(batch.recordsStart, batch.end);
    const compression = batch.compression as CompressionId;
    const data = await decompressAsync(compression, stored, MAX_DECOMPRESSED_BATCH_BYTES);
    for (const record of recordsOf(batch, data)) {
      if (record.offset >= offset) records.push(record);
    }
  }
  return { records, nextOffset };
}
