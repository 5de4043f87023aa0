import { assert, assertEquals, assertNotEquals, assertThrows } from "../lib/assert.ts";
import { KafkaError } from "../protocol/errors.ts";
import { batchesOf } from "../protocol/records/read.ts";
import { batchOfSize, textBatch } from "./testing/batches.ts";
import { bytesOf, recordsIn, TestLog, valuesIn } from "./testing/test_log.ts";

const errorOf = (run: () => unknown) => assertThrows(run, KafkaError).errorName;

/** A log of batches of 100 bytes with one record each, two to a segment. */
function logOfTen(): TestLog {
  const test = new TestLog({ segmentBytes: 200 });
  for (let i = 0; i < 10; i++) test.appendBatch(batchOfSize(100));
  return test;
}

const offsetsIn = (slice: Parameters<typeof recordsIn>[0]) =>
  recordsIn(slice).map(({ offset }) => offset);

Deno.test("reading: from the batch that holds the offset on", () => {
  const test = new TestLog();
  test.append("a", "b", "c");
  test.append("d");
  assertEquals(valuesIn(test.read(0)), ["a", "b", "c", "d"]);
  assertEquals(valuesIn(test.read(1)), ["a", "b", "c", "d"]);
  assertEquals(valuesIn(test.read(3)), ["d"]);
});

Deno.test("reading: at the log's end there is nothing, beyond it and before its start an error", () => {
  const test = new TestLog();
  test.append("a", "b");
  assertEquals(test.read(2), null);
  assertEquals(errorOf(() => test.read(3)), "OFFSET_OUT_OF_RANGE");
  assertEquals(errorOf(() => test.read(-1)), "OFFSET_OUT_OF_RANGE");
  assertEquals(errorOf(() => test.read(NaN)), "OFFSET_OUT_OF_RANGE");
  test.log.raiseHighWatermark(2);
  test.log.raiseLogStart(1);
  assertEquals(errorOf(() => test.read(0)), "OFFSET_OUT_OF_RANGE");
  assertEquals(valuesIn(test.read(1)), ["a", "b"], "the batch comes whole");
  assertEquals(new TestLog().read(0), null);
});

Deno.test("reading: no more bytes than asked for, the last batch perhaps in part", () => {
  const test = new TestLog();
  for (let i = 0; i < 3; i++) test.appendBatch(batchOfSize(100));
  assertEquals(test.read(0, 250)?.byteLength, 250);
  assertEquals(offsetsIn(test.read(0, 250)), [0, 1]);
  assertEquals(test.read(1, 100)?.byteLength, 100);
  assertEquals(test.read(0, 1000)?.byteLength, 300);
});

Deno.test("reading: a first batch that is larger comes whole, or not at all", () => {
  const test = new TestLog();
  for (const size of [100, 5000, 100]) test.appendBatch(batchOfSize(size));
  assertEquals(test.read(1, 10, true)?.byteLength, 5000);
  assertEquals(test.read(1, 0, true)?.byteLength, 5000);
  assertEquals(test.read(1, 4999, false), null);
  assertEquals(test.read(1, 5000, false)?.byteLength, 5000);
  assertEquals(test.read(1, 0, false), null);
});

Deno.test("reading: a negative size is refused, and does no harm to the log", () => {
  const test = new TestLog();
  test.append("a");
  assertEquals(errorOf(() => test.read(0, -1)), "UNKNOWN_SERVER_ERROR");
  assertEquals(test.log.isOffline, false);
});

Deno.test("reading: nothing at or beyond the upper offset, in the same segment or an earlier one", () => {
  const test = logOfTen();
  const offsets = (from: number, upper: number) =>
    offsetsIn(test.log.read(from, 1000, upper, true));
  assertEquals(offsets(0, 1), [0]);
  assertEquals(offsets(2, 4), [2, 3]);
  assertEquals(offsets(2, 3), [2]);
  assertEquals(test.log.read(3, 1000, 3, true), null);
  assertEquals(test.log.read(3, 1000, 2, true), null);
});

Deno.test("reading: within a batch, the upper offset keeps the whole batch back", () => {
  const test = new TestLog();
  test.append("a", "b", "c");
  assertEquals(test.log.read(0, 1000, 2, true), null);
  test.append("d");
  assertEquals(valuesIn(test.log.read(0, 1000, 3, true)), ["a", "b", "c"]);
});

