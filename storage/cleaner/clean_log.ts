/**
 * Compacting one log (`Cleaner` in Kafka): the last offset of each key in its dirty part goes into a
 * map, then all segments up to the end of what the map knows are written anew, without the records
 * that a later one has taken the place of. Where the map is full before the dirty part ends, the rest
 * is for the next time.
 *
 * It blocks, reads and writes: it belongs into a thread of its own. Memory is bounded by the settings.
 */
import type { Clock } from "../../lib/clock.ts";
import type { FileSystem } from "../../lib/files.ts";
import type { Random } from "../../lib/random.ts";
import { BATCH_HEADER_BYTES, type BatchView } from "../../protocol/records/batch.ts";
import { type CompressionId, decompress } from "../../protocol/records/compression/compression.ts";
import { MAX_DECOMPRESSED_BATCH_BYTES } from "../../protocol/records/read.ts";
import { RecordCursor } from "../../protocol/records/record_cursor.ts";
import { OffsetIndex } from "../offset_index.ts";
import { segmentPaths } from "../segment.ts";
import { type AbortedTransaction, readTransactionIndex } from "../transaction_index.ts";
import { BatchFilter } from "./batch_filter.ts";
import { CleanedSegment } from "./cleaned_segment.ts";
import { CleanedTransactions } from "./cleaned_transactions.ts";
import type { CleaningJob, CleaningResult, SourceSegment } from "./cleaning.ts";
import { KeyHash } from "./key_hash.ts";
import { OffsetMap } from "./offset_map.ts";
import { type GroupedSegment, groupSegments } from "./segment_groups.ts";
import { SourceReader } from "./source_reader.ts";
import { Throttle } from "./throttle.ts";

/** What cleaning needs of the world. */
export interface CleaningWorld {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  /** Waits for so many milliseconds, or until cleaning is aborted. */
  readonly pause: (ms: number) => void;
  readonly isAborted: () => boolean;
}

/**
 * Compacts a log. `onCleaned` gets the base offsets of segments whose replacement is on the device.
 * Throws `CleaningAbortedError`, what the disk says, or `CorruptBatchError`, `DecompressError`,
 * `InvalidRecordError` and `MalformedFileError` for damage; what is written and not handed over is
 * removed then.
 */
export function cleanLog(
  world: CleaningWorld,
  job: CleaningJob,
  onCleaned: (replaced: readonly number[]) => void,
): CleaningResult {
  const { dedupeBufferSize, ioBufferLoadFactor } = job.settings;
  const keyHash = KeyHash.withRandomSecret(world.random);
  const map = new OffsetMap(dedupeBufferSize, ioBufferLoadFactor, keyHash);
  try {
    return new LogCleaning(world, job, map).run(onCleaned);
  } finally {
    map.release();
  }
}

class LogCleaning {
  private readonly reader: SourceReader;
  private readonly throttle: Throttle;
  /** Half of the buffer is for reading, half for writing. */
  private readonly bufferBytes: number;
  private readonly abortedTransactions: readonly AbortedTransaction[];
  private bytesWritten = 0;

  constructor(
    private readonly world: CleaningWorld,
    private readonly job: CleaningJob,
    private readonly map: OffsetMap,
  ) {
    const { files, clock, pause, isAborted } = world;
    const { directory, settings } = job;
    this.bufferBytes = Math.max(BATCH_HEADER_BYTES, Math.floor(settings.ioBufferSize / 2));
    this.throttle = new Throttle(clock, pause, settings.ioMaxBytesPerSecond);
    this.reader = new SourceReader(files, directory, this.bufferBytes, this.throttle, isAborted);
    this.abortedTransactions = this.readAbortedTransactions();
  }

  private readAbortedTransactions(): AbortedTransaction[] {
    const { directory, segments, laterBaseOffsets, logStartOffset } = this.job;
    const baseOffsets = [...segments.map(({ baseOffset }) => baseOffset), ...laterBaseOffsets];
    return baseOffsets.flatMap((baseOffset) => {
      const [, , , path] = segmentPaths(directory, baseOffset);
      return readTransactionIndex(this.world.files, path);
    }).filter(({ lastOffset }) => lastOffset >= logStartOffset);
  }

  run(onCleaned: (replaced: readonly number[]) => void): CleaningResult {
    const { clock } = this.world;
    const { job, map, reader } = this;
    const startMs = clock.monotonic();
    this.buildMap();
    const bytesMapped = reader.bytesRead;
    const mapUtilization = map.utilization;
    const endOffset = map.latestOffset + 1;
    const filter = new BatchFilter({
      map,
      transactions: new CleanedTransactions(this.abortedTransactions),
      producers: new Map(job.producers.map((last) => [last.producerId, last])),
      endOffset: job.firstUncleanableOffset,
      nowMs: job.nowMs,
      deleteRetentionMs: job.deleteRetentionMs,
      compressionLevels: job.compressionLevels,
    });
    for (const group of this.groups(endOffset)) {
      this.cleanGroup(group, filter);
      onCleaned(group.map(({ baseOffset }) => baseOffset));
    }
    return {
      endOffset,
      bytesMapped,
      bytesRead: reader.bytesRead - bytesMapped,
      bytesWritten: this.bytesWritten,
      recordsRead: filter.recordsRead,
      recordsWritten: filter.recordsKept,
      recordsWithoutKey: filter.recordsWithoutKey,
      mapUtilization,
      elapsedMs: clock.monotonic() - startMs,
    };
  }

