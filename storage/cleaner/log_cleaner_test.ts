import { assert, assertEquals } from "../../lib/assert.ts";
import { inLaterTurn } from "../../lib/clock.ts";
import { FileSystemError } from "../../lib/memory_files.ts";
import type { PartitionLog } from "../log.ts";
import type { LogConfig } from "../log_config.ts";
import { keyedBatch, textsIn } from "../testing/cleaning.ts";
import { bytesOf } from "../testing/test_log.ts";
import {
  CLEANER_BACKOFF_MS,
  INITIAL_DELAY_MS,
  RETENTION_CHECK_MS,
  TestManager,
} from "../testing/test_manager.ts";

const COMPACTED: Partial<LogConfig> = { compact: true, delete: false, segmentMs: 1000 };
const CHECKPOINT = "/data/cleaner-offset-checkpoint";

function started(node = new TestManager()): TestManager {
  node.manager.start();
  return node;
}

/** Appends a segment of one batch, as `a=1 b=1`. */
function segment(node: TestManager, log: PartitionLog, texts: string): void {
  node.clock.advance(2000);
  const batch = keyedBatch(texts.split(" "), { timestamp: node.clock.now() });
  log.appendAsLeader(batch.bytes, 0, "client");
  node.endTurn();
  log.raiseHighWatermark(Infinity);
}

function fill(node: TestManager, log: PartitionLog, ...segments: string[]): void {
  for (const texts of segments) segment(node, log, texts);
}

/** Lets the cleaner look for logs to compact, and do so. */
async function pass(node: TestManager, ms = CLEANER_BACKOFF_MS): Promise<void> {
  node.clock.advance(ms);
  await new Promise<void>((resolve) => inLaterTurn(resolve));
}

function texts(log: PartitionLog): string[] {
  const all: string[] = [];
  for (const { baseOffset } of [...log.closedSegments, { baseOffset: log.activeSegmentOffset }]) {
    const from = Math.max(baseOffset, log.logStartOffset);
    all.push(...textsIn(bytesOf(log.read(from, 1 << 20, Infinity, true))));
  }
  return [...new Set(all)];
}

const errors = (node: TestManager) =>
  node.lines.filter(({ level }) => level === "error").map(({ message, fields }) => [
    message,
    fields?.log ?? fields?.directory,
  ]);

const fileNames = (node: TestManager, topic = "t") =>
  node.files.list(`/data/${topic}-0`).map(({ name }) => name);

Deno.test("log cleaner: a dirty log is compacted after log.cleaner.backoff.ms, and noted", async () => {
  const node = started();
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1 b=1", "a=2", "-=1");
  await pass(node);
  assertEquals(texts(log), ["1 b=1", "2 a=2", "3 -=1"]);
  assertEquals(node.files.readText(CHECKPOINT), "0\n1\nt 0 3\n");
  const [line] = node.lines.filter(({ message }) => message === "log compacted");
  assertEquals([line.level, line.fields?.log, line.fields?.from, line.fields?.to], [
    "info",
    "t-0",
    0,
    3,
  ]);
  assertEquals([line.fields?.recordsBefore, line.fields?.recordsAfter], [3, 2]);
});

Deno.test("log cleaner: logs that are not to be compacted are left alone", async () => {
  const node = started();
  const deleted = node.open("t", 0, { ...COMPACTED, compact: false, delete: true });
  const uncommitted = node.open("u", 0, COMPACTED);
  fill(node, deleted, "a=1", "a=2", "-=1");
  for (const value of ["a=1", "a=2", "-=1"]) {
    node.clock.advance(2000);
    const { bytes } = keyedBatch([value], { timestamp: node.clock.now() });
    uncommitted.appendAsLeader(bytes, 0, "client");
    node.endTurn();
  }
  await pass(node);
  assertEquals(texts(deleted), ["0 a=1", "1 a=2", "2 -=1"]);
  assertEquals(texts(uncommitted), ["0 a=1", "1 a=2", "2 -=1"]);
});

