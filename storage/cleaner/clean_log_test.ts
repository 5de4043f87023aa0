import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { MemoryFiles } from "../../lib/memory_files.ts";
import { CorruptBatchError } from "../../protocol/records/batch.ts";
import { batchesOf } from "../../protocol/records/read.ts";
import { readTransactionIndex, transactionIndexBytes } from "../transaction_index.ts";
import { TEST_TIME_MS } from "../testing/batches.ts";
import { CompactedLog, keyedBatch, markerBatch } from "../testing/cleaning.ts";
import { bytesOf } from "../testing/test_log.ts";
import { cleanLog } from "./clean_log.ts";
import { CleaningAbortedError } from "./cleaning.ts";
import { ENTRY_BYTES } from "./offset_map.ts";

Deno.test("cleaning: closed segments keep the last record of each key, the active one all", () => {
  const log = new CompactedLog().segment("a=1 b=1", "a=2").segment("c=1 a=3").segment("c=2 c=3");
  const result = log.clean();
  assertEquals(log.texts, ["1 b=1", "3 c=1", "4 a=3", "5 c=2", "6 c=3"]);
  assertEquals(result.endOffset, 5);
  assertEquals([result.recordsRead, result.recordsWritten], [5, 3]);
  assertEquals(log.log.logEndOffset, 7);
});

Deno.test("cleaning: what is clean already is compared with what came since", () => {
  const log = new CompactedLog().segment("a=1 b=1").segment("c=1").segment("x=1");
  log.clean();
  log.segment("b=2").segment("y=1");
  log.clean();
  assertEquals(log.texts, ["0 a=1", "2 c=1", "3 x=1", "4 b=2", "5 y=1"]);
});

Deno.test("cleaning: small segments become one, the old files go after file.delete.delay.ms", () => {
  const log = new CompactedLog({ fileDeleteDelayMs: 500 });
  log.segment("a=1").segment("b=1").segment("c=1").segment("-=1");
  log.clean();
  const kept = ["0.index", "0.log", "0.timeindex", "3.index", "3.log", "3.timeindex"];
  const doomed = [0, 1, 2].flatMap((base) =>
    ["index", "log", "timeindex"].map((end) => `${base}.${end}.deleted`)
  );
  assertEquals(log.segmentNames.toSorted(), [...kept, ...doomed].toSorted());
  log.test.clock.advance(500);
  assertEquals(log.segmentNames, kept);
  assertEquals(log.texts, ["0 a=1", "1 b=1", "2 c=1", "3 -=1"]);
});

Deno.test("cleaning: segments of full size stay apart", () => {
  const log = new CompactedLog({ segmentBytes: 150 });
  log.segment("a=1").segment("b=1").segment("c=1").segment("-=1");
  log.clean();
  assertEquals(log.segmentNames.filter((name) => name.endsWith(".log")), [
    "0.log",
    "2.log",
    "3.log",
  ]);
});

Deno.test("cleaning: the map may be too small for all keys; the rest comes the next time", () => {
  const log = new CompactedLog();
  log.settings = { ...log.settings, dedupeBufferSize: 3 * ENTRY_BYTES };
  log.segment("a=1 b=1 a=2", "c=1 d=1").segment("a=3 b=2 c=2 d=2").segment("-=1");
  assertEquals(log.clean().endOffset, 4);
  assertEquals(log.texts.slice(0, 4), ["1 b=1", "2 a=2", "3 c=1", "4 d=1"]);
  const ends: number[] = [];
  for (let end = 4; end < 9;) ends.push(end = log.clean().endOffset);
  assertEquals(ends, [7, 9]);
  assertEquals(log.texts, ["5 a=3", "6 b=2", "7 c=2", "8 d=2", "9 -=1"]);
});

Deno.test("cleaning: every offset is found by the new indexes, and every time", () => {
  const log = new CompactedLog({ indexIntervalBytes: 1 });
  for (let i = 0; i < 40; i++) log.segment(`a=${i} k${i}=${i}`, `a=${i} b=${i}`);
  log.segment("-=1");
  log.clean();
  const records = log.test.records();
  assertEquals(records.length, 43);
  for (let offset = 0; offset <= records.at(-1)!.offset; offset++) {
    const [first] = log.test.records(offset);
    assertEquals(first.offset, records.find((record) => record.offset >= offset)!.offset);
    const found = log.log.findByTimestamp(first.timestamp)!;
    assertEquals(found.offset, records.find((r) => r.timestamp >= first.timestamp)!.offset);
  }
  const [segment] = log.log.closedSegments;
  assert(segment.offsetIndex.entryCount > 30 && segment.timeIndex.entryCount > 30);
});

