/**
 * Which of a log's oldest segments may go (`UnifiedLog.deleteOldSegments` in Kafka): those that are
 * older than `retention.ms`, those that make the log larger than `retention.bytes`, and those that lie
 * before the log's start.
 */

/** What retention looks at in a segment. */
export interface RetainedSegment {
  readonly baseOffset: number;
  readonly size: number;
  /** The largest timestamp of its records; without any, when its file was last written. */
  readonly retentionTimeMs: number;
}

/** The state and the settings of a log that retention goes by. */
export interface RetentionBounds {
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  /** Nothing at or beyond it is deleted. */
  readonly highWatermark: number;
  /** Whether `cleanup.policy` has delete; without, only what lies before the log's start goes. */
  readonly delete: boolean;
  /** In milliseconds; below 0 there is no limit. */
  readonly retentionMs: number;
  /** In bytes; below 0 there is no limit. */
  readonly retentionBytes: number;
  readonly nowMs: number;
}

/** Why segments go: the config that says so, or the log's start. */
export type RetentionReason = "retention.ms" | "retention.bytes" | "log start offset";

/** The first `count` segments go. */
export interface Expired {
  readonly count: number;
  readonly reason: RetentionReason;
}

/** What goes now, or null. The active segment counts as well, unless it is empty. */
export function expiredSegments(
  segments: readonly RetainedSegment[],
  bounds: RetentionBounds,
): Expired | null {
  const { retentionMs, retentionBytes, nowMs, logStartOffset } = bounds;
  if (bounds.delete && retentionMs >= 0) {
    const isOld = (segment: RetainedSegment) => nowMs - segment.retentionTimeMs > retentionMs;
    const count = countWhile(segments, bounds, isOld);
    if (count > 0) return { count, reason: "retention.ms" };
  }
  if (bounds.delete && retentionBytes >= 0) {
    let excess = segments.reduce((sum, { size }) => sum + size, 0) - retentionBytes;
    const count = countWhile(segments, bounds, ({ size }) => {
      if (excess < size) return false;
      excess -= size;
      return true;
    });
    if (count > 0) return { count, reason: "retention.bytes" };
  }
  const count = countWhile(segments, bounds, (_, next) => next <= logStartOffset);
  return count > 0 ? { count, reason: "log start offset" } : null;
}

/** How many segments from the first on may go and meet the condition. */
function countWhile(
  segments: readonly RetainedSegment[],
  { highWatermark, logEndOffset }: RetentionBounds,
  condition: (segment: RetainedSegment, nextBaseOffset: number) => boolean,
): number {
  let count = 0;
  for (const segment of segments) {
    const next = segments[count + 1];
    const isEmptyLast = next === undefined && segment.size === 0;
    const end = next?.baseOffset ?? logEndOffset;
    // Without a next segment, a log that is wholly before its start keeps the one it has.
    const nextBase = next?.baseOffset ?? Infinity;
    if (isEmptyLast || end > highWatermark || !condition(segment, nextBase)) break;
    count++;
  }
  return count;
}
