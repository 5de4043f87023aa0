/** Writing and reading records over the wire, for tests. */
import { Fetch } from "../../protocol/messages/01_fetch.ts";
import { Produce } from "../../protocol/messages/00_produce.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { type BatchOptions, buildBatch } from "../../protocol/records/builder.ts";
import { batchesOf, readRecords } from "../../protocol/records/read.ts";
import type { WireClient } from "./wire_client.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** When the records of tests were made, in milliseconds since 1970. */
export const RECORD_TIME_MS = 1_700_000_000_000;

/** A batch of records without keys. */
export function batchOf(values: readonly string[], options: BatchOptions = {}): Uint8Array {
  return buildBatch(
    values.map((value) => ({ timestamp: RECORD_TIME_MS, value: encoder.encode(value) })),
    options,
  );
}

/** A batch of one record, of exactly so many bytes. */
export function batchOfSize(bytes: number): Uint8Array {
  for (let length = bytes; length > 0; length--) {
    const batch = batchOf(["x".repeat(length)]);
    if (batch.length === bytes) return batch;
  }
  throw new RangeError(`no batch has ${bytes} bytes`);
}

/** The last version that names topics instead of giving their ids. */
export const NAMED_VERSION = 12;

interface ProduceOptions {
  readonly partition?: number;
  readonly acks?: number;
  readonly version?: number;
  readonly timeoutMs?: number;
}

/** Writes a batch. Returns the partition's answer. */
export async function produceBatch(
  client: WireClient,
  topic: string,
  records: Uint8Array,
  { partition = 0, acks = -1, version = NAMED_VERSION, timeoutMs = 10_000 }: ProduceOptions = {},
) {
  const { responses } = await client.request(Produce, version, {
    acks,
    timeoutMs,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  });
  return responses[0].partitionResponses[0];
}

export interface Wanted {
  readonly topic: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly bytesMax?: number;
}

export interface FetchLimits {
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
}

const BYTES_MAX = 50 * 1024 * 1024;

/** Reads partitions by name. Returns the answers of the partitions, in order. */
export async function fetchPartitions(
  client: WireClient,
  wanted: readonly Wanted[],
  { maxWaitMs = 0, minBytes = 1, maxBytes = BYTES_MAX }: FetchLimits = {},
) {
  const { responses } = await client.request(Fetch, NAMED_VERSION, {
    maxWaitMs,
    minBytes,
    maxBytes,
    sessionEpoch: -1,
    topics: wanted.map(({ topic, partition = 0, offset = 0, bytesMax = BYTES_MAX }) => ({
      topic,
      partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: bytesMax }],
    })),
  });
  return responses.flatMap(({ partitions }) => partitions);
}

/** The values in batches, the last of which may be cut off. */
export function valuesIn(bytes: Uint8Array | null): string[] {
  return [...batchesOf(bytes ?? new Uint8Array(0))].flatMap((batch) =>
    readRecords(new BatchView(batch.bytes, batch.at)).map(({ value }) => decoder.decode(value!))
  );
}

/** All values of a partition. */
export async function readValues(client: WireClient, topic: string, partition = 0) {
  const [{ records }] = await fetchPartitions(client, [{ topic, partition }]);
  return valuesIn(records);
}
