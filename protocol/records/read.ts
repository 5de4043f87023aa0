/**
 * Reading whole batches into records: for the metadata log, tools and clients. The broker's hot
 * path uses `BatchView` and `RecordCursor` instead.
 */
import { BatchView } from "./batch.ts";
import { type CompressionId, decompress } from "./compression/compression.ts";
import { RecordCursor } from "./record_cursor.ts";

/** Decompressing one batch to more than this is refused, in bytes. */
export const MAX_DECOMPRESSED_BATCH_BYTES = 256 * 1024 * 1024;

/** One record, its key, value and headers as views into the batch or its decompressed form. */
export interface Record {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [key: Uint8Array, value: Uint8Array | null])[];
}

/**
 * The records of one batch, decompressed where needed.
 * Throws `DecompressError` or `InvalidRecordError` for damage.
 */
export function readRecords(
  batch: BatchView,
  bytesMax = MAX_DECOMPRESSED_BATCH_BYTES,
): Record[] {
  const stored = batch.bytes.subarray(batch.recordsStart, batch.end);
  const data = decompress(batch.compression as CompressionId, stored, bytesMax);
  return recordsOf(batch, data);
}

/** The records of a batch whose records part is already decompressed. */
export function recordsOf(batch: BatchView, data: Uint8Array): Record[] {
  const cursor = new RecordCursor().reset(data, 0, data.length, batch.recordCount);
  const { baseOffset, baseTimestamp, isLogAppendTime, maxTimestamp } = batch;
  const records: Record[] = [];
  while (cursor.next()) {
    records.push({
      offset: baseOffset + cursor.offsetDelta,
      timestamp: isLogAppendTime ? maxTimestamp : baseTimestamp + cursor.timestampDelta,
      key: cursor.key,
      value: cursor.value,
      headers: cursor.headers(),
    });
  }
  return records;
}

/** The batches in `bytes`, one view each; an incomplete one at the end is left out. */
export function* batchesOf(bytes: Uint8Array): Generator<BatchView> {
  for (let at = 0; at < bytes.length;) {
    const batch = new BatchView(bytes, at);
    const size = batch.wholeSize();
    if (size < 0) return;
    yield batch;
    at += size;
  }
}
