/**
 * All logs of a node: where they lie, writing what a turn of the event loop appended, checkpoints,
 * and closing in order.
 */
import type { Clock, Timer } from "../lib/clock.ts";
import { every } from "../lib/clock.ts";
import { type CleanerOptions, LogCleaner } from "./cleaner/log_cleaner.ts";
import type { FileSystem } from "../lib/files.ts";
import { joinPath } from "../lib/files.ts";
import type { LogOutput } from "../lib/log_output.ts";
import type { Random } from "../lib/random.ts";
import { randomUuidBytes } from "../lib/uuid.ts";
import { KafkaError } from "../protocol/errors.ts";
import {
  MalformedFileError,
  type OffsetsByPartition,
  readPartitionMetadata,
} from "./files_format.ts";
import { type LogEnvironment, PartitionLog } from "./log.ts";
import type { LogConfig } from "./log_config.ts";
import { type LogDirectory, partitionFolders, partitionPath } from "./log_directory.ts";
import { loadLog } from "./log_loader.ts";
import { OpenFiles } from "./open_files.ts";
import { TailCache } from "./tail.ts";
import { partitionDirectoryName, type TopicPartition } from "./topic_partition.ts";

/** How many bytes all memory tails together may hold. */
export const TAIL_BYTES_MAX = 64 * 1024 * 1024;

/** How many logs are forced to the device at one time when all are closed. */
const CLOSING_LOGS_MAX = 8;

/** What file systems take as a name. */
const FILE_NAME_LENGTH_MAX = 255;

export interface LogManagerOptions {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly directories: readonly LogDirectory[];
  readonly logger: LogOutput;
  /** Runs something at the end of the present turn of the event loop. */
  readonly defer: (run: () => void) => void;
  /** How many segment files may be open at one time. */
  readonly openFilesMax: number;
  readonly checkpointIntervalMs: number;
  readonly startCheckpointIntervalMs: number;
  readonly highWatermarkIntervalMs: number;
  readonly producerExpiryIntervalMs: number;
  /** How often is looked for logs that have waited for `flush.ms`, in milliseconds. */
  readonly flushCheckIntervalMs: number;
  readonly retentionCheckIntervalMs: number;
  /** How long after the start retention is enforced for the first time, in milliseconds. */
  readonly initialTaskDelayMs: number;
  /** Null where nothing is compacted (`log.cleaner.enable`). */
  readonly cleaner: CleanerOptions | null;
}

export class LogManager {
  private readonly logs = new Map<string, PartitionLog>();
  private readonly directoryOf = new Map<PartitionLog, LogDirectory>();
  private readonly logCounts = new Map<LogDirectory, number>();
  private readonly environment: LogEnvironment;
  private dirty = new Set<PartitionLog>();
  private afterFlush: (() => void)[] = [];
  private flushScheduled = false;
  private timers: Timer[] = [];
  private readonly cleaner: LogCleaner | null;
  /** Logs that were deleted but whose folders are still there, and what removes them. */
  private readonly doomed = new Map<PartitionLog, Timer>();
  /** Directories whose checkpoints know partitions that were deleted in this turn. */
  private readonly outdated = new Set<LogDirectory>();
  /** Logs that are on their way to the device, and whether they have to go there again. */
  private readonly syncing = new Map<PartitionLog, { again: boolean }>();
  /** Called for each log once what was appended up to `endOffset` is as safe as it has to be. */
  onFlushed: (log: PartitionLog, endOffset: number) => void = () => {};
  /** Called when a disk fails under a log. */
  onOffline: (log: PartitionLog) => void = () => {};

  constructor(private readonly options: LogManagerOptions) {
    const { files, clock, random } = options;
    this.environment = {
      files,
      openFiles: new OpenFiles(files, options.openFilesMax),
      clock,
      random,
      tail: new TailCache(TAIL_BYTES_MAX),
      onDirty: (log) => this.markDirty(log),
      onFailure: (log, error) => this.logFailed(log, error),
    };
    this.cleaner = options.cleaner === null ? null : new LogCleaner(options.cleaner, {
      clock,
      logger: options.logger,
      logs: () => this.logs.values(),
      directoryOf: (log) => this.directoryOf.get(log),
      enforceRetention: (log) => this.enforceRetentionOf(log),
      onDiskFailure: (directory, error) => this.directoryFailed(directory, error),
    });
  }