Deno.test("log cleaner: the dirtiest log comes first, the others without a pause", async () => {
  const node = started();
  const logs = ["a", "b", "c"].map((topic) => node.open(topic, 0, COMPACTED));
  for (const log of logs) fill(node, log, "k=1", "-=0");
  await pass(node);
  node.lines.length = 0;
  fill(node, logs[0], "k=2", "-=1"); // 3 of 4 segments, since the active one was closed.
  fill(node, logs[1], "k=2", "k=3", "k=4", "-=1");
  fill(node, logs[2], "k=2", "k=3", "-=1");
  await pass(node);
  const compacted = node.lines.filter(({ message }) => message === "log compacted");
  assertEquals(compacted.map(({ fields }) => fields?.log), ["b-0", "c-0", "a-0"]);
});

Deno.test("log cleaner: what a small map has no room for is compacted in further passes", async () => {
  const node = new TestManager();
  node.cleanerSettings = { ...node.cleanerSettings, dedupeBufferSize: 48, ioBufferLoadFactor: 1 };
  started(node);
  const log = node.open("t", 0, { ...COMPACTED, minCleanableDirtyRatio: 0 });
  fill(node, log, "a=1 b=1 c=1", "a=2 b=2 c=2", "-=1");
  await pass(node);
  assertEquals(texts(log), ["3 a=2", "4 b=2", "5 c=2", "6 -=1"]);
  assertEquals(node.files.readText(CHECKPOINT), "0\n1\nt 0 6\n");
});

Deno.test("log cleaner: it goes on where it was, after a stop and after a kill", async () => {
  for (const way of ["stop", "kill"]) {
    const first = started();
    fill(first, first.open("t", 0, COMPACTED), "a=1", "b=1", "-=1");
    await pass(first);
    const node = started(way === "stop" ? await first.restarted() : first.crashed());
    const log = node.open("t", 0, COMPACTED);
    log.raiseHighWatermark(Infinity);
    await pass(node);
    assertEquals(node.lines.filter(({ message }) => message === "log compacted"), [], way);
    fill(node, log, "a=2", "a=3", "-=2");
    await pass(node);
    const [{ fields }] = node.lines.filter(({ message }) => message === "log compacted");
    assertEquals(fields?.from, 2, way);
  }
});

Deno.test("log cleaner: an offset beyond the log's end is told of, and all is compacted anew", async () => {
  const node = new TestManager();
  node.files.putText(CHECKPOINT, "0\n1\nt 0 99\n");
  node.files.makeDirectory("/data/t-0");
  const again = started(new TestManager(node.files));
  const log = again.open("t", 0, COMPACTED);
  fill(again, log, "a=1", "a=2", "-=1");
  await pass(again);
  assertEquals(texts(log), ["1 a=2", "2 -=1"]);
  const [{ message }] = again.lines.filter(({ level }) => level === "warn");
  assertEquals(
    message,
    "the log is compacted from its start: compacted up to 99, beyond the log's end 3",
  );
});

Deno.test("log cleaner: a partition that gets the name of a deleted one is not compacted yet", async () => {
  const node = started();
  fill(node, node.open("t", 0, COMPACTED), "a=1", "a=2", "-=1");
  await pass(node);
  node.manager.delete({ topic: "t", partition: 0 });
  const log = node.open("t", 0, COMPACTED);
  assertEquals(node.manager.directories[0].cleanedOffset(log), undefined);
  node.endTurn();
  assertEquals(node.files.readText(CHECKPOINT), "0\n0\n");
});

Deno.test("log cleaner: a partition that is deleted while it is compacted is let go of", async () => {
  const node = started();
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1", "a=2", "-=1");
  let writes = 0;
  node.files.failure = (operation, path) => {
    const isWrite = operation === "write" && path.includes(".cleaned");
    if (isWrite && writes++ === 0) node.manager.delete(log.partition);
    return null;
  };
  await pass(node);
  assert(writes > 0);
  assertEquals(errors(node), []);
  assertEquals(node.lines.filter(({ message }) => message === "log compacted"), []);
  assertEquals(node.manager.directories[0].state.cleanedOffsets.size, 0);
});

