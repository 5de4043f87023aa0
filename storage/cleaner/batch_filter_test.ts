import { assert, assertEquals } from "../../lib/assert.ts";
import { type BatchView, BatchView as View, setInt64 } from "../../protocol/records/batch.ts";
import { buildBatch } from "../../protocol/records/builder.ts";
import { DEFAULT_LEVELS } from "../../protocol/records/compression/compression.ts";
import { readRecords } from "../../protocol/records/read.ts";
import { TEST_TIME_MS } from "../testing/batches.ts";
import { keyedBatch, offsetMapOf, textsIn } from "../testing/cleaning.ts";
import { BatchFilter, type FilterRules } from "./batch_filter.ts";
import { CleanedTransactions } from "./cleaned_transactions.ts";

const NOW_MS = TEST_TIME_MS + 1000;
const RETENTION_MS = 60_000;

function filterBy(
  offsets: Record<string, number>,
  rules: Partial<FilterRules> = {},
  latestOffset = 1000,
): BatchFilter {
  return new BatchFilter({
    map: offsetMapOf(offsets, latestOffset),
    transactions: new CleanedTransactions([]),
    producers: new Map(),
    endOffset: -1,
    nowMs: NOW_MS,
    deleteRetentionMs: RETENTION_MS,
    compressionLevels: DEFAULT_LEVELS,
    ...rules,
  });
}

/** The batch that a filter makes of another, its checksum right; null where nothing stays. */
function filtered(filter: BatchFilter, batch: BatchView): BatchView | null {
  const bytes = filter.filter(batch)?.slice();
  if (bytes === undefined) return null;
  const result = new View(bytes);
  assertEquals(result.size, bytes.length);
  assert(result.isValid);
  return result;
}

function textsOf(batch: BatchView | null): string[] | null {
  return batch === null ? null : textsIn(batch.bytes);
}

const CODECS = [0, 1, 2, 3, 4] as const;

Deno.test("filter: of each key only the last record stays, at its offset", () => {
  for (const compression of CODECS) {
    const filter = filterBy({ a: 12, b: 11, c: 50 });
    const batch = keyedBatch(["a=1", "b=2", "a=3", "c=4", "d=5"], { baseOffset: 10, compression });
    const result = filtered(filter, batch)!;
    assertEquals(textsOf(result), ["11 b=2", "12 a=3", "14 d=5"], `codec ${compression}`);
    assertEquals([result.baseOffset, result.lastOffset, result.recordCount], [10, 14, 3]);
    assertEquals(result.compression, compression);
    assertEquals([filter.recordsRead, filter.recordsKept], [5, 3]);
  }
});

Deno.test("filter: a batch of which all stays is not touched", () => {
  for (const compression of CODECS) {
    const batch = keyedBatch(["a=1", "b=2"], { baseOffset: 10, compression });
    const result = filterBy({ a: 10 }).filter(batch);
    assertEquals(result, batch.bytes);
    assertEquals(result!.buffer, batch.bytes.buffer);
  }
});

Deno.test("filter: a batch of which nothing stays is gone", () => {
  const filter = filterBy({ a: 50 });
  assertEquals(filter.filter(keyedBatch(["a=1", "a=2"], { baseOffset: 10 })), null);
  assertEquals([filter.recordsRead, filter.recordsKept], [2, 0]);
});

Deno.test("filter: what lies beyond the map's end stays, whatever the map says", () => {
  const filter = filterBy({ a: 50 }, {}, 10);
  const batch = keyedBatch(["a=1", "a=2", "=3"], { baseOffset: 10 });
  assertEquals(textsOf(filtered(filter, batch)), ["11 a=2", "12 =3"]);
});

Deno.test("filter: records without a key go, and are counted", () => {
  const filter = filterBy({});
  const batch = keyedBatch(["=1", "a=2"], { baseOffset: 10 });
  assertEquals(textsOf(filtered(filter, batch)), ["11 a=2"]);
  assertEquals(filter.recordsWithoutKey, 1);
});

Deno.test("filter: an empty key is a key", () => {
  const batch = new View(
    buildBatch([1, 2].map((value) => ({
      timestamp: TEST_TIME_MS,
      key: new Uint8Array(0),
      value: new Uint8Array([value]),
    }))),
  );
  const result = filtered(filterBy({ "": 1 }), batch)!;
  assertEquals(readRecords(result).map(({ offset }) => offset), [1]);
});

Deno.test("filter: the header says what stayed, and keeps the rest", () => {
  const records = [5, 9, 7].map((time, i) => ({
    timestamp: TEST_TIME_MS + time,
    key: new Uint8Array([i]),
    value: new Uint8Array([i]),
  }));
  const batch = new View(buildBatch(records, {
    baseOffset: 10,
    leaderEpoch: 4,
    producerId: 77,
    producerEpoch: 3,
    baseSequence: 20,
  }));
  const result = filtered(filterBy({ "\x01": 50 }), batch)!;
  assertEquals(readRecords(result).map(({ timestamp }) => timestamp - TEST_TIME_MS), [5, 7]);
  assertEquals(result.maxTimestamp, TEST_TIME_MS + 7);
  assertEquals([result.leaderEpoch, result.producerId, result.producerEpoch], [4, 77, 3]);
  assertEquals([result.baseSequence, result.lastSequence], [20, 22]);
});

