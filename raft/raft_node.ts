/**
 * A voter of the metadata quorum (KIP-595) and its log, `__cluster_metadata-0`.
 *
 * Whoever is above sees a replicated log: leaders change, records that a leader appended are
 * committed some time later or never, committed ones are delivered in order. That the quorum has
 * one voter today, who elects himself and commits what is on his own device, is seen here only.
 */
import type { Clock } from "../lib/clock.ts";
import type { LogOutput } from "../lib/log_output.ts";
import { KafkaError } from "../protocol/errors.ts";
import { BatchView } from "../protocol/records/batch.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { batchesOf, readRecords } from "../protocol/records/read.ts";
import { decodeBytes } from "../protocol/codec/codec.ts";
import { ControlType } from "../protocol/control_records/mod.ts";
import { KRaftVersionRecord } from "../protocol/control_records/kraft_version.ts";
import { VotersRecord } from "../protocol/control_records/voters.ts";
import type { FileSystem } from "../lib/files.ts";
import { type LogEnvironment, PartitionLog } from "../storage/log.ts";
import type { LogConfig } from "../storage/log_config.ts";
import { DirectoryUnusableError } from "../storage/log_directory.ts";
import { loadLog } from "../storage/log_loader.ts";
import { CLUSTER_METADATA_TOPIC } from "../storage/topic_partition.ts";
import { leaderChangeBatch, type Voter } from "./control_batch.ts";
import { readElectionState, writeElectionState } from "./quorum_state.ts";
import { newestSnapshot, readSnapshot, type SnapshotId, snapshotPath } from "./snapshot.ts";

/** The topic id of the metadata log (`Uuid.METADATA_TOPIC_ID`). */
export const METADATA_TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

/** How much of the log is read at once when it is replayed, in bytes. */
const REPLAY_BYTES = 1024 * 1024;

export interface LeaderAndEpoch {
  /** -1 where no leader is known. */
  readonly leaderId: number;
  readonly epoch: number;
}

/** Records that are committed, in order; control records are left out. */
export interface CommittedBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly epoch: number;
  readonly values: readonly Uint8Array[];
}

/** What is told of the log. */
export interface RaftListener {
  /** Everything before the snapshot's end, instead of its records. */
  handleSnapshot(id: SnapshotId, values: readonly Uint8Array[]): void;
  handleCommit(batch: CommittedBatch): void;
  handleLeaderChange(leader: LeaderAndEpoch): void;
}

export interface RaftNodeOptions {
  readonly nodeId: number;
  readonly directoryId: string;
  /** The metadata log's own folder. */
  readonly directory: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly logEnvironment: LogEnvironment;
  readonly logConfig: LogConfig;
  readonly logger: LogOutput;
}

/** What DescribeQuorum tells of a replica. */
export interface ReplicaProgress {
  readonly replicaId: number;
  readonly directoryId: string;
  readonly logEndOffset: number;
  readonly lastFetchMs: number;
  readonly lastCaughtUpMs: number;
}