Deno.test("log cleaner: records deleted on request meanwhile stay deleted; the rest comes next", async () => {
  const node = started();
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1", "b=1", "b=2", "-=1");
  let writes = 0;
  node.files.failure = (operation, path) => {
    const isWrite = operation === "write" && path.includes(".log.cleaned");
    if (isWrite && writes++ === 0) log.raiseLogStart(1);
    return null;
  };
  await pass(node);
  assertEquals(log.firstSegmentOffset, 1);
  assertEquals(fileNames(node).filter((name) => name.includes("cleaned")), []);
  assertEquals(errors(node), []);
  await pass(node);
  assertEquals(texts(log), ["2 b=2", "3 -=1"]);
  assertEquals(log.logStartOffset, 1);
});

Deno.test("log cleaner: a log with a damaged batch is left alone, others go on", async () => {
  const node = started();
  const [damaged, whole] = ["d", "w"].map((topic) => node.open(topic, 0, COMPACTED));
  fill(node, damaged, "a=1", "a=2", "a=3", "-=1");
  fill(node, whole, "a=1", "a=2", "-=1");
  const path = "/data/d-0/00000000000000000001.log";
  const bytes = node.files.readFile(path);
  bytes[66] ^= 1;
  node.files.put(path, bytes);
  await pass(node);
  await pass(node);
  assertEquals(texts(whole), ["1 a=2", "2 -=1"]);
  assertEquals(errors(node), [
    ["log cannot be compacted; it is left alone until a restart", "d-0"],
  ]);
  assertEquals(fileNames(node, "d").filter((name) => name.includes("cleaned")), []);
  assertEquals(damaged.isOffline, false);
  fill(node, damaged, "a=4", "-=2");
  await pass(node);
  assertEquals(errors(node).length, 1);
  const again = started(node.crashed());
  again.files.put(path, node.files.readFile(path).map((byte, i) => i === 66 ? byte ^ 1 : byte));
  const log = again.open("d", 0, COMPACTED);
  log.raiseHighWatermark(Infinity);
  await pass(again);
  assertEquals(texts(log), ["3 -=1", "4 a=4", "5 -=2"]);
});

Deno.test("log cleaner: a disk that fails while writing is no longer used", async () => {
  const node = started();
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1", "a=2", "-=1");
  node.files.failure = (operation, path) =>
    operation === "write" && path.includes(".cleaned") ? new FileSystemError("ENOSPC", path) : null;
  await pass(node);
  assertEquals(errors(node), [["log directory is offline after a disk error", "/data"]]);
  assertEquals(fileNames(node).filter((name) => name.includes("cleaned")), []);
  assertEquals(texts(log), ["0 a=1", "1 a=2", "2 -=1"]);
});

Deno.test("log cleaner: a log whose segments cannot be renamed is offline", async () => {
  const node = started();
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1", "a=2", "-=1");
  node.files.failure = (operation, path) =>
    operation === "rename" && path.endsWith(".cleaned") ? new FileSystemError("EIO", path) : null;
  await pass(node);
  assertEquals(log.isOffline, true);
  assertEquals(errors(node).map(([message]) => message), [
    "log is offline after a disk error; restart once it is mended",
  ]);
});

Deno.test("log cleaner: a topic that is no longer compacted meanwhile keeps what it has", async () => {
  const node = started();
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1", "a=2", "-=1");
  node.files.failure = (operation, path) => {
    if (operation === "write" && path.includes(".cleaned")) {
      log.config = { ...log.config, compact: false };
    }
    return null;
  };
  await pass(node);
  assertEquals(texts(log), ["0 a=1", "1 a=2", "2 -=1"]);
  assertEquals(node.manager.directories[0].cleanedOffset(log), undefined);
});

