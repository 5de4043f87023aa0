import { assert, assertEquals, assertThrows } from "../lib/assert.ts";
import { KafkaError } from "../protocol/errors.ts";
import { BatchView } from "../protocol/records/batch.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { batchesOf } from "../protocol/records/read.ts";
import { batchOfSize, producerBatch, TEST_TIME_MS, textBatch } from "./testing/batches.ts";
import { bytesOf, TestLog } from "./testing/test_log.ts";

/** The name of the error that `run` throws. */
const errorOf = (run: () => unknown) => assertThrows(run, KafkaError).errorName;

const batchesIn = (test: TestLog, from = 0) => [...batchesOf(bytesOf(test.read(from)))];

/** The log files of the folder. */
const logFiles = (test: TestLog) => test.names.filter((name) => name.endsWith(".log"));

const logName = (offset: number) => `${String(offset).padStart(20, "0")}.log`;

Deno.test("appending: records get the offsets that follow, and come back", () => {
  const test = new TestLog();
  assertEquals(test.append("a", "b"), {
    firstOffset: 0,
    lastOffset: 1,
    logAppendTimeMs: -1,
    logStartOffset: 0,
    duplicate: false,
  });
  const info = test.append("c");
  assertEquals([info.firstOffset, info.lastOffset], [2, 2]);
  assertEquals(test.records().map(({ offset }) => offset), [0, 1, 2]);
  assertEquals(test.values(), ["a", "b", "c"]);
  assertEquals(test.log.logEndOffset, 3);
  assertEquals(test.log.size, batchesIn(test).reduce((sum, { size }) => sum + size, 0));
});

Deno.test("appending: the file has the client's bytes, but offset and epoch in the header", () => {
  const test = new TestLog();
  test.append("before");
  const sent = textBatch(["a", "b"]);
  const { crc } = new BatchView(sent.slice());
  test.appendBatch(sent.slice(), 4);
  const file = test.files.readFile(test.path(logName(0)));
  const stored = [...batchesOf(file)][1];
  assertEquals([stored.baseOffset, stored.leaderEpoch, stored.crc], [1, 4, crc]);
  assert(stored.isValid);
  assertEquals(file.subarray(stored.at + 16), sent.subarray(16));
});

Deno.test("appending: it is on file after the flush, which is asked for", () => {
  const test = new TestLog();
  test.log.appendAsLeader(textBatch(["a"]), 0, "client");
  assertEquals(test.dirtied, 1);
  assertEquals(test.values(), ["a"]);
  assertEquals(test.files.readFile(test.path(logName(0))).length, 0);
  test.log.flush();
  assertEquals(test.files.readFile(test.path(logName(0))).length, test.log.size);
});

Deno.test("appending: a new epoch of the leader is noted with its first offset", () => {
  const test = new TestLog();
  test.appendBatch(textBatch(["a", "b"]), 2);
  test.appendBatch(textBatch(["c"]), 2);
  test.appendBatch(textBatch(["d"]), 5);
  assertEquals(test.files.readText(test.path("leader-epoch-checkpoint")), "0\n2\n2 0\n5 3\n");
});

Deno.test("appending: a batch with a wrong checksum is refused", () => {
  const test = new TestLog();
  const damaged = textBatch(["a"]);
  damaged[damaged.length - 1] ^= 1;
  assertEquals(errorOf(() => test.appendBatch(damaged)), "CORRUPT_MESSAGE");
  const old = textBatch(["a"]);
  old[16] = 1;
  assertEquals(errorOf(() => test.appendBatch(old)), "CORRUPT_MESSAGE");
  assertEquals(test.log.logEndOffset, 0);
});

Deno.test("appending: a client's batch begins at offset 0, a coordinator's may not", () => {
  const test = new TestLog();
  const batch = () => textBatch(["a"], { baseOffset: 5 });
  assertEquals(errorOf(() => test.appendBatch(batch())), "INVALID_RECORD");
  assertEquals(test.log.appendAsLeader(batch(), 0, "coordinator").firstOffset, 0);
});

Deno.test("appending: an unknown codec is refused", () => {
  const batch = textBatch(["a"]);
  batch[22] = 5;
  new BatchView(batch).updateCrc();
  assertEquals(errorOf(() => new TestLog().appendBatch(batch)), "UNKNOWN_SERVER_ERROR");
});

