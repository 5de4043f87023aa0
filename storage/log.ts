/**
 * The log of one partition: segments, indexes, leader epochs and producer state, on disk in
 * Kafka's formats.
 *
 * Offsets always stand in this order: log start <= last stable <= high watermark <= log end. What
 * is appended is in the memory tail at once and on file after `flush`, which the owner calls once
 * per turn of the event loop; only then may the high watermark pass it.
 */
import { KafkaError } from "../protocol/errors.ts";
import { BatchView, CorruptBatchError, MAGIC_V2, NO_TIMESTAMP } from "../protocol/records/batch.ts";
import {
  DecompressError,
  MAX_COMPRESSION_ID,
} from "../protocol/records/compression/compression.ts";
import { InvalidRecordError } from "../protocol/records/record_cursor.ts";
import type { LeaderEpochs } from "./leader_epochs.ts";
import type { LogConfig } from "./log_config.ts";
import type { LogSegments, SegmentEnvironment } from "./log_segments.ts";
import type { LogSlice } from "./log_slice.ts";
import type { ProducerState } from "./producer_state.ts";
import { type Expired, expiredSegments } from "./retention.ts";
import { type AppendOrigin, validateAndAssign } from "./record_validator.ts";
import type { Segment } from "./segment.ts";
import type { TimestampedOffset } from "./segment_scan.ts";
import { partitionDirectoryName, type TopicPartition } from "./topic_partition.ts";

/** What reading records throws where their bytes are damaged. */
const DAMAGE = [CorruptBatchError, DecompressError, InvalidRecordError];

/** What a log needs of the world. */
export interface LogEnvironment extends SegmentEnvironment {
  /** Called when a log has bytes to be flushed. */
  readonly onDirty: (log: PartitionLog) => void;
  /** Called once when the disk fails under a log. */
  readonly onFailure: (log: PartitionLog, error: unknown) => void;
}

/** What loading found out about a log. */
export interface LogState {
  readonly segments: LogSegments;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly recoveryPoint: number;
  readonly highWatermark: number;
  readonly leaderEpochs: LeaderEpochs;
  readonly producerState: ProducerState;
}

/** What became of an append. */
export interface AppendInfo {
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** The time that the broker gave the records, or -1. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  /** Set where the batch was there already; nothing was appended then. */
  readonly duplicate: boolean;
}

export class PartitionLog {
  private readonly segments: LogSegments;
  private startOffset: number;
  private endOffset: number;
  private watermark: number;
  private syncedOffset: number;
  /** Everything before it is on the device, the indexes of the active segment left aside. */
  private deviceOffset: number;
  /** Since when something waits to go to the device, by the monotonic clock; null: nothing does. */
  private unsyncedSinceMs: number | null = null;
  /** Everything was on the device, indexes included, when the log was opened, and nothing has come. */
  private isUntouched: boolean;
  private failure: Error | null = null;
  readonly leaderEpochs: LeaderEpochs;
  readonly producerState: ProducerState;

  constructor(
    private readonly environment: LogEnvironment,
    readonly partition: TopicPartition,
    readonly topicId: string,
    state: LogState,
  ) {
    this.segments = state.segments;
    this.startOffset = state.logStartOffset;
    this.endOffset = state.logEndOffset;
    this.syncedOffset = state.recoveryPoint;
    this.deviceOffset = state.recoveryPoint;
    this.isUntouched = state.recoveryPoint === state.logEndOffset;
    this.watermark = Math.min(Math.max(state.highWatermark, this.startOffset), this.endOffset);
    this.leaderEpochs = state.leaderEpochs;
    this.producerState = state.producerState;
    this.segments.onFailure = (error) => this.fail(error);
  }

  get name(): string {
    return partitionDirectoryName(this.partition);
  }

  get directory(): string {
    return this.segments.directory;
  }

  get config(): LogConfig {
    return this.segments.config;
  }

  /** New settings hold from the next append on. */
  set config(config: LogConfig) {
    this.segments.config = config;
  }

  get logStartOffset(): number {
    return this.startOffset;
  }

