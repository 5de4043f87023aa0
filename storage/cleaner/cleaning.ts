/**
 * What the event loop hands to whoever compacts a log, and what comes back: plain values, which go
 * from one thread to another.
 */
import type { CompressionLevels } from "../../protocol/records/compression/compression.ts";
import type { LastRecord } from "./batch_filter.ts";
import type { CleanerSettings } from "./cleaner_settings.ts";

/** A segment of the log that is not written any more. */
export interface SourceSegment {
  readonly baseOffset: number;
  /** The size of its log file, in bytes. */
  readonly size: number;
}

/** One log to be compacted, and how. */
export interface CleaningJob {
  /** The partition's folder. */
  readonly directory: string;
  /** All segments before `firstUncleanableOffset`, ascending. */
  readonly segments: readonly SourceSegment[];
  /** Segments from there on: the indexes of aborted transactions of theirs are read as well. */
  readonly laterBaseOffsets: readonly number[];
  readonly logStartOffset: number;
  /** Everything before it is compacted already. */
  readonly firstDirtyOffset: number;
  readonly firstUncleanableOffset: number;
  readonly producers: readonly LastRecord[];
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
  readonly segmentBytes: number;
  readonly segmentIndexBytes: number;
  readonly indexIntervalBytes: number;
  readonly compressionLevels: CompressionLevels;
  readonly settings: CleanerSettings;
}

/** What became of a log that was compacted. */
export interface CleaningResult {
  /** Everything before it is compacted now. */
  readonly endOffset: number;
  readonly bytesMapped: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly recordsRead: number;
  readonly recordsWritten: number;
  /** Records without a key, which were dropped. */
  readonly recordsWithoutKey: number;
  /** The share of the map that was filled, from 0 to 1. */
  readonly mapUtilization: number;
  readonly elapsedMs: number;
}

/** Cleaning ended early because it was asked to. */
export class CleaningAbortedError extends Error {
  override name = "CleaningAbortedError";
}

/** Cleaning failed: on the disk where there is a code (`ENOSPC`), else on what the log holds. */
export class CleaningFailedError extends Error {
  override name = "CleaningFailedError";
  constructor(message: string, readonly code: string) {
    super(message);
  }
}

/** A cleaning that is under way. */
export interface Cleaning {
  /** Rejects with `CleaningAbortedError` or `CleaningFailedError`. */
  readonly done: Promise<CleaningResult>;
  /** Asks it to end soon; what it wrote and nobody has taken over is removed. */
  abort(): void;
}

/** Does the reading, mapping and writing, one log at a time. */
export interface CleaningRunner {
  /**
   * Begins to compact a log. `onCleaned` is told, in order, the base offsets of segments whose
   * replacement is written: the `.cleaned` files that have the first one's.
   */
  run(job: CleaningJob, onCleaned: (replaced: readonly number[]) => void): Cleaning;
  /** Gives up threads and memory; nothing may be under way. */
  close(): void;
}