Deno.test("filter: with log append time the batch's time stays all records' time", () => {
  const options = { logAppendTime: TEST_TIME_MS + 50, baseOffset: 10 };
  const batch = keyedBatch(["a=1", "b!", "a=2"], options);
  const result = filtered(filterBy({ a: 12 }), batch)!;
  assertEquals(textsOf(result), ["11 b!", "12 a=2"]);
  assertEquals([result.isLogAppendTime, result.maxTimestamp], [true, TEST_TIME_MS + 50]);
  assertEquals(readRecords(result).map(({ timestamp }) => timestamp), [
    TEST_TIME_MS + 50,
    TEST_TIME_MS + 50,
  ]);
});

Deno.test("filter: the first time, tombstones stay, and the batch says until when", () => {
  for (const compression of CODECS) {
    const batch = keyedBatch(["a=1", "b!", "c=3"], { baseOffset: 10, compression });
    const result = filtered(filterBy({ a: 50, b: 11 }), batch)!;
    assertEquals(textsOf(result), ["11 b!", "12 c=3"], `codec ${compression}`);
    assertEquals(result.hasDeleteHorizon, true);
    assertEquals(result.baseTimestamp, NOW_MS + RETENTION_MS);
    assertEquals(readRecords(result).map(({ timestamp }) => timestamp), [
      TEST_TIME_MS,
      TEST_TIME_MS,
    ]);
    assertEquals(result.maxTimestamp, TEST_TIME_MS);
  }
});

Deno.test("filter: a batch with tombstones of which all stays gets its horizon, too", () => {
  const batch = keyedBatch(["a!", "c=3"], { baseOffset: 10 });
  const result = filtered(filterBy({}), batch)!;
  assertEquals(textsOf(result), ["10 a!", "11 c=3"]);
  assertEquals(result.baseTimestamp, NOW_MS + RETENTION_MS);
});

Deno.test("filter: tombstones stay until their horizon has passed, which does not move", () => {
  const first = filtered(filterBy({}), keyedBatch(["a!", "b=1"], { baseOffset: 10 }))!;
  const horizonMs = NOW_MS + RETENTION_MS;
  const before = filterBy({}, { nowMs: horizonMs - 1 });
  assertEquals(before.filter(first), first.bytes);
  const after = filtered(filterBy({}, { nowMs: horizonMs }), first)!;
  assertEquals(textsOf(after), ["11 b=1"]);
  assertEquals([after.hasDeleteHorizon, after.baseTimestamp], [true, horizonMs]);
  assertEquals(readRecords(after)[0].timestamp, TEST_TIME_MS);
});

Deno.test("filter: a tombstone that a later record has replaced goes at once", () => {
  const batch = keyedBatch(["a!", "b=1"], { baseOffset: 10 });
  const result = filtered(filterBy({ a: 50 }), batch)!;
  assertEquals(textsOf(result), ["11 b=1"]);
  assertEquals(result.hasDeleteHorizon, false);
});

Deno.test("filter: a time that no number holds exactly is never written anew", () => {
  const batch = keyedBatch(["a!", "b=1", "c=2"], { baseOffset: 10 });
  setInt64(batch.view, 27, Infinity); // The base timestamp.
  setInt64(batch.view, 35, Infinity); // The largest timestamp.
  batch.updateCrc();
  const result = filtered(filterBy({ b: 50 }), batch)!;
  assertEquals(textsOf(result), ["10 a!", "12 c=2"]);
  assertEquals(result.hasDeleteHorizon, false);
  assertEquals(result.view.getBigInt64(27), 2n ** 63n - 1n);
  assertEquals(result.view.getBigInt64(35), 2n ** 63n - 1n);
});

Deno.test("filter: the last batch of a producer stays, if only empty", () => {
  const options = { producerId: 9, producerEpoch: 2, baseSequence: 5, baseOffset: 10 };
  const producers = new Map([[9, { producerId: 9, producerEpoch: 2, lastDataOffset: 11 }]]);
  const batch = keyedBatch(["a=1", "a=2"], { ...options, leaderEpoch: 3, compression: 3 });
  const empty = filtered(filterBy({ a: 50 }, { producers }), batch)!;
  assertEquals([empty.recordCount, empty.compression, empty.size], [0, 0, 61]);
  assertEquals([empty.baseOffset, empty.lastOffset], [10, 11]);
  assertEquals([empty.producerId, empty.producerEpoch, empty.lastSequence], [9, 2, 6]);
  assertEquals([empty.baseTimestamp, empty.maxTimestamp], [-1, TEST_TIME_MS]);
  assertEquals(empty.leaderEpoch, 3);
  const again = filtered(filterBy({ a: 50 }, { producers }), empty)!;
  assertEquals(again.bytes, empty.bytes);
  assertEquals(filtered(filterBy({ a: 50 }), empty), null);
});

Deno.test("filter: an earlier batch of a producer may go", () => {
  const options = { producerId: 9, producerEpoch: 2, baseSequence: 5, baseOffset: 10 };
  const producers = new Map([[9, { producerId: 9, producerEpoch: 2, lastDataOffset: 30 }]]);
  const filter = filterBy({ a: 50 }, { producers });
  assertEquals(filtered(filter, keyedBatch(["a=1", "a=2"], options)), null);
});

Deno.test("filter: the batch that ends where cleaning ends stays, if only empty", () => {
  const batch = keyedBatch(["a=1", "a=2"], { baseOffset: 10 });
  const empty = filtered(filterBy({ a: 50 }, { endOffset: 12 }), batch)!;
  assertEquals([empty.recordCount, empty.nextOffset], [0, 12]);
  assertEquals(filtered(filterBy({ a: 50 }, { endOffset: 13 }), batch), null);
});