  /** Maps the keys of the dirty part, as far as the map has room. */
  private buildMap(): void {
    const { segments, firstDirtyOffset, firstUncleanableOffset } = this.job;
    const transactions = new CleanedTransactions(
      this.abortedTransactions.filter(({ lastOffset }) => lastOffset >= firstDirtyOffset),
    );
    for (let i = 0; i < segments.length; i++) {
      const end = segments[i + 1]?.baseOffset ?? firstUncleanableOffset;
      if (end <= firstDirtyOffset) continue;
      if (!this.mapSegment(segments[i], transactions)) return;
      // Offsets may be missing at the end; they belong to what was looked at.
      this.map.latestOffset = end - 1;
    }
  }

  /** Returns false where the map was full before the segment's end. */
  private mapSegment(segment: SourceSegment, transactions: CleanedTransactions): boolean {
    const { map } = this;
    const { directory, firstDirtyOffset, segmentIndexBytes } = this.job;
    const [, indexPath] = segmentPaths(directory, segment.baseOffset);
    const { files } = this.world;
    const index = new OffsetIndex(files, indexPath, segment.baseOffset, segmentIndexBytes);
    const cursor = new RecordCursor();
    return this.reader.read(segment, index.lookup(firstDirtyOffset).position, (batch) => {
      if (batch.isControl) transactions.onControl(batch);
      else if (!transactions.onData(batch) && !this.mapBatch(batch, cursor)) return false;
      if (batch.lastOffset >= firstDirtyOffset) map.latestOffset = batch.lastOffset;
      return true;
    });
  }

  private mapBatch(batch: BatchView, cursor: RecordCursor): boolean {
    const { map } = this;
    const { firstDirtyOffset } = this.job;
    const { baseOffset } = batch;
    const stored = batch.bytes.subarray(batch.recordsStart, batch.end);
    const codec = batch.compression as CompressionId;
    const data = decompress(codec, stored, MAX_DECOMPRESSED_BATCH_BYTES);
    cursor.reset(data, 0, data.length, batch.recordCount);
    while (cursor.next()) {
      const offset = baseOffset + cursor.offsetDelta;
      if (!cursor.hasKey || offset < firstDirtyOffset) continue;
      if (!map.put(data, cursor.keyStart, cursor.keyLength, offset)) return false;
    }
    return true;
  }

  /** The segments to be written anew, in groups that become one each. */
  private groups(endOffset: number): (SourceSegment & GroupedSegment & { modifiedMs: number })[][] {
    const { files } = this.world;
    const { directory, segments, segmentBytes, segmentIndexBytes } = this.job;
    const count = segments.filter(({ baseOffset }) => baseOffset < endOffset).length;
    const sources = segments.slice(0, count).map((segment) => {
      const [log, index, timeIndex] = segmentPaths(directory, segment.baseOffset)
        .map((path) => files.status(path));
      return {
        ...segment,
        indexBytes: index?.size ?? 0,
        timeIndexBytes: timeIndex?.size ?? 0,
        modifiedMs: log?.modifiedMs ?? this.job.nowMs,
      };
    });
    const end = segments[count]?.baseOffset ?? this.job.firstUncleanableOffset;
    return groupSegments(sources, segmentBytes, segmentIndexBytes, end);
  }

  private cleanGroup(
    group: readonly (SourceSegment & { modifiedMs: number })[],
    filter: BatchFilter,
  ): void {
    const { files, clock } = this.world;
    const { directory, indexIntervalBytes, segmentIndexBytes } = this.job;
    const cleaned = new CleanedSegment({
      files,
      clock,
      directory,
      baseOffset: group[0].baseOffset,
      indexIntervalBytes,
      segmentIndexBytes,
      bufferBytes: this.bufferBytes,
    });
    try {
      cleaned.create();
      for (const segment of group) {
        this.reader.read(segment, 0, (batch) => {
          const bytes = filter.filter(batch);
          if (bytes === null) return true;
          cleaned.append(bytes);
          this.throttle.add(bytes.length);
          return true;
        });
      }
      cleaned.addTransactions(filter.takeAbortedTransactions());
      cleaned.finish(group[group.length - 1].modifiedMs);
    } catch (error) {
      cleaned.discard();
      throw error;
    }
    this.bytesWritten += cleaned.size;
  }
}
