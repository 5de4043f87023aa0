/**
 * Which logs can be compacted, how far, and which is the dirtiest (`LogCleanerManager` and
 * `LogToClean` in Kafka).
 */
import type { LogConfig } from "../log_config.ts";

/** What is looked at in a segment that is not written any more. */
export interface ClosedSegment {
  readonly baseOffset: number;
  readonly size: number;
  /** The largest timestamp of its records; without any, when its file was last written. */
  readonly retentionTimeMs: number;
  /** The largest timestamp of its first batch; -1 for none. */
  readonly firstBatchTimestamp: number;
}

/** What is looked at in a log. */
export interface CleanableLog<S extends ClosedSegment = ClosedSegment> {
  readonly config: LogConfig;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly lastStableOffset: number;
  readonly activeSegmentOffset: number;
  /** All but the active one, ascending. */
  readonly closedSegments: readonly S[];
}

/** The part of a log that is dirty and can be cleaned. */
export interface CleanableRange {
  readonly firstDirtyOffset: number;
  readonly firstUncleanableOffset: number;
  readonly cleanableBytes: number;
  /** The dirty share of what would be read, from 0 to 1. */
  readonly dirtyRatio: number;
  /** Whether `max.compaction.lag.ms` has passed for something dirty. */
  readonly isOverdue: boolean;
  /** What was wrong with the offset from the checkpoint, or null. */
  readonly checkpointProblem: string | null;
}

/** The segments from the one that holds `offset` on. */
function segmentsFrom<S extends ClosedSegment>(log: CleanableLog<S>, offset: number): readonly S[] {
  const { closedSegments, activeSegmentOffset } = log;
  return closedSegments.filter((_, i) =>
    (closedSegments[i + 1]?.baseOffset ?? activeSegmentOffset) > offset
  );
}

function sizeOf(segments: readonly ClosedSegment[]): number {
  return segments.reduce((sum, { size }) => sum + size, 0);
}

/** Where cleaning begins: what the checkpoint says, if that can be. */
function firstDirtyOffset(
  { logStartOffset, logEndOffset }: CleanableLog,
  cleanedOffset: number,
): { offset: number; problem: string | null } {
  if (cleanedOffset < logStartOffset) {
    const problem = `compacted up to ${cleanedOffset}, before the log's start ${logStartOffset}`;
    return { offset: logStartOffset, problem };
  }
  if (cleanedOffset > logEndOffset) {
    const problem = `compacted up to ${cleanedOffset}, beyond the log's end ${logEndOffset}`;
    return { offset: logStartOffset, problem };
  }
  return { offset: cleanedOffset, problem: null };
}

/** The part of a log to be cleaned; `cleanedOffset` is what the checkpoint says, if anything. */
export function cleanableRange(
  log: CleanableLog,
  cleanedOffset: number | undefined,
  nowMs: number,
): CleanableRange {
  const { config, activeSegmentOffset, lastStableOffset } = log;
  const dirty = firstDirtyOffset(log, cleanedOffset ?? log.logStartOffset);
  const dirtySegments = segmentsFrom(log, dirty.offset);
  const { minCompactionLagMs } = config;
  const tooYoung = minCompactionLagMs <= 0
    ? undefined
    : dirtySegments.find(({ retentionTimeMs }) => retentionTimeMs > nowMs - minCompactionLagMs);
  const limit = Math.max(
    dirty.offset,
    Math.min(lastStableOffset, activeSegmentOffset, tooYoung?.baseOffset ?? Infinity),
  );
  // Only whole segments are cleaned.
  const [uncleanable] = segmentsFrom(log, limit);
  const end = uncleanable?.baseOffset ?? activeSegmentOffset;
  const cleanBytes = sizeOf(
    log.closedSegments.filter(({ baseOffset }) => baseOffset < dirty.offset),
  );
  const cleanableBytes = sizeOf(dirtySegments.filter(({ baseOffset }) => baseOffset < end));
  const totalBytes = cleanBytes + cleanableBytes;
  return {
    firstDirtyOffset: dirty.offset,
    firstUncleanableOffset: end,
    cleanableBytes,
    dirtyRatio: totalBytes === 0 ? 0 : cleanableBytes / totalBytes,
    isOverdue: isOverdue(dirtySegments, nowMs - config.maxCompactionLagMs),
    checkpointProblem: dirty.problem,
  };
}

/** Whether a segment begins with records from before `untilMs`. */
function isOverdue(segments: readonly ClosedSegment[], untilMs: number): boolean {
  if (untilMs === -Infinity) return false; // Spares reading the segments.
  return segments.some(({ firstBatchTimestamp }) =>
    firstBatchTimestamp > 0 && firstBatchTimestamp < untilMs
  );
}

/** Whether a log is dirty enough, or overdue. */
export function needsCleaning(
  { cleanableBytes, dirtyRatio, isOverdue }: CleanableRange,
  { minCleanableDirtyRatio }: LogConfig,
): boolean {
  return (isOverdue && cleanableBytes > 0) || dirtyRatio > minCleanableDirtyRatio;
}
