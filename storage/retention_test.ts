import { assertEquals } from "../lib/assert.ts";
import { expiredSegments, type RetainedSegment, type RetentionBounds } from "./retention.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { batchOfSize, TEST_TIME_MS } from "./testing/batches.ts";
import { INITIAL_DELAY_MS, RETENTION_CHECK_MS, TestManager } from "./testing/test_manager.ts";
import { TestLog } from "./testing/test_log.ts";

const NOW_MS = 1_000_000;

/** Segments of ten records each, of these sizes and ages. */
function segments(...parts: readonly (readonly [size: number, ageMs: number])[]) {
  return parts.map(([size, ageMs], i): RetainedSegment => ({
    baseOffset: i * 10,
    size,
    retentionTimeMs: NOW_MS - ageMs,
  }));
}

function expired(of: readonly RetainedSegment[], bounds: Partial<RetentionBounds> = {}) {
  return expiredSegments(of, {
    logStartOffset: 0,
    logEndOffset: of.length * 10,
    highWatermark: of.length * 10,
    delete: true,
    retentionMs: -1,
    retentionBytes: -1,
    nowMs: NOW_MS,
    ...bounds,
  });
}

Deno.test("retention: without limits everything is kept", () => {
  assertEquals(expired(segments([100, NOW_MS], [100, NOW_MS])), null);
});

Deno.test("retention: segments older than retention.ms go, up to the first that is not", () => {
  const of = segments([100, 501], [100, 500], [100, 900], [100, 0]);
  assertEquals(expired(of, { retentionMs: 500 }), { count: 1, reason: "retention.ms" });
  assertEquals(expired(of, { retentionMs: 499 }), { count: 3, reason: "retention.ms" });
  assertEquals(expired(of, { retentionMs: 501 }), null);
});

Deno.test("retention: the active segment goes as well, an empty one does not", () => {
  const of = segments([100, 900], [50, 900]);
  assertEquals(expired(of, { retentionMs: 500 })?.count, 2);
  assertEquals(expired(segments([100, 900], [0, 900]), { retentionMs: 500 })?.count, 1);
  assertEquals(expired(segments([0, 900]), { retentionMs: 0, logEndOffset: 0 }), null);
});

Deno.test("retention: with retention.bytes what is left is never smaller than that", () => {
  const of = segments([100, 0], [100, 0], [100, 0], [10, 0]);
  assertEquals(expired(of, { retentionBytes: 310 }), null);
  assertEquals(expired(of, { retentionBytes: 211 }), null);
  assertEquals(expired(of, { retentionBytes: 210 }), { count: 1, reason: "retention.bytes" });
  assertEquals(expired(of, { retentionBytes: 109 })?.count, 2);
  assertEquals(expired(of, { retentionBytes: 0 })?.count, 4);
});

Deno.test("retention: nothing at or beyond the high watermark goes", () => {
  const of = segments([100, 900], [100, 900], [100, 900]);
  assertEquals(expired(of, { retentionMs: 500, highWatermark: 19 })?.count, 1);
  assertEquals(expired(of, { retentionMs: 500, highWatermark: 20 })?.count, 2);
  assertEquals(expired(of, { retentionBytes: 0, highWatermark: 9 }), null);
});

Deno.test("retention: what lies before the log's start goes, also where nothing is to be deleted", () => {
  const of = segments([100, 900], [100, 900], [100, 900]);
  const bounds = { delete: false, retentionMs: 0, retentionBytes: 0 };
  assertEquals(expired(of, bounds), null);
  assertEquals(expired(of, { ...bounds, logStartOffset: 19 })?.count, 1);
  assertEquals(expired(of, { ...bounds, logStartOffset: 20 }), {
    count: 2,
    reason: "log start offset",
  });
  assertEquals(expired(of, { ...bounds, logStartOffset: 30 })?.count, 2, "one segment stays");
});