Deno.test("reading: a slice ends with its segment and says whether more follows", () => {
  const test = logOfTen();
  const first = test.log.read(0, 10_000, 10, true)!;
  assertEquals([offsetsIn(first), first.continues], [[0, 1], true]);
  const last = test.log.read(8, 10_000, 10, true)!;
  assertEquals([offsetsIn(last), last.continues], [[8, 9], false]);
  const cut = test.log.read(0, 10_000, 2, true)!;
  assertEquals([offsetsIn(cut), cut.continues], [[0, 1], false]);
  assertEquals(test.records().map(({ offset }) => offset), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("reading: an offset in a gap leads to the next batch, in a later segment too", () => {
  const test = new TestLog({ segmentBytes: 150 });
  for (const baseOffset of [0, 5, 20]) {
    test.log.appendAssigned(textBatch(["x".repeat(60)], { baseOffset, leaderEpoch: 0 }));
  }
  assertEquals(test.log.segmentCount, 3);
  assertEquals([1, 5, 6, 20].map((offset) => offsetsIn(test.read(offset))), [[5], [5], [20], [20]]);
});

Deno.test("reading: parts of a slice are copied from anywhere in it", () => {
  const test = new TestLog();
  for (let i = 0; i < 5; i++) test.append(`value ${i}`);
  const slice = test.read(0)!;
  const whole = bytesOf(slice);
  const part = new Uint8Array(50);
  assertEquals(slice.copyTo(part, 30), 50);
  assertEquals(part, whole.subarray(30, 80));
  const tail = new Uint8Array(500);
  const count = slice.copyTo(tail, whole.length - 20);
  assertEquals([count, tail.subarray(0, 20)], [20, whole.subarray(whole.length - 20)]);
});

Deno.test("reading: a slice does not grow with the log", () => {
  const test = new TestLog();
  test.append("a");
  const slice = test.read(0)!;
  test.append("b");
  assertEquals(valuesIn(slice), ["a"]);
});

Deno.test("reading: memory and file give the same bytes", () => {
  const small = new TestLog({}, {}, undefined, 1); // Keeps nothing in memory that is on file.
  const large = new TestLog({}, {}, undefined, 64 << 20);
  for (let i = 0; i < 40; i++) {
    for (const test of [small, large]) test.appendBatch(batchOfSize(100 + 997 * (i % 7)));
  }
  for (const test of [small, large]) test.log.appendAsLeader(batchOfSize(300), 0, "client");
  for (let offset = 0; offset <= 40; offset += 3) {
    for (const bytesMax of [1, 1000, 20_000, 1 << 20]) {
      assertEquals(bytesOf(small.read(offset, bytesMax)), bytesOf(large.read(offset, bytesMax)));
    }
  }
});

Deno.test("reading: a slice of a segment that is deleted stays readable for a while", () => {
  const test = logOfTen();
  const slice = test.read(0)!;
  const before = bytesOf(slice);
  test.log.raiseHighWatermark(10);
  test.log.raiseLogStart(5);
  assertEquals(bytesOf(slice), before);
  test.clock.advance(test.config.fileDeleteDelayMs);
  assertEquals(bytesOf(slice).length, 0);
});

Deno.test("by time: the earliest record at or after it, over segments", () => {
  const test = new TestLog({ segmentBytes: 150 });
  const times = [10, 30, 20, 50, 40];
  for (const time of times) test.appendAt(time, "x".repeat(60));
  assertEquals(test.log.segmentCount, 5);
  const found = (time: number) => test.log.findByTimestamp(time)?.offset ?? null;
  assertEquals([0, 10, 11, 25, 31, 50, 51].map(found), [0, 0, 1, 1, 3, 3, null]);
});

Deno.test("by time: after a restart, clean or not, the answers are the same", async () => {
  const test = new TestLog({ segmentBytes: 150 });
  for (const time of [10, 30, 20, 50, 40]) test.appendAt(time, "x".repeat(60));
  const answers = () =>
    [0, 11, 31, 50, 51].map((time) => test.log.findByTimestamp(time)?.offset ?? null);
  const before = answers();
  const latest = test.log.findMaxTimestamp();
  await test.reopen();
  assertEquals([answers(), test.log.findMaxTimestamp()], [before, latest]);
  test.crash();
  assertEquals([answers(), test.log.findMaxTimestamp()], [before, latest]);
});

Deno.test("by time: records before the log's start are not found", () => {
  const test = new TestLog();
  for (const time of [10, 20, 30]) test.appendAt(time, "x");
  test.log.raiseHighWatermark(3);
  test.log.raiseLogStart(1);
  assertEquals(test.log.findByTimestamp(0), { timestamp: 20, offset: 1, leaderEpoch: 0 });
});

Deno.test("by time: the first record with the largest time of all segments", () => {
  const test = new TestLog({ segmentBytes: 150 });
  for (const time of [10, 50, 20, 50]) test.appendAt(time, "x".repeat(60));
  assertEquals(test.log.findMaxTimestamp(), { timestamp: 50, offset: 1, leaderEpoch: 0 });
  assertEquals(new TestLog().log.findMaxTimestamp(), null);
  assertEquals(new TestLog().log.findByTimestamp(0), null);
});

Deno.test("by time: a damaged batch on the way is an error of the request, not of the disk", async () => {
  const test = new TestLog();
  test.append("a", "b");
  test.append("c");
  await test.log.close();
  const path = test.path("00000000000000000000.log");
  const bytes = test.files.readFile(path);
  bytes.fill(0x7f, 61, 70);
  test.files.put(path, bytes);
  const fresh = new TestLog({}, {}, test.files);
  assertEquals(errorOf(() => fresh.log.findByTimestamp(0)), "CORRUPT_MESSAGE");
  assertEquals(errorOf(() => fresh.log.findMaxTimestamp()), "CORRUPT_MESSAGE");
  assertEquals(fresh.log.isOffline, false);
  assertEquals([...batchesOf(bytesOf(fresh.read(0)))].length, 2);
});

Deno.test("reading: a damaged header is an error, and no way to pass over what follows it", async () => {
  const test = logOfTen();
  await test.log.close();
  const path = test.path("00000000000000000002.log");
  test.files.put(path, test.files.readFile(path).fill(0, 0, 100));
  const fresh = new TestLog({ segmentBytes: 200 }, {}, test.files);
  assertEquals(offsetsIn(fresh.read(0)), [0, 1]);
  assertEquals(errorOf(() => fresh.read(2)), "CORRUPT_MESSAGE");
  assertEquals(errorOf(() => fresh.read(3)), "CORRUPT_MESSAGE");
  assertEquals(offsetsIn(fresh.read(4)), [4, 5]);
  assertEquals(fresh.log.isOffline, false);
});

Deno.test("deleting records: the log begins later, and whole segments before go", () => {
  const test = logOfTen();
  test.log.raiseHighWatermark(8);
  test.log.raiseLogStart(5);
  assertEquals([test.log.logStartOffset, test.log.firstSegmentOffset], [5, 4]);
  assertEquals(test.log.segmentCount, 3);
  assertEquals(test.records().map(({ offset }) => offset), [5, 6, 7, 8, 9]);
  assertEquals(test.log.size, 600);
});

Deno.test("deleting records: the files are renamed at once, and removed later", () => {
  const test = logOfTen();
  test.log.raiseHighWatermark(10);
  test.log.raiseLogStart(2);
  const segmentFiles = (suffix: string) =>
    [".index", ".log", ".timeindex"].map((kind) => `${"0".repeat(20)}${kind}${suffix}`);
  const present = (names: string[]) => names.filter((name) => test.names.includes(name));
  assertEquals(present(segmentFiles("")), []);
  assertEquals(present(segmentFiles(".deleted")).length, 3);
  test.clock.advance(test.config.fileDeleteDelayMs - 1);
  assertEquals(present(segmentFiles(".deleted")).length, 3);
  test.clock.advance(1);
  assertEquals(present(segmentFiles(".deleted")), []);
});

Deno.test("deleting records: snapshots of the deleted segments go with them", () => {
  const test = logOfTen();
  test.log.raiseHighWatermark(10);
  test.log.raiseLogStart(6);
  const snapshots = test.names.filter((name) => name.endsWith(".snapshot"));
  assertEquals(snapshots.map((name) => Number(name.slice(0, 20))), [6, 8]);
});

Deno.test("deleting records: all of them, and writing goes on", async () => {
  const test = logOfTen();
  test.log.raiseHighWatermark(10);
  test.log.raiseLogStart(10);
  assertEquals([test.log.segmentCount, test.values()], [1, []]);
  test.append("next");
  assertEquals(test.records().map(({ offset }) => offset), [10]);
  await test.reopen({ logStartOffset: 10 });
  assertEquals([test.log.logStartOffset, test.values()], [10, ["next"]]);
});

Deno.test("deleting records: not beyond the high watermark, and never back", () => {
  const test = logOfTen();
  test.log.raiseHighWatermark(4);
  assertEquals(errorOf(() => test.log.raiseLogStart(5)), "OFFSET_OUT_OF_RANGE");
  test.log.raiseLogStart(4);
  test.log.raiseLogStart(2);
  assertEquals(test.log.logStartOffset, 4);
});

Deno.test("deleting records: epochs before the start are forgotten", () => {
  const test = new TestLog();
  for (const epoch of [1, 2, 3]) test.appendBatch(textBatch(["a", "b"]), epoch);
  test.log.raiseHighWatermark(6);
  test.log.raiseLogStart(3);
  assertEquals(test.files.readText(test.path("leader-epoch-checkpoint")), "0\n2\n2 3\n3 4\n");
  assertNotEquals(test.log.leaderEpochs.earliest, undefined);
});

Deno.test("deleting records: a short file.delete.delay.ms does no harm to a sync under way", async () => {
  const test = new TestLog({ segmentBytes: 200, fileDeleteDelayMs: 0 });
  for (let i = 0; i < 4; i++) test.appendBatch(batchOfSize(100));
  const synced = test.log.sync();
  test.log.raiseHighWatermark(4);
  test.log.raiseLogStart(3);
  test.clock.advance(0);
  await synced;
  assert(!test.log.isOffline);
  assertEquals(test.names.filter((name) => name.endsWith(".log")).length, 1);
});
