import { assertEquals } from "../../lib/assert.ts";
import { DEFAULT_LOG_CONFIG, type LogConfig } from "../log_config.ts";
import {
  type CleanableLog,
  cleanableRange,
  type ClosedSegment,
  needsCleaning,
} from "./cleanable.ts";

const NOW_MS = 1_000_000;
const CONFIG: LogConfig = { ...DEFAULT_LOG_CONFIG, compact: true, delete: false };

/** Segments of ten offsets and 100 bytes each, and the active one behind them. */
function logOf(
  count: number,
  more: Partial<CleanableLog> & { config?: LogConfig } = {},
  agesMs: readonly number[] = [],
): CleanableLog {
  const closedSegments = Array.from({ length: count }, (_, i): ClosedSegment => ({
    baseOffset: i * 10,
    size: 100,
    retentionTimeMs: NOW_MS - (agesMs[i] ?? 0),
    firstBatchTimestamp: NOW_MS - (agesMs[i] ?? 0) - 5,
  }));
  return {
    config: CONFIG,
    logStartOffset: 0,
    logEndOffset: count * 10 + 5,
    lastStableOffset: count * 10 + 5,
    activeSegmentOffset: count * 10,
    closedSegments,
    ...more,
  };
}

const rangeOf = (log: CleanableLog, cleanedOffset?: number) =>
  cleanableRange(log, cleanedOffset, NOW_MS);

const offsetsOf = (log: CleanableLog, cleanedOffset?: number) => {
  const { firstDirtyOffset, firstUncleanableOffset } = rangeOf(log, cleanedOffset);
  return [firstDirtyOffset, firstUncleanableOffset];
};

Deno.test("cleanable: all but the active segment, from where the last cleaning ended", () => {
  assertEquals(offsetsOf(logOf(3)), [0, 30]);
  assertEquals(offsetsOf(logOf(3), 20), [20, 30]);
  assertEquals(offsetsOf(logOf(0)), [0, 0]);
});

Deno.test("cleanable: nothing of a segment that goes beyond the last stable offset", () => {
  assertEquals(offsetsOf(logOf(3, { lastStableOffset: 20 })), [0, 20]);
  assertEquals(offsetsOf(logOf(3, { lastStableOffset: 19 })), [0, 10]);
  assertEquals(offsetsOf(logOf(3, { lastStableOffset: 0 })), [0, 0]);
});

Deno.test("cleanable: nothing from the first segment on that min.compaction.lag.ms protects", () => {
  const config = { ...CONFIG, minCompactionLagMs: 100 };
  assertEquals(offsetsOf(logOf(4, { config }, [500, 100, 99, 500])), [0, 20]);
  assertEquals(offsetsOf(logOf(4, { config }, [99, 500, 500, 500]), 10), [10, 40]);
});

Deno.test("cleanable: an offset that cannot be is replaced by the log's start", () => {
  const later = rangeOf(logOf(3, { logStartOffset: 10 }), 5);
  assertEquals(later.firstDirtyOffset, 10);
  assertEquals(later.checkpointProblem, "compacted up to 5, before the log's start 10");
  const beyond = rangeOf(logOf(3), 36);
  assertEquals(beyond.firstDirtyOffset, 0);
  assertEquals(beyond.checkpointProblem, "compacted up to 36, beyond the log's end 35");
  assertEquals(rangeOf(logOf(3), 35).checkpointProblem, null);
});

Deno.test("cleanable: the dirty ratio is that of bytes, a segment in between counting twice", () => {
  assertEquals(rangeOf(logOf(4)).dirtyRatio, 1);
  assertEquals(rangeOf(logOf(4), 30).dirtyRatio, 0.25);
  assertEquals(rangeOf(logOf(4), 40).dirtyRatio, 0);
  const between = rangeOf(logOf(4), 35);
  assertEquals([between.cleanableBytes, between.dirtyRatio], [100, 0.2]);
});

Deno.test("cleanable: a log is cleaned once more of it is dirty than it may be", () => {
  const isCleaned = (cleanedOffset: number, minCleanableDirtyRatio: number) => {
    const config = { ...CONFIG, minCleanableDirtyRatio };
    return needsCleaning(rangeOf(logOf(4, { config }), cleanedOffset), config);
  };
  assertEquals([isCleaned(20, 0.5), isCleaned(10, 0.5)], [false, true]);
  assertEquals([isCleaned(40, 0), isCleaned(30, 0)], [false, true]);
  assertEquals(isCleaned(0, 1), false);
});

Deno.test("cleanable: a log is cleaned once max.compaction.lag.ms has passed for something dirty", () => {
  const isCleaned = (maxCompactionLagMs: number, cleanedOffset: number) => {
    const config = { ...CONFIG, minCleanableDirtyRatio: 1, maxCompactionLagMs };
    const log = logOf(2, { config }, [900, 100]);
    return needsCleaning(rangeOf(log, cleanedOffset), config);
  };
  assertEquals([isCleaned(904, 0), isCleaned(905, 0)], [true, false]);
  assertEquals([isCleaned(104, 10), isCleaned(105, 10)], [true, false]);
  assertEquals(isCleaned(1, 20), false);
});

Deno.test("cleanable: what is overdue and may not be cleaned yet waits", () => {
  const config = { ...CONFIG, minCleanableDirtyRatio: 1, maxCompactionLagMs: 1 };
  const log = logOf(2, { config, lastStableOffset: 5 }, [900, 900]);
  assertEquals(rangeOf(log).isOverdue, true);
  assertEquals(needsCleaning(rangeOf(log), config), false);
});

Deno.test("cleanable: records without a time are never overdue", () => {
  const config = { ...CONFIG, minCleanableDirtyRatio: 1, maxCompactionLagMs: 1 };
  const log = logOf(1, { config }, [NOW_MS - 4]);
  assertEquals(log.closedSegments[0].firstBatchTimestamp, -1);
  assertEquals(needsCleaning(rangeOf(log), config), false);
});
