/**
 * Walking the batches of a segment: by their headers only, or whole.
 */
import {
  BATCH_HEADER_BYTES,
  BatchView,
  CorruptBatchError,
  LOG_OVERHEAD_BYTES,
} from "../protocol/records/batch.ts";
import { readRecords } from "../protocol/records/read.ts";
import type { Segment } from "./segment.ts";

/** Where a batch stands in its segment. */
export interface BatchPosition {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly position: number;
  readonly size: number;
}

/** Bytes of whole batches one after the other: a segment, or a file. */
export interface BatchBytes {
  readonly size: number;
  /** Reads into `target` from `position` on; fewer bytes than it takes only at the end. */
  readInto(target: Uint8Array, position: number): number;
}

/** How much is read at once where only headers are wanted, in bytes. */
const HEADER_SCAN_BYTES = 8 * 1024;

/** How much is read at once where whole batches are wanted; a larger batch is read in one piece. */
const WHOLE_SCAN_BYTES = 1024 * 1024;

const headerScratch = new Uint8Array(HEADER_SCAN_BYTES);

/**
 * The first batch, from `position` on, whose last offset is at or after `offset`; null at the end.
 * Reads headers only; a batch that is not whole ends the walk. Throws `CorruptBatchError` for a
 * length that no batch has: what follows it cannot be found.
 */
export function findBatch(
  segment: Segment,
  offset: number,
  position: number,
): BatchPosition | null {
  let at = position;
  while (at + BATCH_HEADER_BYTES <= segment.size) {
    const bytes = segment.view(at, HEADER_SCAN_BYTES, headerScratch);
    if (bytes.length < BATCH_HEADER_BYTES) return null;
    const batch = new BatchView(bytes);
    let inBlock = 0;
    while (inBlock + BATCH_HEADER_BYTES <= bytes.length) {
      batch.moveTo(inBlock);
      const { size } = batch;
      if (size < BATCH_HEADER_BYTES) {
        throw new CorruptBatchError(`There is no batch at ${at + inBlock} of ${segment.logPath}`);
      }
      if (at + inBlock + size > segment.size) return null;
      const { lastOffset } = batch;
      if (lastOffset >= offset) {
        return { baseOffset: batch.baseOffset, lastOffset, position: at + inBlock, size };
      }
      inBlock += size;
    }
    at += inBlock;
  }
  return null;
}

/** The batch that holds `offset`, or the first one after it; null where the segment has neither. */
export function translateOffset(segment: Segment, offset: number): BatchPosition | null {
  return findBatch(segment, offset, segment.offsetIndex.lookup(offset).position);
}

/** The offset after the last batch of the segment; its base offset where it is empty. */
export function readNextOffset(segment: Segment): number {
  const { offset, position } = segment.offsetIndex.lookup(segment.offsetIndex.lastOffset);
  let next = position === 0 ? segment.baseOffset : offset;
  let at = position;
  for (;;) {
    const batch = findBatch(segment, -Infinity, at);
    if (batch === null) return next;
    next = batch.lastOffset + 1;
    at = batch.position + batch.size;
  }
}

/**
 * Walks whole batches from `position` on. The views are valid until the next step.
 * Ends before a batch that is not whole; throws `CorruptBatchError` for a header that no batch has.
 */
export function* scanBatches(
  segment: BatchBytes,
  position: number,
  bytesAtOnce = WHOLE_SCAN_BYTES,
): Generator<{ batch: BatchView; position: number }> {
  let scratch: Uint8Array = new Uint8Array(Math.min(bytesAtOnce, segment.size - position));
  let at = position;
  while (at < segment.size) {
    const bytes = scratch.subarray(0, segment.readInto(scratch, at));
    const batch = new BatchView(bytes);
    let inBlock = 0;
    for (;;) {
      batch.moveTo(inBlock);
      const size = batch.wholeSize();
      if (size < 0) break;
      yield { batch, position: at + inBlock };
      inBlock += size;
    }
    at += inBlock;
    if (inBlock > 0) continue;
    if (bytes.length < LOG_OVERHEAD_BYTES) return;
    const needed = batch.moveTo(0).size;
    // Where all of it was asked for, the file is shorter than it is said to be.
    if (needed <= scratch.length || at + needed > segment.size) return;
    scratch = new Uint8Array(needed);
  }
}

/** A record found by its time. */
export interface TimestampedOffset {
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

/**
 * The first record at or after `timestamp`, with an offset at or after `startOffset`.
 * Throws `CorruptBatchError` where a batch on the way is damaged.
 */
export function findByTimestamp(
  segment: Segment,
  timestamp: number,
  startOffset: number,
): TimestampedOffset | null {
  const indexed = segment.timeIndex.lookup(timestamp);
  const from = segment.offsetIndex.lookup(Math.max(indexed.offset, startOffset)).position;
  for (const { batch } of scanBatches(segment, from)) {
    if (batch.maxTimestamp < timestamp) continue;
    for (const record of readRecords(batch)) {
      if (record.timestamp >= timestamp && record.offset >= startOffset) {
        return {
          timestamp: record.timestamp,
          offset: record.offset,
          leaderEpoch: batch.leaderEpoch,
        };
      }
    }
  }
  return null;
}

/** The first record that carries the segment's largest timestamp. */
export function findMaxTimestamp(segment: Segment): TimestampedOffset | null {
  const { timestamp, offset } = segment.maxTimestampSoFar;
  const from = segment.offsetIndex.lookup(offset).position;
  for (const { batch } of scanBatches(segment, from)) {
    if (batch.maxTimestamp !== timestamp) continue;
    const record = readRecords(batch).find((found) => found.timestamp === timestamp);
    if (record !== undefined) {
      return { timestamp, offset: record.offset, leaderEpoch: batch.leaderEpoch };
    }
  }
  return null;
}
