/**
 * The segments of one log, ascending: rolling, looking up, reading ranges, deleting old ones,
 * bringing them to the device.
 */
import type { Clock, Timer } from "../lib/clock.ts";
import type { FileSystem } from "../lib/files.ts";
import type { Random } from "../lib/random.ts";
import { KafkaError } from "../protocol/errors.ts";
import type { BatchView } from "../protocol/records/batch.ts";
import { type LogConfig, maxSegmentMs } from "./log_config.ts";
import { LogSlice } from "./log_slice.ts";
import type { OpenFiles } from "./open_files.ts";
import { CLEANED_SUFFIX, DELETED_SUFFIX, Segment, segmentPaths, SWAP_SUFFIX } from "./segment.ts";
import {
  findByTimestamp,
  findMaxTimestamp,
  type TimestampedOffset,
  translateOffset,
} from "./segment_scan.ts";
import type { TailCache } from "./tail.ts";

/** What segments need of the world. */
export interface SegmentEnvironment {
  readonly files: FileSystem;
  readonly openFiles: OpenFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly tail: TailCache;
}

export class LogSegments {
  private readonly segments: Segment[] = [];
  /** Segments that were deleted but whose files are still there, and what removes them. */
  private readonly doomed = new Map<Segment, Timer>();
  /** Called when files that are not needed any more cannot be removed. */
  onFailure: (error: unknown) => void = () => {};
  /** Syncs follow each other, so that "synced up to" never skips a segment. */
  private syncing: Promise<void> = Promise.resolve();

  constructor(
    private readonly environment: SegmentEnvironment,
    readonly directory: string,
    public config: LogConfig,
  ) {}

  /** The segments that are not written any more: all but the active one. */
  get closed(): readonly Segment[] {
    return this.segments.slice(0, -1);
  }

  get active(): Segment {
    return this.segments[this.segments.length - 1];
  }

  get first(): Segment {
    return this.segments[0];
  }

  get count(): number {
    return this.segments.length;
  }

  /** The size of all segments, in bytes. */
  get size(): number {
    return this.segments.reduce((sum, { size }) => sum + size, 0);
  }

  get baseOffsets(): number[] {
    return this.segments.map(({ baseOffset }) => baseOffset);
  }

  [Symbol.iterator](): Iterator<Segment> {
    return this.segments[Symbol.iterator]();
  }

  /** A segment of this log that begins at `baseOffset`; neither its files nor the list know it yet. */
  make(baseOffset: number, suffix = ""): Segment {
    const { files, openFiles, tail, clock, random } = this.environment;
    const jitterMs = Math.min(this.config.segmentJitterMs, this.config.segmentMs);
    return new Segment({
      files,
      openFiles,
      tail,
      directory: this.directory,
      baseOffset,
      suffix,
      indexIntervalBytes: this.config.indexIntervalBytes,
      indexBytesMax: this.config.segmentIndexBytes,
      rollJitterMs: Math.floor(random.fraction() * jitterMs),
      createdMs: clock.now(),
    });
  }

  /** Adds a segment behind the others. */
  add(segment: Segment): Segment {
    this.segments.push(segment);
    return segment;
  }

  /** Whether the batch must not go into the active segment any more (`LogSegment.shouldRoll`). */
  shouldRollFor(batch: BatchView): boolean {
    const { active, config } = this;
    if (active.size === 0) return !active.canHold(batch.lastOffset);
    const waitedMs = this.timeWaited(active, batch.maxTimestamp);
    return active.size > config.segmentBytes - batch.size ||
      waitedMs > maxSegmentMs(config) - active.rollJitterMs ||
      active.offsetIndex.isFull || active.timeIndex.isFull || !active.canHold(batch.lastOffset);
  }

  /** How long the segment has waited: by record time where records have one, else by the clock. */
  private timeWaited(segment: Segment, timestamp: number): number {
    const { firstBatchTimestamp } = segment;
    return firstBatchTimestamp >= 0
      ? timestamp - firstBatchTimestamp
      : this.environment.clock.now() - segment.createdMs;
  }

  /** Closes the active segment and begins the next at `baseOffset`. */
  roll(baseOffset: number): void {
    this.active.seal();
    this.add(this.make(baseOffset).create());
  }

  /** Index of the last segment that begins at or before `offset`. */
  private floor(offset: number): number {
    let at = this.segments.length - 1;
    while (at > 0 && this.segments[at].baseOffset > offset) at--;
    return at;
  }

  /**
   * At most `bytesMax` bytes from the batch that holds `offset` (or the next one) on, none of them
   * at or beyond `upperOffset`; null where there are none. A first batch that is larger comes whole
   * with `minOneBatch` and not at all without.
   */
  slice(
    offset: number,
    bytesMax: number,
    upperOffset: number,
    logEndOffset: number,
    minOneBatch: boolean,
  ): LogSlice | null {
    for (let i = this.floor(offset); i < this.segments.length; i++) {
      const segment = this.segments[i];
      const first = translateOffset(segment, offset);
      if (first === null) continue;
      const nextBase = this.segments[i + 1]?.baseOffset ?? logEndOffset;
      const limit = upperOffset >= nextBase
        ? segment.size
        : translateOffset(segment, upperOffset)?.position ?? segment.size;
      if (bytesMax < 0) throw new KafkaError("UNKNOWN_SERVER_ERROR", `Invalid size ${bytesMax}`);
      if (!minOneBatch && bytesMax < first.size) return null;
      const wanted = Math.max(bytesMax, first.size);
      const length = Math.min(wanted, limit - first.position);
      const continues = upperOffset > nextBase;
      return length > 0 ? new LogSlice(segment, first.position, length, continues) : null;
    }
    return null;
  }

