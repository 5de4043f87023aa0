/** Records in a form in which tests compare them: what whoever reads a partition can see. */
import type { ClusterClient } from "../../client/cluster.ts";
import { fetchRecords } from "../../client/reader.ts";
import { assertEquals } from "../../lib/assert.ts";
import type { Record } from "../../protocol/records/read.ts";

/** A record with bytes as base64. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

const decoder = new TextDecoder();

const base64 = (bytes: Uint8Array | null) => bytes === null ? null : bytes.toBase64();

/** The comparable form of a record. */
export function readRecord(partition: number, record: Record): ReadRecord {
  return {
    partition,
    offset: record.offset,
    timestamp: record.timestamp,
    key: base64(record.key),
    value: base64(record.value),
    headers: record.headers.map(([name, value]) => [decoder.decode(name), base64(value)]),
  };
}

/** Everything that a partition holds from an offset up to its present end. */
export async function readPartition(
  client: ClusterClient,
  topic: string,
  partition: number,
  fromOffset: number,
): Promise<ReadRecord[]> {
  const all: ReadRecord[] = [];
  for (let offset = fromOffset;;) {
    const { records, nextOffset, highWatermark } = await fetchRecords(
      client,
      topic,
      partition,
      offset,
    );
    all.push(...records.map((record) => readRecord(partition, record)));
    offset = nextOffset;
    if (offset >= highWatermark) return all;
  }
}

/** Compares two runs of records; tells of the first that differs. */
export function assertSameRecords(
  actual: readonly ReadRecord[],
  expected: readonly ReadRecord[],
  what: string,
): void {
  const count = Math.max(actual.length, expected.length);
  for (let i = 0; i < count; i++) {
    if (JSON.stringify(actual[i]) === JSON.stringify(expected[i])) continue;
    assertEquals(actual[i], expected[i], `${what}: record ${i} of ${expected.length} differs`);
  }
}