Deno.test("log cleaner: with compact,delete retention deletes, too, after each pass", async () => {
  const node = started();
  const log = node.open("t", 0, { ...COMPACTED, delete: true, retentionMs: 40_000 });
  const kept = node.open("u", 0, { ...COMPACTED, retentionMs: 40_000 });
  for (const each of [log, kept]) fill(node, each, "a=1", "b=1", "-=1");
  await pass(node);
  assertEquals(texts(log), ["0 a=1", "1 b=1", "2 -=1"]);
  await pass(node, 40_000);
  assertEquals([log.logStartOffset, kept.logStartOffset], [3, 0]);
  const [line] = node.lines.filter(({ message }) => message === "old segments deleted");
  assertEquals([line.fields?.log, line.fields?.because], ["t-0", "retention.ms"]);
});

Deno.test("log cleaner: retention of compacted logs is its business alone", () => {
  const node = new TestManager();
  node.cleanerSettings = { ...node.cleanerSettings, backoffMs: 10 ** 9 };
  started(node);
  const log = node.open("t", 0, { ...COMPACTED, delete: true, retentionMs: 1000 });
  fill(node, log, "a=1", "-=1");
  node.clock.advance(INITIAL_DELAY_MS + RETENTION_CHECK_MS);
  assertEquals(log.logStartOffset, 0);
});

Deno.test("log cleaner: new settings hold at once", async () => {
  const node = new TestManager();
  node.cleanerSettings = { ...node.cleanerSettings, backoffMs: 10 ** 9 };
  started(node);
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1", "a=2", "-=1");
  node.manager.reconfigureCleaner();
  await pass(node, 1000);
  assertEquals(texts(log).length, 3);
  node.cleanerSettings = { ...node.cleanerSettings, backoffMs: 1000 };
  node.manager.reconfigureCleaner();
  await pass(node, 1000);
  assertEquals(texts(log).length, 2);
});

Deno.test("log cleaner: new settings begin anew what is under way", async () => {
  const node = started();
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1", "a=2", "-=1");
  let writes = 0;
  node.files.failure = (operation, path) => {
    if (operation === "write" && path.includes(".cleaned") && writes++ === 0) {
      node.cleanerSettings = { ...node.cleanerSettings, ioBufferSize: 5000 };
      node.manager.reconfigureCleaner();
    }
    return null;
  };
  await pass(node);
  assertEquals(texts(log), ["1 a=2", "2 -=1"]);
  assertEquals(node.lines.filter(({ message }) => message === "log compacted").length, 1);
});

Deno.test("log cleaner: a stop waits for what is under way, after which nothing begins", async () => {
  const node = started();
  const log = node.open("t", 0, COMPACTED);
  fill(node, log, "a=1", "a=2", "-=1");
  node.clock.advance(CLEANER_BACKOFF_MS);
  await node.manager.close(1);
  assertEquals(fileNames(node).filter((name) => name.includes("cleaned")), []);
  const again = new TestManager(node.files);
  assertEquals(texts(again.open("t", 0, COMPACTED)).length, 3);
  await pass(node, 10 * CLEANER_BACKOFF_MS);
  assertEquals(node.lines.filter(({ message }) => message === "log compacted"), []);
});

Deno.test("log cleaner: with max.compaction.lag.ms segments are rolled, and compacted, in time", async () => {
  const node = started();
  const config = { maxCompactionLagMs: 5000, minCleanableDirtyRatio: 1, segmentMs: 10 ** 9 };
  const log = node.open("t", 0, { ...COMPACTED, ...config });
  fill(node, log, "a=1", "a=2", "a=3", "a=4", "-=1");
  assertEquals(log.segmentCount, 2);
  await pass(node);
  assertEquals(texts(log), ["2 a=3", "3 a=4", "4 -=1"]);
});