Deno.test("appending: a batch of max.message.bytes is taken, a larger one is not", () => {
  const test = new TestLog({ maxMessageBytes: 1000 });
  assertEquals(test.appendBatch(batchOfSize(1000)).firstOffset, 0);
  assertEquals(errorOf(() => test.appendBatch(batchOfSize(1001))), "MESSAGE_TOO_LARGE");
});

Deno.test("appending: max.message.bytes holds for what the broker rewrote, too", () => {
  const test = new TestLog({ maxMessageBytes: 1000, compressionType: "uncompressed" });
  const small = buildBatch([{ timestamp: TEST_TIME_MS, value: new Uint8Array(5000) }], {
    compression: 1,
  });
  assertEquals(errorOf(() => test.appendBatch(small)), "MESSAGE_TOO_LARGE");
});

Deno.test("appending: a batch must fit into one segment", () => {
  const test = new TestLog({ segmentBytes: 500 });
  assertEquals(test.appendBatch(batchOfSize(500)).firstOffset, 0);
  assertEquals(errorOf(() => test.appendBatch(batchOfSize(501))), "RECORD_LIST_TOO_LARGE");
});

Deno.test("appending: with log append time, the answer has the broker's time", () => {
  const test = new TestLog({ logAppendTime: true });
  test.clock.advance(777);
  assertEquals(test.append("a").logAppendTimeMs, TEST_TIME_MS + 777);
  assertEquals(test.records()[0].timestamp, TEST_TIME_MS + 777);
});

Deno.test("appending: new settings hold from the next batch on", () => {
  const test = new TestLog();
  test.append("a");
  test.log.config = { ...test.log.config, maxMessageBytes: 70 };
  assertEquals(errorOf(() => test.appendBatch(batchOfSize(71))), "MESSAGE_TOO_LARGE");
});

Deno.test("appending: a repeated batch of a producer is answered as the first time, not appended", () => {
  const test = new TestLog();
  const batch = (sequence: number) => producerBatch(9, 0, sequence, { count: 2 }).bytes;
  test.append("before");
  const first = test.appendBatch(batch(0));
  test.appendBatch(batch(2));
  const again = test.appendBatch(batch(0));
  assertEquals(again, { ...first, duplicate: true, logAppendTimeMs: TEST_TIME_MS });
  assertEquals(test.log.logEndOffset, 5);
  assertEquals(errorOf(() => test.appendBatch(batch(5))), "OUT_OF_ORDER_SEQUENCE_NUMBER");
  assertEquals(test.log.logEndOffset, 5);
});

Deno.test("appending: assigned batches keep offsets and epochs, several at a time", () => {
  const test = new TestLog();
  const [a, b] = [
    textBatch(["a"], { baseOffset: 3, leaderEpoch: 1 }),
    textBatch(["b", "c"], { baseOffset: 7, leaderEpoch: 2 }),
  ];
  test.log.appendAssigned(Uint8Array.of(...a, ...b));
  assertEquals(test.records().map(({ offset }) => offset), [3, 7, 8]);
  assertEquals(test.log.logEndOffset, 9);
  assertEquals(test.log.leaderEpochs.all.map(({ epoch }) => epoch), [1, 2]);
});

Deno.test("appending: an assigned batch before the end is a failure of the log", () => {
  const test = new TestLog();
  test.append("a");
  const error = errorOf(() => test.log.appendAssigned(textBatch(["b"], { baseOffset: 0 })));
  assertEquals([error, test.log.isOffline], ["KAFKA_STORAGE_ERROR", true]);
});

Deno.test("rolling: a segment ends before the batch that would make it larger than segment.bytes", () => {
  const test = new TestLog({ segmentBytes: 300 });
  for (let i = 0; i < 3; i++) test.appendBatch(batchOfSize(100));
  assertEquals(logFiles(test), [logName(0)]);
  test.appendBatch(batchOfSize(100));
  assertEquals(logFiles(test), [logName(0), logName(3)]);
  assertEquals(test.records().map(({ offset }) => offset), [0, 1, 2, 3]);
});

Deno.test("rolling: by the records' time, from the first batch of the segment on", () => {
  const test = new TestLog({ segmentMs: 1000 });
  test.appendAt(TEST_TIME_MS, "a");
  test.appendAt(TEST_TIME_MS + 1000, "b");
  test.clock.advance(3000);
  test.appendAt(TEST_TIME_MS + 500, "c");
  assertEquals(test.log.segmentCount, 1);
  test.appendAt(TEST_TIME_MS + 1001, "d");
  assertEquals(logFiles(test), [logName(0), logName(3)]);
});