Deno.test("cleaning: the new indexes are those that recovery would build", () => {
  const log = new CompactedLog({ indexIntervalBytes: 100 });
  for (let i = 0; i < 20; i++) log.segment(`k${i}=${i} a=1`, `a=${i}`);
  log.segment("-=1");
  log.clean();
  const indexes = () =>
    log.test.names.filter((name) => /^0{20}\..*index$/.test(name)).map((name) =>
      log.test.files.readFile(log.test.path(name)).toHex()
    );
  const before = indexes();
  assert(before[0].length > 100);
  log.test.crash({ highWatermark: log.log.highWatermark });
  assertEquals(indexes(), before);
});

Deno.test("cleaning: the new segment is as old as the last one that it was made from", () => {
  let now = 1000;
  const log = new CompactedLog({}, new MemoryFiles(() => now));
  for (const text of ["a=1", "b=1", "-=1"]) {
    log.segment(text);
    now += 1000;
  }
  log.clean();
  const name = log.test.path("00000000000000000000.log");
  assertEquals(log.test.files.status(name)!.modifiedMs, 2000);
});

Deno.test("cleaning: the last batch of the range stays, if only empty, and with it the range's end", () => {
  const log = new CompactedLog().segment("a=1").segment("b=1", "a=2").segment("a=3").segment("-=1");
  log.clean();
  assertEquals(log.texts, ["1 b=1", "3 a=3", "4 -=1"]);
  const empty = new CompactedLog().segment("a=1").segment("b=1", "a!").segment("-=1");
  empty.clean({ nowMs: 0, deleteRetentionMs: 0 });
  empty.clean({ firstDirtyOffset: 0 });
  assertEquals(empty.texts, ["1 b=1", "3 -=1"]);
  const batches = [...batchesOf(bytesOf(empty.test.read(0)))];
  assertEquals(batches.map(({ lastOffset, recordCount }) => [lastOffset, recordCount]), [
    [1, 1],
    [2, 0],
  ]);
});

Deno.test("cleaning: batches may be larger than the buffers", () => {
  const log = new CompactedLog();
  log.settings = { ...log.settings, ioBufferSize: 0 };
  log.segment(`a=${"x".repeat(5000)} b=1`, "a=2").segment(`c=${"y".repeat(9000)}`).segment("-=1");
  log.clean();
  assertEquals(log.texts.map((text) => text.slice(0, 6)), ["1 b=1", "2 a=2", "3 c=yy", "4 -=1"]);
});

Deno.test("cleaning: reading and writing keep to log.cleaner.io.max.bytes.per.second", () => {
  const log = new CompactedLog().segment("a=1", "b=1").segment("-=1");
  log.settings = { ...log.settings, ioMaxBytesPerSecond: 100 };
  const { clock } = log.test;
  let reads = 0;
  const isAborted = () => {
    clock.advance(400);
    reads++;
    return false;
  };
  const pauses: number[] = [];
  cleanLog(log.world({ isAborted, pause: (ms) => void pauses.push(ms) }), log.job(), () => {});
  const bytes = log.log.closedSegments[0].size;
  assertEquals(reads, 4); // Two batches, for the map and for the new segment.
  assertEquals(Math.round(pauses.reduce((sum, ms) => sum + ms, 0) + reads * 400), bytes / 2 * 50);
});

Deno.test("cleaning: a damaged batch ends it, and nothing is left behind", () => {
  const log = new CompactedLog().segment("a=1").segment("b=1", "c=1").segment("-=1");
  const path = log.test.path("00000000000000000001.log");
  const bytes = log.test.files.readFile(path);
  const clean = () => cleanLog(log.world(), log.job(), () => {});
  const damage = (at: number, value: number) => {
    const damaged = bytes.slice();
    damaged[at] = value;
    log.test.files.put(path, damaged);
  };
  damage(65, 0xff);
  assertThrows(clean, CorruptBatchError, `The batch at 0 of ${path} has a wrong checksum`);
  damage(16, 1);
  assertThrows(clean, CorruptBatchError, "is of the old format 1");
  damage(9, 0x7f);
  assertThrows(clean, CorruptBatchError, `There is no whole batch at`);
  log.test.files.put(path, bytes.subarray(0, bytes.length - 1));
  assertThrows(clean, CorruptBatchError, "There is no whole batch at 70");
  assertEquals(log.segmentNames.filter((name) => name.includes("cleaned")), []);
  log.test.files.put(path, bytes);
  clean();
});

Deno.test("cleaning: it ends when it is asked to, and leaves nothing behind", () => {
  const log = new CompactedLog().segment("a=1", "b=1").segment("c=1").segment("-=1");
  const { openHandles } = log.test.files;
  for (let after = 0; after < 6; after++) {
    let left = after;
    const world = log.world({ isAborted: () => left-- === 0 });
    assertThrows(() => cleanLog(world, log.job(), () => {}), CleaningAbortedError);
    assertEquals(log.segmentNames.filter((name) => name.includes("cleaned")), []);
    assertEquals(log.test.files.openHandles, openHandles);
  }
});

