/**
 * One partition that this node has a replica of: its log, and what the controller decided about it.
 *
 * A leader serves in the epoch that the metadata log gave it and in no other. The high watermark is
 * the smallest end offset of the in-sync set; it follows what is on file, and does not advance while
 * that set is smaller than `min.insync.replicas` asks for (KIP-966).
 */
import { ErrorCode, KafkaError } from "../protocol/errors.ts";
import type { AppendInfo, PartitionLog } from "../storage/log.ts";
import type { LogSlice } from "../storage/log_slice.ts";
import { UNDEFINED_EPOCH, UNDEFINED_EPOCH_OFFSET } from "../storage/leader_epochs.ts";
import type { AppendOrigin } from "../storage/record_validator.ts";
import { NO_LEADER, type PartitionImage } from "./image/metadata_image.ts";

/** Up to where a reader may read (`FetchIsolation`). */
export type Isolation = "logEnd" | "highWatermark" | "committed";

/** A leader epoch that a client did not give. */
export const NO_LEADER_EPOCH = -1;

/** acks that wait for the whole in-sync set. */
export const ACKS_ALL = -1;

/** Told whenever readers may find more, or no longer anything, in a partition. */
export interface PartitionWatcher {
  partitionChanged(partition: Partition): void;
}

/** What a reader asks of a partition. */
export interface ReadOptions {
  readonly offset: number;
  readonly bytesMax: number;
  /** Return the first batch whole, even where it is larger than `bytesMax`. */
  readonly minOneBatch: boolean;
  readonly isolation: Isolation;
  /** The epoch the reader believes in, or -1. */
  readonly currentLeaderEpoch: number;
  /** The epoch of the last record the reader has, or -1 (KIP-595's truncation on fetch). */
  readonly lastFetchedEpoch: number;
  readonly leaderOnly: boolean;
}

export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}

export interface ReadInfo {
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** Null where there is nothing to return. */
  readonly slice: LogSlice | null;
  /** There is something, but its first batch does not fit what may be returned. */
  readonly tooLarge: boolean;
  /** Set where the reader's log and this one went different ways. */
  readonly divergingEpoch: EpochEnd | null;
}

export class Partition {
  private epoch = NO_LEADER_EPOCH;
  /** Where the log ended when this node began to lead in the present epoch. */
  private epochStartOffset = 0;
  /** Everything before it is on file, and on the device where the topic asks for that. */
  private flushedOffset: number;
  private state: PartitionImage | null = null;
  private readonly watchers = new Set<PartitionWatcher>();

  constructor(
    readonly topic: string,
    readonly topicId: string,
    readonly index: number,
    readonly log: PartitionLog,
    private readonly nodeId: number,
  ) {
    this.flushedOffset = log.logEndOffset;
  }

  /** What the controller decided last. */
  get image(): PartitionImage | null {
    return this.state;
  }

  get leaderEpoch(): number {
    return this.epoch;
  }

  get leaderId(): number {
    return this.state?.leader ?? NO_LEADER;
  }

  get isLeader(): boolean {
    return this.leaderId === this.nodeId;
  }

  private get inSyncCount(): number {
    return this.state?.isr.length ?? 0;
  }

  /** Replicas that must be in sync for a write with acks=all. */
  private get minInSync(): number {
    return Math.min(this.log.config.minInsyncReplicas, this.state?.replicas.length ?? 1);
  }

  /** Takes over the controller's decision. Decisions come in the order of the metadata log. */
  applyImage(image: PartitionImage): void {
    const previousEpoch = this.epoch;
    this.state = image;
    this.epoch = image.leaderEpoch;
    if (this.isLeader && image.leaderEpoch > previousEpoch) {
      this.epochStartOffset = this.log.logEndOffset;
      this.log.leaderEpochs.begin(image.leaderEpoch, this.epochStartOffset);
    }
    this.raiseHighWatermark();
    this.notify();
  }

  /** What was appended before `endOffset` is as safe as this node makes it. */
  flushed(endOffset: number): void {
    const isMore = endOffset > this.flushedOffset;
    if (isMore) this.flushedOffset = endOffset;
    if (this.raiseHighWatermark() || isMore) this.notify();
  }

  /** With this node alone in sync, what it has on file is what all have. */
  private raiseHighWatermark(): boolean {
    const alone = this.isLeader && this.inSyncCount === 1;
    if (!alone || this.inSyncCount < this.minInSync) return false;
    return this.log.raiseHighWatermark(this.flushedOffset);
  }

  watch(watcher: PartitionWatcher): void {
    this.watchers.add(watcher);
  }

  unwatch(watcher: PartitionWatcher): void {
    this.watchers.delete(watcher);
  }

  /** Wakes whoever waits for something to happen here. */
  notify(): void {
    for (const watcher of this.watchers) watcher.partitionChanged(this);
  }

