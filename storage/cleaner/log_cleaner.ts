/**
 * Compacts a node's logs, the dirtiest first, one after the other (`LogCleaner` in Kafka): chooses on
 * the event loop, has the work done by a `CleaningRunner`, and puts what comes back in its place.
 *
 * How far a log is compacted stands in its directory's `cleaner-offset-checkpoint`. A log whose
 * records are damaged is left alone until the node is started anew, or the partition is.
 */
import type { Clock, Timer } from "../../lib/clock.ts";
import { errorCodeOf } from "../../lib/files.ts";
import type { LogOutput } from "../../lib/log_output.ts";
import type { PartitionLog } from "../log.ts";
import type { LogDirectory } from "../log_directory.ts";
import type { Segment } from "../segment.ts";
import { type CleanableRange, cleanableRange, needsCleaning } from "./cleanable.ts";
import type { CleanerSettings } from "./cleaner_settings.ts";
import {
  type Cleaning,
  CleaningAbortedError,
  type CleaningJob,
  type CleaningResult,
  type CleaningRunner,
} from "./cleaning.ts";

/** Who does the work of a cleaner, and how. */
export interface CleanerOptions {
  readonly runner: CleaningRunner;
  /** Read anew for each log. */
  readonly settings: () => CleanerSettings;
}

/** What a cleaner knows of the logs. */
export interface CleanerContext {
  readonly clock: Clock;
  readonly logger: LogOutput;
  readonly logs: () => Iterable<PartitionLog>;
  readonly directoryOf: (log: PartitionLog) => LogDirectory | undefined;
  /** Deletes what a log's retention no longer keeps. */
  readonly enforceRetention: (log: PartitionLog) => void;
  readonly onDiskFailure: (directory: LogDirectory, error: Error) => void;
}

/** A log that is to be compacted. */
interface Target {
  readonly log: PartitionLog;
  readonly directory: LogDirectory;
  readonly range: CleanableRange;
}

interface UnderWay extends Target {
  /** The segments that were given away and have not been replaced, by base offset. */
  readonly segments: Map<number, Segment>;
  readonly cleaning: Cleaning;
  /** The log is gone, or not to be compacted any more: what comes is not taken over. */
  isUnwanted: boolean;
}

export class LogCleaner {
  private underWay: UnderWay | null = null;
  /** Fulfils once the pass that is under way has ended. */
  private pass: Promise<void> = Promise.resolve();
  private timer: Timer | null = null;
  private stopped = false;
  private settings: CleanerSettings;
  private readonly uncleanable = new WeakSet<PartitionLog>();

  constructor(private readonly options: CleanerOptions, private readonly context: CleanerContext) {
    this.settings = options.settings();
  }

  /** Looks for logs to compact from now on. */
  start(): void {
    this.wait();
  }

  private wait(): void {
    if (this.stopped) return;
    this.timer = this.context.clock.schedule(this.settings.backoffMs, () => this.begin());
  }

  private begin(): void {
    this.timer = null;
    this.pass = this.cleanAll();
  }

  /** New settings hold at once: what is under way begins anew with them. */
  reconfigure(): void {
    const settings = this.options.settings();
    if (JSON.stringify(settings) === JSON.stringify(this.settings)) return;
    this.settings = settings;
    this.underWay?.cleaning.abort();
    if (this.timer === null) return;
    this.timer.cancel();
    this.wait();
  }

  /** The log is deleted or goes to another place: nothing of it is touched any more. */
  forget(log: PartitionLog): void {
    if (this.underWay?.log === log) this.giveUp();
  }

  private giveUp(): void {
    if (this.underWay === null) return;
    this.underWay.isUnwanted = true;
    this.underWay.cleaning.abort();
  }

  /** Ends what is under way, and begins nothing any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    this.underWay?.cleaning.abort();
    await this.pass;
    this.options.runner.close();
  }

  /** Lets go of everything at once, as a crash would. */
  abandon(): void {
    this.stopped = true;
    this.timer?.cancel();
    this.giveUp();
    this.options.runner.close();
  }

  /** Compacts one log after the other until none is dirty enough. */
  private async cleanAll(): Promise<void> {
    for (let cleaned = true; cleaned && !this.stopped;) {
      const target = this.chooseDirtiest();
      cleaned = target !== null && await this.clean(target);
      if (!this.stopped) this.deleteOld();
    }
    this.wait();
  }

  private chooseDirtiest(): Target | null {
    let dirtiest: Target | null = null;
    for (const log of this.context.logs()) {
      const target = this.targetOf(log);
      if (target === null) continue;
      const isDirtier = dirtiest === null || target.range.dirtyRatio > dirtiest.range.dirtyRatio;
      if (isDirtier) dirtiest = target;
    }
    return dirtiest;
  }

  /** What is to be compacted of a log, or null. */
  private targetOf(log: PartitionLog): Target | null {
    const { clock, logger, directoryOf } = this.context;
    const directory = directoryOf(log);
    if (!log.config.compact || log.isOffline || this.uncleanable.has(log)) return null;
    if (directory === undefined || directory.isOffline) return null;
    try {
      const range = cleanableRange(log, directory.cleanedOffset(log), clock.now());
      const { checkpointProblem, firstDirtyOffset } = range;
      if (checkpointProblem !== null) {
        // Retention moves the start of a log past what is compacted; that is no problem.
        const level = log.config.delete ? "debug" : "warn";
        logger[level](`the log is compacted from its start: ${checkpointProblem}`, {
          log: log.name,
        });
        directory.noteCleaned(log, firstDirtyOffset);
      }
      return needsCleaning(range, log.config) ? { log, directory, range } : null;
    } catch (error) {
      this.noteFailure(log, directory, error);
      return null;
    }
  }