  /** The first record at or after a time, not before `startOffset`; null where there is none. */
  findByTimestamp(timestamp: number, startOffset: number): TimestampedOffset | null {
    for (const segment of this.segments) {
      if (segment.maxTimestampSoFar.timestamp < timestamp) continue;
      // Kafka looks no further, though what it sees may lie before the log's start.
      const found = findByTimestamp(segment, timestamp, startOffset);
      if (found !== null) return found;
    }
    return null;
  }

  /** The first record with the largest timestamp; null where no record has one. */
  findMaxTimestamp(): TimestampedOffset | null {
    let best = this.segments[0];
    for (const segment of this.segments) {
      const isLater = segment.maxTimestampSoFar.timestamp > best.maxTimestampSoFar.timestamp;
      if (isLater) best = segment;
    }
    return findMaxTimestamp(best);
  }

  /** Deletes the segments that lie wholly before `offset`; the active one stays. */
  deleteBefore(offset: number): void {
    while (this.segments.length > 1 && this.segments[1].baseOffset <= offset) {
      this.delete(this.segments.shift()!);
    }
  }

  /**
   * Puts what was compacted from some neighbouring segments in their place: the files that have their
   * first base offset and the ending `.cleaned`, which are on the device. A kill at any point leaves
   * what `completeSwaps` makes the old or the new state of. Returns false, and gives those files up,
   * where one of the segments is gone or the log is not compacted any more.
   */
  replace(replaced: readonly Segment[]): boolean {
    const { files } = this.environment;
    const [{ baseOffset }] = replaced;
    const at = this.segments.indexOf(replaced[0]);
    const isThere = at >= 0 && replaced.every((segment, i) => segment === this.segments[at + i]);
    if (!isThere || !this.config.compact) {
      const paths = segmentPaths(this.directory, baseOffset, CLEANED_SUFFIX);
      for (const path of paths) files.remove(path);
      return false;
    }
    this.renameSegment(baseOffset, CLEANED_SUFFIX, SWAP_SUFFIX);
    for (const segment of replaced) this.delete(segment);
    this.renameSegment(baseOffset, SWAP_SUFFIX, "");
    this.segments.splice(at, replaced.length, this.make(baseOffset).open());
    return true;
  }

  private renameSegment(baseOffset: number, from: string, to: string): void {
    const { files } = this.environment;
    const targets = segmentPaths(this.directory, baseOffset, to);
    const [log, index, timeIndex, transactionIndex] = segmentPaths(
      this.directory,
      baseOffset,
      from,
    );
    // The log comes first: without it nothing must be taken for whole, or given up for it.
    [log, index, timeIndex].forEach((path, i) => files.rename(path, targets[i]));
    if (files.exists(transactionIndex)) files.rename(transactionIndex, targets[3]);
  }

  /** Deletes the segments after the first `count`. */
  deleteAfter(count: number): void {
    for (const segment of this.segments.splice(count)) this.delete(segment);
  }

  /** Renames a segment's files at once and removes them after `file.delete.delay.ms`. */
  private delete(segment: Segment): void {
    const { files, clock } = this.environment;
    segment.retire();
    const renamed = segment.paths.filter((path) => files.exists(path)).map((path) => {
      files.rename(path, path + DELETED_SUFFIX);
      return path + DELETED_SUFFIX;
    });
    const timer = clock.schedule(this.config.fileDeleteDelayMs, () => {
      this.doomed.delete(segment);
      segment.close();
      for (const path of renamed) {
        files.removeInBackground(path).catch((error) => this.onFailure(error));
      }
    });
    this.doomed.set(segment, timer);
  }

  /** Forces the given segments to the device, after all that were asked for before. */
  sync(segments: Iterable<Segment>): Promise<void> {
    const wanted = [...segments];
    const done = this.syncing.then(async () => {
      for (const segment of wanted) await segment.syncData();
    });
    this.syncing = done.catch(() => {}); // Whoever asked is told; the next one tries anew.
    return done;
  }

  /** Segments with bytes at or after `offset`. */
  from(offset: number): Segment[] {
    return this.segments.filter((segment, i) =>
      segment.size > 0 && (this.segments[i + 1]?.baseOffset ?? Infinity) > offset
    );
  }

  /** All files are about to be moved out of their place. */
  retire(): void {
    for (const segment of this.segments) segment.retire();
  }

  /** Gives up all files and memory. Writes nothing. */
  close(): void {
    this.closeDoomed();
    for (const segment of this.segments) segment.close();
  }

  /** Lets go of segments whose files the next start removes. */
  private closeDoomed(): void {
    for (const [segment, timer] of this.doomed) {
      timer.cancel();
      segment.close();
    }
    this.doomed.clear();
  }
}