interface Waiter {
  readonly offset: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class RaftNode {
  private readonly log: PartitionLog;
  private readonly listeners: RaftListener[] = [];
  private readonly uncommitted: CommittedBatch[] = [];
  private waiters: Waiter[] = [];
  private syncing = false;
  private epoch = 0;
  private isLeader = false;
  private kraftVersion = 0;
  private committedOffset = 0;

  constructor(private readonly options: RaftNodeOptions) {
    options.files.makeDirectory(options.directory);
    const snapshot = newestSnapshot(options.files, options.directory);
    this.log = loadLog(options.logEnvironment, {
      partition: { topic: CLUSTER_METADATA_TOPIC, partition: 0 },
      directory: options.directory,
      topicId: METADATA_TOPIC_ID,
      config: options.logConfig,
      // The metadata log is always read whole, so it is always checked as well.
      clean: false,
      logStartOffset: snapshot?.endOffset ?? 0,
      recoveryPoint: 0,
      highWatermark: 0,
      report: (message) => options.logger.warn(`recovery: ${message}`, { log: "metadata" }),
    });
  }

  get leaderAndEpoch(): LeaderAndEpoch {
    return { leaderId: this.isLeader ? this.options.nodeId : -1, epoch: this.epoch };
  }

  /** Everything before it is committed. */
  get highWatermark(): number {
    return this.committedOffset;
  }

  /** The offset that the next appended record gets. */
  get logEndOffset(): number {
    return this.log.logEndOffset;
  }

  /** The finalised kraft.version: 1 with dynamic voters. */
  get kraftVersionLevel(): number {
    return this.kraftVersion;
  }

  addListener(listener: RaftListener): void {
    this.listeners.push(listener);
  }

  /**
   * Reads the log, gets a leader elected, and delivers what is committed.
   * Throws `MalformedFileError` for a damaged file, `DirectoryUnusableError` for other voters' log.
   */
  async start(): Promise<void> {
    const { files, directory, nodeId, logger } = this.options;
    const stored = readElectionState(files, directory);
    this.requireOnlyVoter(stored?.voterIds ?? []);
    const replayed = this.readLog();
    const epochs = [
      stored?.leaderEpoch ?? 0,
      this.log.leaderEpochs.latestEpoch,
      replayed.snapshot?.id.epoch ?? 0,
    ];
    this.epoch = Math.max(...epochs) + 1;
    writeElectionState(files, directory, {
      leaderId: nodeId,
      leaderEpoch: this.epoch,
      votedId: -1,
      votedDirectoryId: undefined,
      dataVersion: this.kraftVersion,
      voterIds: this.kraftVersion > 0 ? null : [nodeId],
    });
    this.isLeader = true;
    logger.info("elected leader of the metadata quorum", { epoch: this.epoch });
    this.log.appendAssigned(leaderChangeBatch(nodeId, [this.self], this.kraftVersion, {
      baseOffset: this.log.logEndOffset,
      leaderEpoch: this.epoch,
      timestamp: this.options.clock.now(),
    }));
    this.log.flush();
    await this.log.sync();
    if (replayed.snapshot !== null) {
      const { id, values } = replayed.snapshot;
      for (const listener of this.listeners) listener.handleSnapshot(id, values);
    }
    this.uncommitted.push(...replayed.batches);
    this.commitUpTo(this.log.logEndOffset);
    for (const listener of this.listeners) listener.handleLeaderChange(this.leaderAndEpoch);
  }

  private get self(): Voter {
    return { voterId: this.options.nodeId, voterDirectoryId: this.options.directoryId };
  }

  /** The newest snapshot and all batches after it. */
  private readLog() {
    const { files, directory } = this.options;
    const id = newestSnapshot(files, directory);
    const snapshot = id === null ? null : readSnapshot(files, snapshotPath(directory, id));
    if (snapshot !== null) {
      this.kraftVersion = snapshot.kraftVersion ?? this.kraftVersion;
      this.requireOnlyVoter((snapshot.voters ?? []).map(({ voterId }) => voterId));
    }
    const batches: CommittedBatch[] = [];
    for (let offset = this.log.logStartOffset; offset < this.log.logEndOffset;) {
      const slice = this.log.read(offset, REPLAY_BYTES, this.log.logEndOffset, true);
      if (slice === null) break;
      const bytes = new Uint8Array(slice.byteLength);
      slice.copyTo(bytes, 0);
      for (const batch of batchesOf(bytes)) {
        if (batch.isControl) this.readControlBatch(batch);
        else batches.push(committedBatch(batch));
        offset = batch.nextOffset;
      }
    }
    const restored = snapshot === null ? null : { id: id!, values: snapshot.values };
    return { snapshot: restored, batches };
  }

  private readControlBatch(batch: BatchView): void {
    for (const { key, value } of readRecords(batch)) {
      const type = key![3];
      if (type === ControlType.KRAFT_VERSION) {
        this.kraftVersion = decodeBytes(KRaftVersionRecord, 0, value!).kRaftVersion;
      } else if (type === ControlType.KRAFT_VOTERS) {
        const { voters } = decodeBytes(VotersRecord, 0, value!);
        this.requireOnlyVoter(voters.map(({ voterId }) => voterId));
      }
    }
  }

  private requireOnlyVoter(voterIds: readonly number[]): void {
    const { directory, nodeId } = this.options;
    const others = voterIds.filter((id) => id !== nodeId);
    if (others.length === 0) return;
    throw new DirectoryUnusableError(
      `metadata.log.dir: ${directory} belongs to a quorum with voters ${
        others.join(", ")
      } besides ` +
        "this node, and quorums of several voters are not built yet; name another folder",
    );
  }

  /**
   * Appends records as one batch, as the leader of the present epoch. `baseOffset` is where the
   * first will be; `committed` fulfils once they are. Throws NOT_CONTROLLER on a node that does not
   * lead.
   */
  append(values: readonly Uint8Array[]): { baseOffset: number; committed: Promise<void> } {
    if (!this.isLeader) throw new KafkaError("NOT_CONTROLLER");
    const timestamp = this.options.clock.now();
    const baseOffset = this.log.logEndOffset;
    const batch = buildBatch(values.map((value) => ({ value, timestamp })), {
      baseOffset,
      leaderEpoch: this.epoch,
    });
    this.log.appendAssigned(batch);
    const lastOffset = baseOffset + values.length - 1;
    this.uncommitted.push({ baseOffset, lastOffset, epoch: this.epoch, values });
    const committed = new Promise<void>((resolve, reject) => {
      this.waiters.push({ offset: lastOffset, resolve, reject });
    });
    this.syncSoon();
    return { baseOffset, committed };
  }

  /** One sync at a time; what is appended meanwhile shares the next. */
  private syncSoon(): void {
    if (this.syncing) return;
    this.syncing = true;
    this.syncAll().catch((error) => this.resign(error)).finally(() => {
      this.syncing = false;
      const missed = this.isLeader && this.committedOffset < this.log.logEndOffset;
      if (missed) this.syncSoon();
    });
  }

  private async syncAll(): Promise<void> {
    // A turn's appends go to the device together.
    await Promise.resolve();
    while (this.committedOffset < this.log.logEndOffset) {
      const end = this.log.logEndOffset;
      this.log.flush();
      await this.log.sync();
      this.commitUpTo(end);
    }
  }

  private commitUpTo(endOffset: number): void {
    this.committedOffset = endOffset;
    this.log.raiseHighWatermark(endOffset);
    while (this.uncommitted.length > 0 && this.uncommitted[0].lastOffset < endOffset) {
      const batch = this.uncommitted.shift()!;
      for (const listener of this.listeners) listener.handleCommit(batch);
    }
    const done = this.waiters.filter(({ offset }) => offset < endOffset);
    this.waiters = this.waiters.filter(({ offset }) => offset >= endOffset);
    for (const { resolve } of done) resolve();
  }

  /** Gives up leading: the device no longer takes what this node would have to promise. */
  private resign(error: unknown): void {
    this.options.logger.error("metadata log cannot be written; resigning", {
      error: String(error),
    });
    this.isLeader = false;
    const { waiters } = this;
    this.waiters = [];
    for (const { reject } of waiters) reject(error);
    for (const listener of this.listeners) listener.handleLeaderChange(this.leaderAndEpoch);
  }

  /** What DescribeQuorum (55) tells of voters and observers. */
  describe(): { voters: ReplicaProgress[]; observers: ReplicaProgress[] } {
    const now = this.options.clock.now();
    const { nodeId, directoryId } = this.options;
    const self = {
      replicaId: nodeId,
      directoryId,
      logEndOffset: this.log.logEndOffset,
      lastFetchMs: now,
      lastCaughtUpMs: now,
    };
    return { voters: [self], observers: [] };
  }

  /** Closes the log in order. */
  async close(): Promise<void> {
    this.isLeader = false;
    await this.log.close();
  }

  /** Lets go without writing: what a crash would do, for tests. */
  abandon(): void {
    this.log.abandon();
  }
}

function committedBatch(batch: BatchView): CommittedBatch {
  return {
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    epoch: batch.leaderEpoch,
    values: readRecords(batch).map(({ value }) => value!),
  };
}