/** A log of batches of 100 bytes, three to a segment, one a second. */
function filled(count: number, config: { retentionMs?: number; retentionBytes?: number }) {
  const test = new TestLog({ segmentBytes: 300, ...config });
  for (let i = 0; i < count; i++) test.appendBatch(batchOfSize(100, TEST_TIME_MS + i * 1000));
  test.log.raiseHighWatermark(count);
  return test;
}

Deno.test("log retention: the log begins with its first segment that is left", () => {
  const test = filled(8, { retentionMs: 10_000 });
  test.clock.advance(14_000);
  assertEquals(test.log.enforceRetention(), { count: 1, reason: "retention.ms" });
  assertEquals([test.log.logStartOffset, test.log.firstSegmentOffset], [3, 3]);
  assertEquals(test.records().map(({ offset }) => offset), [3, 4, 5, 6, 7]);
  assertEquals(test.log.enforceRetention(), null);
});

Deno.test("log retention: where everything is old, the log goes on empty, at its end", () => {
  const test = filled(8, { retentionMs: 10_000 });
  test.clock.advance(60_000);
  assertEquals(test.log.enforceRetention()?.count, 3);
  assertEquals([test.log.logStartOffset, test.log.logEndOffset, test.log.size], [8, 8, 0]);
  test.append("next");
  assertEquals(test.values(), ["next"]);
});

Deno.test("log retention: records without a time are as old as their file", () => {
  let writtenMs = TEST_TIME_MS;
  const files = new MemoryFiles(() => writtenMs);
  const test = new TestLog({ segmentBytes: 100, retentionMs: 10_000 }, {}, files);
  for (let i = 0; i < 3; i++, writtenMs += 2_000) test.appendBatch(batchOfSize(100, -1));
  test.log.raiseHighWatermark(3);
  test.clock.advance(10_000);
  assertEquals(test.log.enforceRetention(), null);
  test.clock.advance(2_001);
  assertEquals(test.log.enforceRetention()?.count, 2);
});

Deno.test("log retention: the log's start survives a restart, clean or not", async () => {
  for (const clean of [true, false]) {
    const test = filled(8, { retentionBytes: 300 });
    assertEquals(test.log.enforceRetention(), { count: 1, reason: "retention.bytes" });
    if (clean) await test.reopen();
    else test.crash();
    assertEquals(test.log.logStartOffset, 3);
  }
});

Deno.test("log manager: retention is enforced some time after the start, and then regularly", () => {
  const test = new TestManager();
  const log = test.open("t", 0, { segmentBytes: 100, retentionMs: 0 });
  test.manager.start();
  test.append(log, "a");
  log.raiseHighWatermark(log.logEndOffset);
  test.clock.advance(INITIAL_DELAY_MS - 1);
  assertEquals(log.logStartOffset, 0);
  test.clock.advance(1);
  assertEquals(log.logStartOffset, 1);
  test.append(log, "b");
  log.raiseHighWatermark(log.logEndOffset);
  test.clock.advance(RETENTION_CHECK_MS);
  assertEquals(log.logStartOffset, 2);
  const [line] = test.lines.filter(({ message }) => message === "old segments deleted");
  assertEquals(line.fields, {
    log: "t-0",
    segments: 1,
    because: "retention.ms",
    logStartOffset: 1,
  });
});

Deno.test("log manager: a log whose disk fails under retention does not keep the others from it", () => {
  const test = new TestManager();
  const logs = ["a", "b"].map((topic) =>
    test.open(topic, 0, { segmentBytes: 100, retentionMs: 0 })
  );
  for (const log of logs) {
    test.append(log, "x");
    log.raiseHighWatermark(1);
  }
  test.manager.start();
  test.failOn("rename", "/a-0/");
  test.clock.advance(INITIAL_DELAY_MS);
  assertEquals(logs.map(({ isOffline }) => isOffline), [true, false]);
  assertEquals(logs[1].logStartOffset, 1);
});