  /** The offset that the next record gets. */
  get logEndOffset(): number {
    return this.endOffset;
  }

  get highWatermark(): number {
    return this.watermark;
  }

  /** Up to where readers of committed data may read. */
  get lastStableOffset(): number {
    const undecided = this.producerState.firstUndecidedOffset;
    return undecided === undefined ? this.watermark : Math.min(undecided, this.watermark);
  }

  /**
   * Everything before it is known to be on the device, indexes included: recovery begins here. Those
   * of the active segment are only written when it is closed.
   */
  get recoveryPoint(): number {
    return this.syncedOffset;
  }

  /** Whether so much was appended that it has to be on the device before it is acknowledged. */
  get mustSync(): boolean {
    return this.endOffset - this.deviceOffset >= this.config.flushMessages;
  }

  /** Whether something has waited longer than `flush.ms` to go to the device. */
  get isSyncDue(): boolean {
    const sinceMs = this.unsyncedSinceMs;
    return sinceMs !== null &&
      this.environment.clock.monotonic() - sinceMs >= this.config.flushMs;
  }

  get isOffline(): boolean {
    return this.failure !== null;
  }

  /** The size of all segments, in bytes. */
  get size(): number {
    return this.segments.size;
  }

  /** Where the first segment begins; the log itself may begin later. */
  get firstSegmentOffset(): number {
    return this.segments.first.baseOffset;
  }

  get segmentCount(): number {
    return this.segments.count;
  }

  /** Where the segment begins that is still written. */
  get activeSegmentOffset(): number {
    return this.segments.active.baseOffset;
  }

  /** The segments that are not written any more, ascending. */
  get closedSegments(): readonly Segment[] {
    return this.segments.closed;
  }

  /**
   * Puts the `.cleaned` segment that was made from these neighbours in their place. Returns false,
   * and gives it up, where one of them is gone or the log is not compacted any more.
   */
  replaceSegments(replaced: readonly Segment[]): boolean {
    return this.guard(() => {
      const done = this.segments.replace(replaced);
      if (done) this.producerState.removeStraySnapshots(new Set(this.segments.baseOffsets));
      return done;
    });
  }

  private requireOnline(): void {
    if (this.failure === null) return;
    throw new KafkaError(
      "KAFKA_STORAGE_ERROR",
      `The log of ${this.name} is offline: ${this.failure.message}`,
    );
  }

  /** Runs what touches the disk; a failure takes the log offline, damaged records do not. */
  private guard<T>(run: () => T): T {
    this.requireOnline();
    try {
      return run();
    } catch (error) {
      if (error instanceof KafkaError) throw error;
      if (DAMAGE.some((damage) => error instanceof damage)) {
        throw new KafkaError("CORRUPT_MESSAGE", `${this.name}: ${(error as Error).message}`);
      }
      this.fail(error);
      this.requireOnline();
      throw error;
    }
  }

  private fail(error: unknown): void {
    if (this.failure !== null) return;
    this.failure = error instanceof Error ? error : new Error(String(error));
    this.environment.onFailure(this, error);
  }

  /**
   * Appends one batch as the partition's leader: validates it and gives it offsets, epoch and, where
   * the topic says so, time. Throws `KafkaError` with Kafka's code for what is wrong with it.
   */
  appendAsLeader(bytes: Uint8Array, leaderEpoch: number, origin: AppendOrigin): AppendInfo {
    const { config } = this;
    const given = new BatchView(bytes);
    this.checkBatch(given, origin);
    const nowMs = this.environment.clock.now();
    const { batch, rebuilt } = validateAndAssign(given, {
      config,
      origin,
      baseOffset: this.endOffset,
      leaderEpoch,
      nowMs,
    });
    if (rebuilt) this.checkSize(batch);
    if (batch.size > config.segmentBytes) {
      throw new KafkaError(
        "RECORD_LIST_TOO_LARGE",
        `Batch of ${batch.size} bytes, segments of ${this.name} have ${config.segmentBytes}`,
      );
    }
    return this.guard(() => {
      if (origin === "client" && batch.hasProducerId) {
        const known = this.producerState.findDuplicate(batch);
        if (known !== undefined) {
          const { firstOffset, lastOffset, timestamp } = known;
          return this.appendInfo(firstOffset, lastOffset, timestamp, true);
        }
        this.producerState.check(batch);
      }
      this.appendBatch(batch);
      const appendTimeMs = config.logAppendTime ? nowMs : NO_TIMESTAMP;
      return this.appendInfo(batch.baseOffset, batch.lastOffset, appendTimeMs, false);
    });
  }