  /** What single logs outside of this manager (the metadata log) share with it. */
  get logEnvironment(): LogEnvironment {
    return this.environment;
  }

  get all(): IterableIterator<PartitionLog> {
    return this.logs.values();
  }

  get(partition: TopicPartition): PartitionLog | undefined {
    return this.logs.get(partitionDirectoryName(partition));
  }

  get directories(): readonly LogDirectory[] {
    return this.options.directories;
  }

  private markDirty(log: PartitionLog): void {
    this.dirty.add(log);
    this.scheduleFlush();
  }

  private scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    this.options.defer(() => this.flushTurn());
  }

  /** Runs `then` once everything that was appended in this turn is on file. */
  whenFlushed(then: () => void): void {
    this.afterFlush.push(then);
    this.scheduleFlush();
  }

  /** One write per log for all that this turn appended; then whoever waits for it. */
  private flushTurn(): void {
    this.flushScheduled = false;
    const { dirty, afterFlush } = this;
    this.dirty = new Set();
    this.afterFlush = [];
    for (const log of dirty) {
      if (log.isOffline) continue;
      try {
        log.flush();
      } catch (error) {
        // The log is offline now and says so to everyone who asks; the others go on.
        this.options.logger.error("log flush failed", { log: log.name, error: String(error) });
        continue;
      }
      if (log.mustSync) this.syncNow(log);
      else this.onFlushed(log, log.logEndOffset);
    }
    for (const then of afterFlush) then();
  }

  /** Forces a log to the device, off the event loop; what comes meanwhile shares the next time. */
  private syncNow(log: PartitionLog): void {
    const underWay = this.syncing.get(log);
    if (underWay !== undefined) {
      underWay.again = true;
      return;
    }
    const state = { again: false };
    this.syncing.set(log, state);
    const end = log.logEndOffset;
    log.sync().then(() => this.onFlushed(log, end), (error) => {
      this.options.logger.error("log sync failed", { log: log.name, error: String(error) });
    }).finally(() => {
      this.syncing.delete(log);
      if (state.again && !log.isOffline) this.syncNow(log);
    });
  }

  /** Forces to the device what has waited for it long enough (`flush.ms`). */
  private syncDue(): void {
    for (const log of this.logs.values()) if (log.isSyncDue && !log.isOffline) this.syncNow(log);
  }

  private logFailed(log: PartitionLog, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.options.logger.error("log is offline after a disk error; restart once it is mended", {
      log: log.name,
      directory: log.directory,
      error: why,
    });
    this.onOffline(log);
  }

  /** Partition folders that are there, with the directory that holds each. */
  folders(): Map<string, LogDirectory> {
    const found = new Map<string, LogDirectory>();
    for (const directory of this.options.directories) {
      for (const name of partitionFolders(this.options.files, directory.path)) {
        found.set(name, directory);
      }
    }
    return found;
  }

  /** Whether a partition's folder does not say that it is another topic's. */
  mayBelongTo(directory: LogDirectory, name: string, topicId: string): boolean {
    try {
      const recorded = readPartitionMetadata(this.options.files, joinPath(directory.path, name));
      return recorded === null || recorded === topicId;
    } catch (error) {
      if (!(error instanceof MalformedFileError)) throw error;
      return true; // Opening the log says what is wrong with it.
    }
  }

  /** Renames a folder that no partition claims, so that its data stays. Returns its new name. */
  putAside(directory: LogDirectory, name: string): string {
    const kept = this.uniqueName(name, "stray");
    this.options.files.rename(joinPath(directory.path, name), joinPath(directory.path, kept));
    return kept;
  }

  /** `TOPIC-N.UUID-SUFFIX`, the topic cut so that the whole stays a valid file name. */
  private uniqueName(name: string, suffix: "delete" | "stray"): string {
    const dash = name.lastIndexOf("-");
    const unique = `.${randomUuidBytes(this.options.random).toHex()}-${suffix}`;
    const end = name.slice(dash) + unique;
    return name.slice(0, Math.min(dash, FILE_NAME_LENGTH_MAX - end.length)) + end;
  }

  /** The id of the directory that a log lies in. */
  directoryIdOf(log: PartitionLog): string {
    return this.directoryOf.get(log)?.id ?? "";
  }

  /**
   * Opens a partition's log, where it lies or, a new one, in the directory with the fewest.
   * Throws KAFKA_STORAGE_ERROR where no directory is online, `MalformedFileError` as `loadLog` does.
   */
  open(
    partition: TopicPartition,
    topicId: string,
    config: LogConfig,
    directory = this.leastUsedDirectory(),
  ): PartitionLog {
    const name = partitionDirectoryName(partition);
    const { state } = directory;
    const path = partitionPath(directory, partition);
    // Checkpoints may still know an earlier partition of this name; a new one begins at 0.
    const isThere = this.options.files.exists(path);
    if (!isThere) directory.forgetCleaned(name);
    const known = (offsets: OffsetsByPartition) => isThere ? offsets.get(name)?.offset ?? 0 : 0;
    const log = loadLog(this.environment, {
      partition,
      directory: path,
      topicId,
      config,
      clean: state.clean,
      logStartOffset: known(state.logStartOffsets),
      recoveryPoint: known(state.recoveryPoints),
      highWatermark: known(state.highWatermarks),
      report: (message) => this.options.logger.warn(`recovery: ${message}`, { log: name }),
    });
    this.logs.set(name, log);
    this.directoryOf.set(log, directory);
    this.logCounts.set(directory, this.countIn(directory) + 1);
    return log;
  }

  private leastUsedDirectory(): LogDirectory {
    const online = this.options.directories.filter(({ isOffline }) => !isOffline);
    if (online.length === 0) {
      throw new KafkaError("KAFKA_STORAGE_ERROR", "No log directory is online");
    }
    return online.reduce((best, each) => this.countIn(each) < this.countIn(best) ? each : best);
  }

  private countIn(directory: LogDirectory): number {
    return this.logCounts.get(directory) ?? 0;
  }

  /** The logs that lie in a directory. */
  logsIn(directory: LogDirectory): PartitionLog[] {
    return [...this.logs.values()].filter((log) => this.directoryOf.get(log) === directory);
  }

  /** Gives up a partition: its folder is renamed at once and removed a little later. */
  delete(partition: TopicPartition): void {
    const name = partitionDirectoryName(partition);
    const log = this.logs.get(name);
    const directory = log === undefined ? undefined : this.directoryOf.get(log);
    if (log === undefined || directory === undefined) return;
    this.logs.delete(name);
    this.directoryOf.delete(log);
    this.logCounts.set(directory, this.countIn(directory) - 1);
    this.dirty.delete(log);
    this.cleaner?.forget(log);
    const { files, clock } = this.options;
    const doomed = joinPath(directory.path, this.uniqueName(name, "delete"));
    log.retire();
    this.tolerate(directory, () => files.rename(log.directory, doomed));
    const timer = clock.schedule(log.config.fileDeleteDelayMs, () => {
      this.doomed.delete(log);
      log.abandon();
      files.removeInBackground(doomed).catch((error) => this.directoryFailed(directory, error));
    });
    this.doomed.set(log, timer);
    if (this.outdated.size === 0) this.whenFlushed(() => this.forgetDeleted());
    this.outdated.add(directory);
  }

  /** A partition that gets the name of a deleted one must find none of its offsets after a crash. */
  private forgetDeleted(): void {
    for (const directory of this.outdated) {
      this.tolerate(directory, () => this.checkpointAll(directory));
    }
    this.outdated.clear();
  }

  /** Lets go of logs whose folders the next start removes. */
  private abandonDoomed(): void {
    for (const [log, timer] of this.doomed) {
      timer.cancel();
      log.abandon();
    }
    this.doomed.clear();
  }

  /** Removes what earlier runs had given up but not removed. */
  removeDeletedFolders(): void {
    const { files } = this.options;
    for (const { path } of this.options.directories) {
      for (const { name, isDirectory } of files.list(path)) {
        if (isDirectory && name.endsWith("-delete")) files.remove(joinPath(path, name));
      }
    }
  }

  /** Begins the periodic work. */
  start(): void {
    const { clock, directories, flushCheckIntervalMs } = this.options;
    const { initialTaskDelayMs, retentionCheckIntervalMs } = this.options;
    for (const directory of directories) directory.markInUse();
    const inEach = (run: (directory: LogDirectory) => void) => () => {
      for (const directory of directories) this.tolerate(directory, () => run(directory));
    };
    this.timers = [
      every(clock, this.options.checkpointIntervalMs, inEach((d) => this.checkpointPoints(d))),
      every(clock, this.options.startCheckpointIntervalMs, inEach((d) => this.checkpointStarts(d))),
      every(clock, this.options.highWatermarkIntervalMs, inEach((d) => this.checkpointMarks(d))),
      every(clock, this.options.producerExpiryIntervalMs, () => {
        for (const log of this.logs.values()) log.expireProducers();
      }),
      every(clock, flushCheckIntervalMs, () => this.syncDue()),
      clock.schedule(initialTaskDelayMs, () => {
        this.enforceRetention();
        this.timers.push(every(clock, retentionCheckIntervalMs, () => this.enforceRetention()));
      }),
    ];
    inEach((directory) => this.checkpointAll(directory))();
    this.cleaner?.start();
  }

  /** The broker's settings of the cleaner have changed. */
  reconfigureCleaner(): void {
    this.cleaner?.reconfigure();
  }

  /** Deletes what the logs no longer keep; that of compacted ones is deleted by their cleaner. */
  private enforceRetention(): void {
    for (const log of this.logs.values()) if (!log.config.compact) this.enforceRetentionOf(log);
  }

  /** A log whose disk fails goes offline, the others go on. */
  private enforceRetentionOf(log: PartitionLog): void {
    if (log.isOffline) return;
    try {
      const expired = log.enforceRetention();
      if (expired === null) return;
      this.options.logger.info("old segments deleted", {
        log: log.name,
        segments: expired.count,
        because: expired.reason,
        logStartOffset: log.logStartOffset,
      });
    } catch (error) {
      this.options.logger.error("retention failed", { log: log.name, error: String(error) });
    }
  }

  private checkpointPoints(directory: LogDirectory): void {
    directory.checkpointRecoveryPoints(this.logsIn(directory));
  }

  private checkpointStarts(directory: LogDirectory): void {
    directory.checkpointLogStarts(this.logsIn(directory));
  }

  private checkpointMarks(directory: LogDirectory): void {
    directory.checkpointHighWatermarks(this.logsIn(directory));
  }

  private checkpointAll(directory: LogDirectory): void {
    this.checkpointPoints(directory);
    this.checkpointStarts(directory);
    this.checkpointMarks(directory);
    directory.checkpointCleaned();
  }

  /** Runs periodic work; a disk that fails meanwhile takes its directory out of use. */
  private tolerate(directory: LogDirectory, run: () => void): void {
    if (directory.isOffline) return;
    try {
      run();
    } catch (error) {
      this.directoryFailed(directory, error as Error);
    }
  }

  private directoryFailed(directory: LogDirectory, error: Error): void {
    directory.fail(error);
    this.options.logger.error("log directory is offline after a disk error", {
      directory: directory.path,
      error: error.message,
    });
  }

  /** Closes all logs in order and notes that the folders are clean. */
  async close(brokerEpoch: number): Promise<void> {
    await this.cleaner?.stop();
    for (const timer of this.timers) timer.cancel();
    this.abandonDoomed();
    this.flushTurn();
    const logs = this.logs.values();
    await Promise.all(Array.from({ length: CLOSING_LOGS_MAX }, () => this.closeEach(logs)));
    for (const directory of this.options.directories) {
      const isWhole = this.logsIn(directory).every((log) => !log.isOffline);
      if (isWhole) {
        this.tolerate(directory, () => {
          this.checkpointAll(directory);
          directory.markClean(brokerEpoch);
        });
      }
      directory.release();
    }
  }

  /** Closes one log after the other; several of these share `logs`. */
  private async closeEach(logs: Iterator<PartitionLog>): Promise<void> {
    for (let next = logs.next(); !next.done; next = logs.next()) {
      try {
        await next.value.close();
      } catch (error) {
        this.options.logger.error("log could not be closed", {
          log: next.value.name,
          error: String(error),
        });
      }
    }
  }

  /** Lets go of everything without writing: what a crash would do, for tests. */
  abandon(): void {
    this.cleaner?.abandon();
    for (const timer of this.timers) timer.cancel();
    this.abandonDoomed();
    this.dirty.clear();
    this.afterFlush = [];
    for (const log of this.logs.values()) log.abandon();
    for (const directory of this.options.directories) directory.release();
  }
}