Deno.test("cleaning: a disk that fails is told of, and no file stays open", () => {
  for (const operation of ["open", "read", "write", "sync"] as const) {
    const log = new CompactedLog().segment("a=1", "b=1").segment("c=1").segment("-=1");
    const { openHandles } = log.test.files;
    log.test.files.failure = (each, path) =>
      each === operation && (each === "read" || path.endsWith(".log.cleaned"))
        ? new Error("broken")
        : null;
    assertThrows(() => cleanLog(log.world(), log.job(), () => {}), Error, "broken");
    log.test.files.failure = () => null;
    assertEquals(log.test.files.openHandles, openHandles, operation);
    assertEquals(log.segmentNames.filter((name) => name.includes("cleaned")), []);
  }
});

Deno.test("cleaning: everything is on the device before it is handed over", () => {
  const log = new CompactedLog().segment("a=1 b=1").segment("a=2").segment("-=1");
  const handedOver: number[] = [];
  cleanLog(log.world(), log.job(), (replaced) => {
    handedOver.push(...replaced);
    const files = log.test.files.copy();
    files.crash();
    const sizes = ["log", "index", "timeindex"].map((end) =>
      files.status(log.test.path(`00000000000000000000.${end}.cleaned`))!.size > 0
    );
    assertEquals(sizes, [true, false, true]);
  });
  assertEquals(handedOver, [0, 2]);
});

Deno.test("cleaning: aborted transactions are read from all indexes, and noted in the new one", () => {
  const log = new CompactedLog().segment("a=0").segment("b=0");
  const data = (text: string) =>
    keyedBatch([text], {
      producerId: 7,
      producerEpoch: 0,
      baseSequence: 0,
      transactional: true,
      ...log.now,
    });
  log.append(data("a=1"));
  log.append(markerBatch("abort", 7, 0));
  log.segment("c=0");
  log.append(data("b=1"));
  log.segment("-=0"); // The marker of the second one is in the active segment.
  log.append(markerBatch("abort", 7, 0));
  const transactions = [
    { producerId: 7, firstOffset: 2, lastOffset: 3, lastStableOffset: 4 },
    { producerId: 7, firstOffset: 5, lastOffset: 7, lastStableOffset: 8 },
  ];
  const indexPath = (base: number) => log.test.path(`${String(base).padStart(20, "0")}.txnindex`);
  log.test.files.put(indexPath(1), transactionIndexBytes(transactions.slice(0, 1)));
  log.test.files.put(indexPath(6), transactionIndexBytes(transactions.slice(1)));
  log.clean();
  assertEquals(readTransactionIndex(log.test.files, indexPath(0)), transactions.slice(0, 1));
  assertEquals(readTransactionIndex(log.test.files, indexPath(6)), transactions.slice(1));
  const texts = log.texts.filter((text) => !text.includes("\0")); // Without markers.
  assertEquals(texts, ["0 a=0", "1 b=0", "4 c=0", "6 -=0"]);
});

Deno.test("cleaning: records of a batch that ends a full map's range stay for the next time", () => {
  const log = new CompactedLog();
  log.settings = { ...log.settings, dedupeBufferSize: 2 * ENTRY_BYTES };
  log.segment("a=1 b=1 c=1 a=2").segment("-=1");
  assertEquals(log.clean().endOffset, 2);
  assertEquals(log.texts, ["0 a=1", "1 b=1", "2 c=1", "3 a=2", "4 -=1"]);
  assertEquals(log.clean().endOffset, 4);
  assertEquals(log.texts, ["1 b=1", "2 c=1", "3 a=2", "4 -=1"]);
});

Deno.test("cleaning: the time of day decides about tombstones", () => {
  const log = new CompactedLog({ deleteRetentionMs: 1000 }).segment("a=1 b=1", "a!").segment("-=1");
  log.clean({ nowMs: TEST_TIME_MS });
  assertEquals(log.texts, ["1 b=1", "2 a!", "3 -=1"]);
  log.segment("-=2").segment("-=3");
  log.clean({ nowMs: TEST_TIME_MS + 999 });
  assertEquals(log.texts.slice(0, 2), ["1 b=1", "2 a!"]);
  log.segment("-=4").segment("-=5");
  log.clean({ nowMs: TEST_TIME_MS + 1000 });
  assertEquals(log.texts[0], "1 b=1");
  assertEquals(log.texts.some((text) => text.includes("a!")), false);
});