  private appendInfo(
    firstOffset: number,
    lastOffset: number,
    logAppendTimeMs: number,
    duplicate: boolean,
  ): AppendInfo {
    return {
      firstOffset,
      lastOffset,
      logAppendTimeMs,
      logStartOffset: this.startOffset,
      duplicate,
    };
  }

  /** Appends whole batches that have their offsets and epochs already (the metadata log). */
  appendAssigned(bytes: Uint8Array): void {
    this.guard(() => {
      const batch = new BatchView(bytes);
      for (let at = 0; at < bytes.length; at += batch.size) {
        batch.moveTo(at);
        if (batch.baseOffset < this.endOffset) {
          throw new RangeError(`Offset ${batch.baseOffset} is before ${this.endOffset}, the end`);
        }
        this.appendBatch(batch);
      }
    });
  }

  private checkSize(batch: BatchView): void {
    if (batch.size <= this.config.maxMessageBytes) return;
    throw new KafkaError(
      "MESSAGE_TOO_LARGE",
      `Batch of ${batch.size} bytes, ${this.name} accepts ${this.config.maxMessageBytes}`,
    );
  }

  private checkBatch(batch: BatchView, origin: AppendOrigin): void {
    if (origin === "client" && batch.baseOffset !== 0) {
      throw new KafkaError("INVALID_RECORD", `Batch has base offset ${batch.baseOffset}, not 0`);
    }
    this.checkSize(batch);
    if (batch.magic !== MAGIC_V2 || !batch.isValid) {
      throw new KafkaError("CORRUPT_MESSAGE", `Batch for ${this.name} has a wrong checksum`);
    }
    if (batch.compression > MAX_COMPRESSION_ID) {
      throw new KafkaError("UNKNOWN_SERVER_ERROR", `Compression ${batch.compression} is unknown`);
    }
  }

  private appendBatch(batch: BatchView): void {
    this.isUntouched = false;
    this.leaderEpochs.assign(batch.leaderEpoch, batch.baseOffset);
    if (this.segments.shouldRollFor(batch)) this.roll(batch.baseOffset);
    const segment = this.segments.active;
    const position = segment.size;
    segment.append(batch.bytes.subarray(batch.at, batch.end));
    segment.noteBatch(batch, position);
    this.producerState.update(batch);
    this.endOffset = batch.nextOffset;
    this.unsyncedSinceMs ??= this.environment.clock.monotonic();
    this.environment.onDirty(this);
  }

  /** Begins a new segment; what lies before it goes to the device in the background. */
  private roll(baseOffset: number): void {
    this.segments.roll(Math.max(baseOffset, this.endOffset));
    const end = this.segments.active.baseOffset;
    this.producerState.endOffset = end;
    this.producerState.takeSnapshot();
    this.segments.sync(this.segments.from(this.syncedOffset)).then(
      () => this.syncedOffset = Math.max(this.syncedOffset, end),
      (error) => this.fail(error),
    );
  }

  /** Writes what was appended to the file. */
  flush(): void {
    this.guard(() => this.segments.active.flush());
  }

  /** Forces everything up to the present end to the device, off the event loop. */
  async sync(): Promise<void> {
    this.requireOnline();
    const { baseOffset } = this.segments.active;
    const end = this.endOffset;
    this.unsyncedSinceMs = null;
    try {
      await this.segments.sync(this.segments.from(this.syncedOffset));
    } catch (error) {
      this.fail(error);
      this.requireOnline();
    }
    this.syncedOffset = Math.max(this.syncedOffset, baseOffset);
    this.deviceOffset = Math.max(this.deviceOffset, end);
  }