Deno.test("rolling: by the records' time after a restart as well", async () => {
  const test = new TestLog({ segmentMs: 1000 });
  test.appendAt(TEST_TIME_MS, "a");
  await test.reopen();
  test.appendAt(TEST_TIME_MS + 1001, "b");
  assertEquals(test.log.segmentCount, 2);
});

Deno.test("rolling: without times in the records, by the clock from the segment's making on", () => {
  const test = new TestLog({ segmentMs: 1000 });
  test.appendAt(-1, "a");
  test.clock.advance(1000);
  test.appendAt(-1, "b");
  assertEquals(test.log.segmentCount, 1);
  test.clock.advance(1);
  test.appendAt(-1, "c");
  assertEquals(test.log.segmentCount, 2);
});

Deno.test("rolling: an empty segment is not rolled, however old", () => {
  const test = new TestLog({ segmentMs: 1000 });
  test.clock.advance(10_000);
  test.append("a");
  assertEquals(logFiles(test), [logName(0)]);
});

Deno.test("rolling: the jitter takes part of segment.ms off", () => {
  const test = new TestLog({ segmentMs: 1000, segmentJitterMs: 1000 });
  test.appendAt(TEST_TIME_MS, "a");
  let elapsed = 0;
  while (test.log.segmentCount === 1 && elapsed <= 1000) {
    test.appendAt(TEST_TIME_MS + ++elapsed, "b");
  }
  assert(elapsed < 1000, `rolled after ${elapsed} ms`);
});

Deno.test("rolling: when the offset index is full", () => {
  const test = new TestLog({ segmentIndexBytes: 3 * 12, indexIntervalBytes: 0 });
  for (let i = 0; i < 3; i++) test.appendAt(TEST_TIME_MS - i, "x");
  assertEquals(test.log.segmentCount, 1); // Two offsets are indexed, and one time.
  for (let i = 0; i < 3; i++) test.appendAt(TEST_TIME_MS - i, "x");
  assertEquals(test.log.segmentCount, 2);
});

Deno.test("rolling: when the time index is full but for its last place", () => {
  const test = new TestLog({ segmentIndexBytes: 3 * 12, indexIntervalBytes: 0 });
  for (let i = 0; i < 3; i++) test.appendAt(TEST_TIME_MS + i, "x");
  assertEquals(test.log.segmentCount, 1);
  test.appendAt(TEST_TIME_MS + 3, "x");
  assertEquals(logFiles(test), [logName(0), logName(3)]);
  assertEquals(
    test.files.readFile(test.path("00000000000000000000.timeindex")).length,
    3 * 12 - 12,
  );
});

Deno.test("rolling: when an offset is too far from the segment's base for its index", () => {
  const test = new TestLog();
  const assigned = (baseOffset: number) =>
    test.log.appendAssigned(textBatch(["a"], { baseOffset, leaderEpoch: 0 }));
  assigned(0x7fffffff);
  assertEquals(test.log.segmentCount, 1);
  assigned(0x80000000);
  assertEquals(logFiles(test), [logName(0), logName(0x80000000)]);
  const far = new TestLog();
  far.log.appendAssigned(textBatch(["a"], { baseOffset: 2 ** 40, leaderEpoch: 0 }));
  assertEquals(logFiles(far), [logName(0), logName(2 ** 40)], "an empty segment, too");
  assertEquals(far.records(2 ** 40).length, 1);
});

Deno.test("rolling: the old segment is complete on disk, with a snapshot of the producers", () => {
  const test = new TestLog({ segmentBytes: 250, indexIntervalBytes: 50 });
  test.appendBatch(producerBatch(9, 0, 0).bytes);
  while (test.log.segmentCount === 1) test.appendBatch(batchOfSize(80));
  const rolledAt = Number(logFiles(test)[1].slice(0, 20));
  assert(test.names.includes(`${String(rolledAt).padStart(20, "0")}.snapshot`));
  assertEquals(
    test.files.readFile(test.path("00000000000000000000.index")).length / 8,
    rolledAt - 1,
  );
  assert(test.files.readFile(test.path("00000000000000000000.timeindex")).length >= 12);
});

