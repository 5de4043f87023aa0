/** Batches as clients send them, for tests. */
import { BatchView } from "../../protocol/records/batch.ts";
import { type BatchOptions, buildBatch, type RecordInput } from "../../protocol/records/builder.ts";

/** When records of tests are from, unless they say otherwise: milliseconds since 1970. */
export const TEST_TIME_MS = 1_700_000_000_000;

const encoder = new TextEncoder();

/** A record with a text as its value, and as its key where there is one. */
export function textRecord(
  value: string,
  timestamp: number = TEST_TIME_MS,
  key: string | null = null,
): RecordInput {
  return {
    timestamp,
    key: key === null ? null : encoder.encode(key),
    value: encoder.encode(value),
  };
}

/** One batch of records with these texts as values, all of the same time. */
export function textBatch(
  values: readonly string[],
  options: BatchOptions & { readonly timestamp?: number } = {},
): Uint8Array {
  return buildBatch(values.map((value) => textRecord(value, options.timestamp)), options);
}

/** One batch of one record, `size` bytes long altogether (68 at least). */
export function batchOfSize(size: number, timestamp: number = TEST_TIME_MS): Uint8Array {
  for (let length = size - 67; length >= 0; length--) {
    const bytes = buildBatch([{ timestamp, value: new Uint8Array(length).fill(97) }]);
    if (bytes.length === size) return bytes;
  }
  throw new RangeError(`There is no batch of ${size} bytes`);
}

/** A batch of an idempotent producer, its sequence numbers beginning at `sequence`. */
export function producerBatch(
  producerId: number,
  producerEpoch: number,
  baseSequence: number,
  { count = 1, ...options }: BatchOptions & { readonly count?: number } = {},
): BatchView {
  const values = Array.from({ length: count }, (_, i) => `${producerId}:${baseSequence + i}`);
  return new BatchView(
    textBatch(values, { producerId, producerEpoch, baseSequence, ...options }),
  );
}