  /** Raises the high watermark. Returns whether it moved. */
  raiseHighWatermark(offset: number): boolean {
    const raised = Math.min(offset, this.endOffset);
    if (raised <= this.watermark) return false;
    this.watermark = raised;
    return true;
  }

  /**
   * Reads at most `bytesMax` bytes from the batch that holds `offset` on, and nothing at or beyond
   * `upperOffset`; null where there is nothing. A first batch that is larger comes whole with
   * `minOneBatch` and not at all without.
   * Throws OFFSET_OUT_OF_RANGE outside of what the log has.
   */
  read(
    offset: number,
    bytesMax: number,
    upperOffset: number,
    minOneBatch: boolean,
  ): LogSlice | null {
    if (!(offset >= this.startOffset && offset <= this.endOffset)) {
      throw new KafkaError(
        "OFFSET_OUT_OF_RANGE",
        `Offset ${offset} of ${this.name} is not in [${this.startOffset}, ${this.endOffset}]`,
      );
    }
    if (offset >= upperOffset) return null;
    return this.guard(() =>
      this.segments.slice(offset, bytesMax, upperOffset, this.endOffset, minOneBatch)
    );
  }

  /** The first record at or after a time; null where there is none. */
  findByTimestamp(timestamp: number): TimestampedOffset | null {
    return this.guard(() => this.segments.findByTimestamp(timestamp, this.startOffset));
  }

  /** The first record with the largest timestamp; null where no record has one. */
  findMaxTimestamp(): TimestampedOffset | null {
    return this.guard(() => this.segments.findMaxTimestamp());
  }

  /**
   * Lets the log begin at `offset`: what lies before is gone for readers, and whole segments before
   * it are deleted. Throws OFFSET_OUT_OF_RANGE beyond the high watermark.
   */
  raiseLogStart(offset: number): void {
    if (offset > this.watermark) {
      throw new KafkaError(
        "OFFSET_OUT_OF_RANGE",
        `Log of ${this.name} cannot begin at ${offset}: its high watermark is ${this.watermark}`,
      );
    }
    if (offset <= this.startOffset) return;
    this.guard(() => this.beginAt(offset));
  }

  /** The log begins at `offset` now; segments that lie wholly before it are deleted. */
  private beginAt(offset: number): void {
    this.startOffset = offset;
    this.leaderEpochs.truncateFromStart(offset);
    this.producerState.onLogStartIncremented(offset);
    this.segments.deleteBefore(offset);
    this.producerState.removeSnapshotsBefore(this.segments.first.baseOffset);
  }

  /** Deletes the segments that retention no longer keeps. Returns how many, and why, or null. */
  enforceRetention(): Expired | null {
    return this.guard(() => {
      const expired = expiredSegments([...this.segments], {
        ...this.config,
        logStartOffset: this.startOffset,
        logEndOffset: this.endOffset,
        highWatermark: this.watermark,
        nowMs: this.environment.clock.now(),
      });
      if (expired === null) return null;
      if (expired.count === this.segments.count) this.roll(this.endOffset);
      this.beginAt(Math.max(this.startOffset, this.segments.baseOffsets[expired.count]));
      return expired;
    });
  }

  /** Forgets producers that were idle for too long. */
  expireProducers(): void {
    const nowMs = this.environment.clock.now();
    this.producerState.removeExpired(nowMs, this.config.producerIdExpirationMs);
  }

  /** Closes the log in order: everything on file and device, a snapshot of the producers. */
  async close(): Promise<void> {
    if (this.failure !== null) return this.abandon();
    this.guard(() => {
      this.segments.active.seal();
      this.producerState.takeSnapshot();
    });
    if (!this.isUntouched) await this.sync();
    this.syncedOffset = this.endOffset;
    this.segments.close();
  }

  /** The log's folder is about to be moved out of its place. */
  retire(): void {
    this.segments.retire();
  }

  /** Gives up all files without writing. */
  abandon(): void {
    this.segments.close();
  }
}