Deno.test("rolling: the recovery point follows once the old segment is on the device", async () => {
  const test = new TestLog({ segmentBytes: 250 });
  for (let i = 0; i < 5; i++) test.appendBatch(batchOfSize(100));
  assertEquals(test.log.recoveryPoint, 0);
  await test.log.sync();
  assertEquals(test.log.recoveryPoint, 4, "the active segment has no indexes on file yet");
  test.files.crash();
  const sizes = [0, 2, 4].map((offset) => test.files.readFile(test.path(logName(offset))).length);
  assertEquals(sizes, [200, 200, 100]);
});

Deno.test("rolling: the recovery point does not pass an older segment that is not on the device", async () => {
  const test = new TestLog({ segmentBytes: 250 });
  for (let i = 0; i < 5; i++) test.appendBatch(batchOfSize(100));
  test.crash(); // Nothing of it was forced to the device.
  test.appendBatch(batchOfSize(100));
  test.appendBatch(batchOfSize(100));
  await settled(() => test.log.recoveryPoint > 0);
  assertEquals(test.log.recoveryPoint, 6);
  test.files.crash();
  const sizes = [0, 2, 4].map((offset) => test.files.readFile(test.path(logName(offset))).length);
  assertEquals(sizes, [200, 200, 200]);
});

/** Lets what is under way go on until `condition` holds. */
async function settled(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    assert(turns < 1000, "it never came to that");
    await Promise.resolve();
  }
}

Deno.test("failing: a disk that fails takes the log offline, once and for good", () => {
  const test = new TestLog();
  test.append("a");
  test.log.appendAsLeader(textBatch(["b"]), 0, "client");
  test.files.failure = (operation) => operation === "write" ? new Error("no space left") : null;
  const error = assertThrows(() => test.log.flush(), KafkaError, "no space left");
  assertEquals(error.errorName, "KAFKA_STORAGE_ERROR");
  test.files.failure = () => null;
  assertEquals(test.log.isOffline, true);
  assertEquals(errorOf(() => test.append("c")), "KAFKA_STORAGE_ERROR");
  assertEquals(errorOf(() => test.read(0)), "KAFKA_STORAGE_ERROR");
  assertEquals(errorOf(() => test.log.findByTimestamp(0)), "KAFKA_STORAGE_ERROR");
  assertEquals(test.failures.map(String), ["Error: no space left"]);
});

Deno.test("failing: a sync that fails takes the log offline and moves no recovery point", async () => {
  const test = new TestLog();
  test.append("a");
  test.files.failure = (operation) => operation === "sync" ? new Error("input/output error") : null;
  const error = await test.log.sync().catch((error) => error);
  assertEquals((error as KafkaError).errorName, "KAFKA_STORAGE_ERROR");
  assertEquals([test.log.isOffline, test.log.recoveryPoint], [true, 0]);
});

Deno.test("failing: a closed log that is offline writes nothing", async () => {
  const test = new TestLog();
  test.log.appendAsLeader(textBatch(["b"]), 0, "client");
  test.files.failure = () => new Error("the disk is gone");
  assertThrows(() => test.log.flush());
  await test.log.close();
  assertEquals(test.files.copy().readFile(test.path(logName(0))).length, 0);
});

Deno.test("watermarks: the high watermark rises, never beyond the end, never back", () => {
  const test = new TestLog();
  test.append("a", "b", "c");
  assertEquals(test.log.highWatermark, 0);
  assertEquals(test.log.raiseHighWatermark(2), true);
  assertEquals(test.log.raiseHighWatermark(1), false);
  assertEquals(test.log.highWatermark, 2);
  assertEquals(test.log.raiseHighWatermark(99), true);
  assertEquals(test.log.highWatermark, 3);
});

Deno.test("watermarks: the last stable offset stays before an open transaction", () => {
  const test = new TestLog();
  test.append("a");
  test.appendBatch(producerBatch(9, 0, 0, { transactional: true }).bytes);
  test.append("b");
  assertEquals(test.log.lastStableOffset, 0);
  test.log.raiseHighWatermark(3);
  assertEquals(test.log.lastStableOffset, 1);
});

Deno.test("producers that were idle for producer.id.expiration.ms are forgotten", () => {
  const test = new TestLog({ producerIdExpirationMs: 1000 });
  test.appendBatch(producerBatch(9, 0, 0).bytes);
  test.clock.advance(999);
  test.log.expireProducers();
  assertEquals(test.log.producerState.entries.size, 1);
  test.clock.advance(1);
  test.log.expireProducers();
  assertEquals(test.log.producerState.entries.size, 0);
});
