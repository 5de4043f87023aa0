/**
 * One of the folders in `log.dirs`: locked while it is in use, with its own id and its checkpoints.
 */
import { type DiskSpace, type FileSystem, joinPath } from "../lib/files.ts";
import type { FileLock } from "../lib/file_lock.ts";
import {
  CLEANER_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  LOG_START_CHECKPOINT,
  type OffsetsByPartition,
  readCleanShutdown,
  readOffsetCheckpoint,
  RECOVERY_POINT_CHECKPOINT,
  removeCleanShutdown,
  writeCleanShutdown,
  writeOffsetCheckpoint,
} from "./files_format.ts";
import type { PartitionLog } from "./log.ts";
import type { MetaProperties } from "./meta_properties.ts";
import {
  CLUSTER_METADATA_TOPIC,
  partitionDirectoryName,
  type TopicPartition,
} from "./topic_partition.ts";

/** The file whose lock says that a process uses the folder. */
const LOCK_FILE = ".lock";

/** A folder cannot be used: in use by another process, or another node's or cluster's. */
export class DirectoryUnusableError extends Error {
  override name = "DirectoryUnusableError";
}

/** Locks a folder. Throws `DirectoryUnusableError` where another process holds it. */
export function lockDirectory(
  files: FileSystem,
  lock: (path: string) => FileLock | null,
  path: string,
): FileLock {
  files.makeDirectory(path);
  const held = lock(joinPath(path, LOCK_FILE));
  if (held !== null) return held;
  throw new DirectoryUnusableError(
    `log.dirs: ${path} is in use by another process; stop it, or choose another folder`,
  );
}

/** Partition folders of a log directory, by name; those on their way to deletion left out. */
export function partitionFolders(files: FileSystem, path: string): string[] {
  return files.list(path)
    .filter(({ name, isDirectory }) =>
      isDirectory && /^.+-\d+$/.test(name) && !name.startsWith(`${CLUSTER_METADATA_TOPIC}-`)
    )
    .map(({ name }) => name);
}

/** What a folder's checkpoints said when it was opened, of logs that are not open yet. */
export interface DirectoryState {
  readonly clean: boolean;
  /** The broker's epoch at the last orderly stop, or -1. */
  readonly brokerEpoch: number;
  readonly logStartOffsets: OffsetsByPartition;
  readonly recoveryPoints: OffsetsByPartition;
  readonly highWatermarks: OffsetsByPartition;
  /** Up to where logs are compacted, those that are open included. */
  readonly cleanedOffsets: OffsetsByPartition;
}

export class LogDirectory {
  readonly state: DirectoryState;
  private failure: Error | null = null;

  constructor(
    private readonly files: FileSystem,
    readonly path: string,
    readonly properties: MetaProperties,
    private readonly lock: FileLock,
  ) {
    const { clean, brokerEpoch } = readCleanShutdown(files, path);
    this.state = {
      clean,
      brokerEpoch,
      logStartOffsets: readOffsetCheckpoint(files, joinPath(path, LOG_START_CHECKPOINT)),
      recoveryPoints: readOffsetCheckpoint(files, joinPath(path, RECOVERY_POINT_CHECKPOINT)),
      highWatermarks: readOffsetCheckpoint(files, joinPath(path, HIGH_WATERMARK_CHECKPOINT)),
      cleanedOffsets: readOffsetCheckpoint(files, joinPath(path, CLEANER_CHECKPOINT)),
    };
  }

  /** The folder's own id (KIP-858). */
  get id(): string {
    return this.properties.directoryId ?? "";
  }

  /** The folder from the root of the file system, as clients are told it. */
  get absolutePath(): string {
    return this.files.absolutePath(this.path);
  }

  /** The room of the disk that the folder lies on. */
  space(): DiskSpace {
    return this.files.space(this.path);
  }

  get isOffline(): boolean {
    return this.failure !== null;
  }

  /** Takes the folder out of use after its disk failed. */
  fail(error: Error): void {
    this.failure ??= error;
  }

  /** From now on a crash is an unclean stop. */
  markInUse(): void {
    removeCleanShutdown(this.files, this.path);
    const cleaner = joinPath(this.path, CLEANER_CHECKPOINT);
    if (!this.files.exists(cleaner)) writeOffsetCheckpoint(this.files, cleaner, []);
  }

  /** Up to where each log is known to be on the device. */
  checkpointRecoveryPoints(logs: readonly PartitionLog[]): void {
    const { recoveryPoints } = this.state;
    this.write(RECOVERY_POINT_CHECKPOINT, logs, (log) => log.recoveryPoint, recoveryPoints);
  }

  /** Where logs begin that do not begin with their first segment. */
  checkpointLogStarts(logs: readonly PartitionLog[]): void {
    const start = (log: PartitionLog) =>
      log.logStartOffset > log.firstSegmentOffset ? log.logStartOffset : null;
    this.write(LOG_START_CHECKPOINT, logs, start, this.state.logStartOffsets);
  }

  checkpointHighWatermarks(logs: readonly PartitionLog[]): void {
    const { highWatermarks } = this.state;
    this.write(HIGH_WATERMARK_CHECKPOINT, logs, (log) => log.highWatermark, highWatermarks);
  }

  /** Up to where a log is compacted; undefined where it never was. */
  cleanedOffset(log: PartitionLog): number | undefined {
    return this.state.cleanedOffsets.get(log.name)?.offset;
  }

  /** Notes that a log is compacted up to `offset`. */
  noteCleaned(log: PartitionLog, offset: number): void {
    this.state.cleanedOffsets.set(log.name, { partition: log.partition, offset });
    this.checkpointCleaned();
  }

  /** A partition of this name begins anew: it is not compacted. */
  forgetCleaned(name: string): void {
    if (this.state.cleanedOffsets.delete(name)) this.checkpointCleaned();
  }

  /** Up to where each log that is there is compacted. */
  checkpointCleaned(): void {
    const { cleanedOffsets } = this.state;
    for (const name of [...cleanedOffsets.keys()]) {
      if (!this.files.exists(joinPath(this.path, name))) cleanedOffsets.delete(name);
    }
    const path = joinPath(this.path, CLEANER_CHECKPOINT);
    writeOffsetCheckpoint(this.files, path, cleanedOffsets.values());
  }

  /**
   * Writes a checkpoint: what `offsetOf` says of each log, and what `unopened` says of those that are
   * there but could not be opened. Drops from the latter what is open or gone.
   */
  private write(
    file: string,
    logs: readonly PartitionLog[],
    offsetOf: (log: PartitionLog) => number | null,
    unopened: OffsetsByPartition,
  ): void {
    const offsets: { partition: TopicPartition; offset: number }[] = [];
    for (const log of logs) {
      unopened.delete(log.name);
      const offset = offsetOf(log);
      if (offset !== null) offsets.push({ partition: log.partition, offset });
    }
    for (const [name, known] of unopened) {
      if (this.files.exists(joinPath(this.path, name))) offsets.push(known);
      else unopened.delete(name);
    }
    writeOffsetCheckpoint(this.files, joinPath(this.path, file), offsets);
  }

  /** Notes an orderly stop; all logs must be closed. */
  markClean(brokerEpoch: number): void {
    writeCleanShutdown(this.files, this.path, brokerEpoch);
  }

  release(): void {
    this.lock.release();
  }
}

/** The folder of a partition within a log directory. */
export function partitionPath(directory: LogDirectory, log: PartitionLog["partition"]): string {
  return joinPath(directory.path, partitionDirectoryName(log));
}