  /** A disk that fails is no longer used; a log that cannot be read is left alone. */
  private noteFailure(log: PartitionLog, directory: LogDirectory, error: unknown): void {
    if (errorCodeOf(error) !== "") return this.context.onDiskFailure(directory, error as Error);
    this.uncleanable.add(log);
    this.context.logger.error("log cannot be compacted; it is left alone until a restart", {
      log: log.name,
      directory: log.directory,
      error: error instanceof Error ? error.message : String(error),
    });
  }

  /** Compacts a log. Returns whether that got anywhere. */
  private async clean(target: Target): Promise<boolean> {
    const { log, directory, range } = target;
    this.settings = this.options.settings();
    const segments = new Map(log.closedSegments.map((segment) => [segment.baseOffset, segment]));
    const onCleaned = (replaced: readonly number[]) => this.takeOver(replaced);
    try {
      const cleaning = this.options.runner.run(this.jobOf(target), onCleaned);
      this.underWay = { ...target, segments, cleaning, isUnwanted: false };
      const result = await cleaning.done;
      if (this.underWay.isUnwanted || log.isOffline) return false;
      directory.noteCleaned(log, result.endOffset);
      this.announce(target, result);
      return result.endOffset > range.firstDirtyOffset;
    } catch (error) {
      if (error instanceof CleaningAbortedError) return this.underWay?.isUnwanted !== true;
      if (!this.isOvertaken(log)) this.noteFailure(log, directory, error);
      return false;
    } finally {
      this.underWay = null;
    }
  }

  private jobOf({ log, range }: Target): CleaningJob {
    const { config, closedSegments, activeSegmentOffset } = log;
    const { firstDirtyOffset, firstUncleanableOffset } = range;
    const isSource = ({ baseOffset }: Segment) => baseOffset < firstUncleanableOffset;
    const later = closedSegments.filter((segment) => !isSource(segment));
    return {
      directory: log.directory,
      segments: closedSegments.filter(isSource)
        .map(({ baseOffset, size }) => ({ baseOffset, size })),
      laterBaseOffsets: [...later.map(({ baseOffset }) => baseOffset), activeSegmentOffset],
      logStartOffset: log.logStartOffset,
      firstDirtyOffset,
      firstUncleanableOffset,
      producers: [...log.producerState.entries].map(([producerId, { epoch, batches }]) => ({
        producerId,
        producerEpoch: epoch,
        lastDataOffset: batches.at(-1)?.lastOffset ?? -1,
      })),
      nowMs: this.context.clock.now(),
      deleteRetentionMs: config.deleteRetentionMs,
      segmentBytes: config.segmentBytes,
      segmentIndexBytes: config.segmentIndexBytes,
      indexIntervalBytes: config.indexIntervalBytes,
      compressionLevels: config.compressionLevels,
      settings: this.settings,
    };
  }

  /** Puts what was written in the place of the segments with these base offsets. */
  private takeOver(replaced: readonly number[]): void {
    const { underWay } = this;
    if (underWay === null || underWay.isUnwanted) return;
    const { log, segments } = underWay;
    try {
      if (log.replaceSegments(replaced.map((baseOffset) => segments.get(baseOffset)!))) {
        for (const baseOffset of replaced) segments.delete(baseOffset);
      } else this.giveUp(); // Deleted meanwhile, perhaps; the rest comes with the next pass.
    } catch {
      this.giveUp(); // The log is offline now, and has said why.
    }
  }

  /** Whether what is under way could only fail: what it reads is not there any more. */
  private isOvertaken(log: PartitionLog): boolean {
    if (this.underWay === null || log.isOffline) return log.isOffline;
    const present = new Set(log.closedSegments);
    const isMissing = (segment: Segment) => !present.has(segment);
    return this.underWay.isUnwanted || [...this.underWay.segments.values()].some(isMissing);
  }

  private announce({ log, range }: Target, result: CleaningResult): void {
    const { logger } = this.context;
    logger.info("log compacted", {
      log: log.name,
      from: range.firstDirtyOffset,
      to: result.endOffset,
      bytesBefore: result.bytesRead,
      bytesAfter: result.bytesWritten,
      recordsBefore: result.recordsRead,
      recordsAfter: result.recordsWritten,
      mapUtilization: Number(result.mapUtilization.toFixed(3)),
      ms: Math.round(result.elapsedMs),
    });
    if (result.recordsWithoutKey === 0) return;
    logger.warn("records without a key were dropped from a compacted log", {
      log: log.name,
      records: result.recordsWithoutKey,
    });
  }

  /** Retention of compacted logs, which must not come in the way of their compaction. */
  private deleteOld(): void {
    for (const log of this.context.logs()) {
      if (log.config.compact && !this.uncleanable.has(log)) this.context.enforceRetention(log);
    }
  }
}