  /**
   * Checks the epoch that a client believes in, and that this node leads.
   * Throws FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR.
   */
  requireServing(currentLeaderEpoch: number, leaderOnly: boolean): void {
    if (currentLeaderEpoch !== NO_LEADER_EPOCH && currentLeaderEpoch !== this.epoch) {
      throw new KafkaError(
        currentLeaderEpoch < this.epoch ? "FENCED_LEADER_EPOCH" : "UNKNOWN_LEADER_EPOCH",
        `${this.log.name} is in leader epoch ${this.epoch}, not ${currentLeaderEpoch}`,
      );
    }
    if (leaderOnly && !this.isLeader) {
      throw new KafkaError(
        "NOT_LEADER_OR_FOLLOWER",
        `Node ${this.nodeId} does not lead ${this.log.name} in epoch ${this.epoch}`,
      );
    }
    if (this.log.isOffline) {
      throw new KafkaError("KAFKA_STORAGE_ERROR", `${this.log.name} is in an offline directory`);
    }
  }

  /** Appends a batch as the leader. Throws `KafkaError` as Produce answers it. */
  append(bytes: Uint8Array, origin: AppendOrigin, acks: number): AppendInfo {
    this.requireServing(NO_LEADER_EPOCH, true);
    if (acks === ACKS_ALL && this.inSyncCount < this.minInSync) {
      throw new KafkaError(
        "NOT_ENOUGH_REPLICAS",
        `${this.inSyncCount} replicas of ${this.log.name} are in sync, ${this.minInSync} needed`,
      );
    }
    return this.log.appendAsLeader(bytes, this.epoch, origin);
  }

  /** What became of an acks=1 write up to `offset`: done (NONE), failed, or null: not yet. */
  localResult(offset: number): number | null {
    if (this.log.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR;
    return this.flushedOffset >= offset ? ErrorCode.NONE : null;
  }

  /** What became of an acks=all write up to `offset`: done (NONE), failed, or null: not yet. */
  replicationResult(offset: number): number | null {
    if (!this.isLeader) return ErrorCode.NOT_LEADER_OR_FOLLOWER;
    if (this.log.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR;
    if (this.log.highWatermark < offset) return null;
    return this.inSyncCount < this.minInSync
      ? ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND
      : ErrorCode.NONE;
  }

  /** The offset that a reader may read up to. */
  upperOffset(isolation: Isolation): number {
    if (isolation === "highWatermark") return this.log.highWatermark;
    return isolation === "committed" ? this.log.lastStableOffset : this.log.logEndOffset;
  }

  /** Reads from the log. Throws `KafkaError` as Fetch answers it. */
  read(options: ReadOptions): ReadInfo {
    this.requireServing(options.currentLeaderEpoch, options.leaderOnly);
    const { log } = this;
    const { highWatermark, lastStableOffset, logStartOffset } = log;
    const divergingEpoch = this.divergence(options);
    const upperOffset = this.upperOffset(options.isolation);
    const { offset, bytesMax, minOneBatch } = options;
    const slice = divergingEpoch === null
      ? log.read(offset, bytesMax, upperOffset, minOneBatch)
      : null;
    const tooLarge = divergingEpoch === null && slice === null && offset < upperOffset &&
      bytesMax > 0;
    return { highWatermark, lastStableOffset, logStartOffset, slice, tooLarge, divergingEpoch };
  }

  private divergence({ lastFetchedEpoch, offset }: ReadOptions): EpochEnd | null {
    if (lastFetchedEpoch === NO_LEADER_EPOCH) return null;
    const end = this.epochEnd(lastFetchedEpoch);
    if (end.endOffset === UNDEFINED_EPOCH_OFFSET || end.epoch === UNDEFINED_EPOCH) {
      throw new KafkaError(
        "OFFSET_OUT_OF_RANGE",
        `${this.log.name} knows nothing of epoch ${lastFetchedEpoch}`,
      );
    }
    if (offset < this.log.logStartOffset) {
      throw new KafkaError(
        "OFFSET_OUT_OF_RANGE",
        `${this.log.name} begins at ${this.log.logStartOffset}, after ${offset}`,
      );
    }
    return end.epoch < lastFetchedEpoch || end.endOffset < offset ? end : null;
  }

  /** Where an epoch ends here; both -1 where nothing is known of it (`endOffsetForEpoch`). */
  epochEnd(epoch: number): EpochEnd {
    const end = this.log.leaderEpochs.endOffsetFor(epoch, this.log.logEndOffset);
    return end.endOffset === UNDEFINED_EPOCH_OFFSET
      ? { epoch: UNDEFINED_EPOCH, endOffset: UNDEFINED_EPOCH_OFFSET }
      : end;
  }

  /** After an election the high watermark may lag: clients are not told of what is before it. */
  get isWatermarkLagging(): boolean {
    return this.epochStartOffset > this.log.highWatermark;
  }

  /**
   * Lets the log begin at `offset` (-1: at the high watermark). Returns the new low watermark.
   * Throws `KafkaError` as DeleteRecords answers it.
   */
  deleteRecords(offset: number): number {
    this.requireServing(NO_LEADER_EPOCH, true);
    const { log } = this;
    if (log.config.compact && !log.config.delete) {
      throw new KafkaError(
        "POLICY_VIOLATION",
        `${log.name} is compacted; its records cannot be deleted by offset`,
      );
    }
    const target = offset === HIGH_WATERMARK ? log.highWatermark : offset;
    if (!(target >= 0 && target < Infinity)) {
      throw new KafkaError("OFFSET_OUT_OF_RANGE", `${log.name} cannot begin at offset ${offset}`);
    }
    log.raiseLogStart(target);
    return log.logStartOffset;
  }
}

/** DeleteRecords' offset that stands for the high watermark. */
export const HIGH_WATERMARK = -1;
