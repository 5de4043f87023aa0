import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { BatchView, CorruptBatchError } from "../protocol/records/batch.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { Segment } from "./segment.ts";
import {
  type BatchBytes,
  findBatch,
  findByTimestamp,
  findMaxTimestamp,
  readNextOffset,
  scanBatches,
  translateOffset,
} from "./segment_scan.ts";
import { OpenFiles } from "./open_files.ts";
import { TailCache } from "./tail.ts";
import { batchOfSize, textRecord } from "./testing/batches.ts";

const BASE = 100;

function makeSegment(indexIntervalBytes = 4096): Segment {
  const files = new MemoryFiles();
  files.makeDirectory("/data/demo-0");
  return new Segment({
    files,
    openFiles: new OpenFiles(files, 100),
    tail: new TailCache(1), // So that everything but the last append comes from the file.
    directory: "/data/demo-0",
    baseOffset: BASE,
    indexIntervalBytes,
    indexBytesMax: 1 << 20,
    rollJitterMs: 0,
    createdMs: 0,
  }).create();
}

/** Appends a batch at `offset`, as a log does. */
function append(segment: Segment, offset: number, bytes: Uint8Array): void {
  const batch = new BatchView(bytes);
  batch.baseOffset = offset;
  batch.leaderEpoch = 7;
  const position = segment.size;
  segment.append(bytes);
  segment.noteBatch(batch, position);
  segment.flush();
}

/** A segment of batches whose records have these times; offsets follow each other. */
function segmentOfTimes(times: number[][], indexIntervalBytes?: number): Segment {
  const segment = makeSegment(indexIntervalBytes);
  let offset = BASE;
  for (const batch of times) {
    append(segment, offset, buildBatch(batch.map((time) => textRecord("v", time))));
    offset += batch.length;
  }
  return segment;
}

function bytesOf(...parts: Uint8Array[]): BatchBytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return {
    size: all.length,
    readInto(target, position) {
      const part = all.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
  };
}

const positions = (bytes: BatchBytes, from = 0) =>
  [...scanBatches(bytes, from)].map(({ position }) => position);

Deno.test("scan: whole batches from a position on, however large", () => {
  const sizes = [100, 900_000, 500_000, 3_000_000, 80];
  const bytes = bytesOf(...sizes.map((size) => batchOfSize(size)));
  assertEquals(positions(bytes), [0, 100, 900_100, 1_400_100, 4_400_100]);
  assertEquals(positions(bytes, 900_100), [900_100, 1_400_100, 4_400_100]);
  for (const { batch } of scanBatches(bytes, 0)) assertEquals(batch.isValid, true);
});

Deno.test("scan: it ends before a batch that is not whole", () => {
  const torn = batchOfSize(2_000_000);
  for (const length of [1, 11, 12, 16, 17, 60, 61, 1_500_000, 1_999_999]) {
    assertEquals(positions(bytesOf(batchOfSize(100), torn.subarray(0, length))), [0]);
  }
  assertEquals(positions(bytesOf()), []);
});

Deno.test("scan: a header that no batch has is an error", () => {
  const zeros = bytesOf(batchOfSize(100), new Uint8Array(50));
  assertThrows(() => positions(zeros), CorruptBatchError, "length 0");
});

Deno.test("translating an offset gives the batch that holds it, or the first one after it", () => {
  const segment = makeSegment(150);
  for (const offset of [100, 103, 104, 110, 115]) append(segment, offset, batchOfSize(100));
  const at = (offset: number) => translateOffset(segment, offset)?.baseOffset ?? null;
  assertEquals([0, 100, 101, 103].map(at), [100, 100, 103, 103]);
  assertEquals([104, 105, 110, 115].map(at), [104, 110, 110, 115]);
  assertEquals(at(116), null);
  assertEquals(translateOffset(segment, 104), {
    baseOffset: 104,
    lastOffset: 104,
    position: 200,
    size: 100,
  });
});

Deno.test("finding a batch reads headers only, over blocks and large batches", () => {
  const segment = makeSegment(1 << 30);
  const sizes = [5000, 4000, 20_000, 100, 9000, 68];
  let position = 0;
  const expected = sizes.map((size, i) => {
    append(segment, BASE + i, batchOfSize(size));
    position += size;
    return position - size;
  });
  const found = sizes.map((_, i) => findBatch(segment, BASE + i, 0)?.position);
  assertEquals(found, expected);
});

Deno.test("finding a batch ends where one is not whole", () => {
  const segment = makeSegment();
  append(segment, BASE, batchOfSize(100));
  const torn = batchOfSize(100);
  new BatchView(torn).baseOffset = BASE + 1;
  segment.append(torn.subarray(0, 99));
  assertEquals(findBatch(segment, BASE + 1, 0), null);
});

Deno.test("finding a batch behind damage is an error, not the end", () => {
  const segment = makeSegment();
  append(segment, BASE, batchOfSize(100));
  segment.append(new Uint8Array(200));
  assertEquals(findBatch(segment, BASE, 0)?.position, 0);
  assertThrows(() => findBatch(segment, BASE + 1, 0), CorruptBatchError, "no batch at 100 of");
  assertThrows(() => readNextOffset(segment), CorruptBatchError, segment.logPath);
});

Deno.test("the next offset follows the last batch, with index entries and without", () => {
  for (const interval of [50, 150, 1 << 30]) {
    const segment = makeSegment(interval);
    assertEquals(readNextOffset(segment), BASE);
    for (const offset of [100, 103, 120]) append(segment, offset, batchOfSize(100));
    assertEquals(readNextOffset(segment), 121);
  }
});

Deno.test("by time: the first record at or after it, with its epoch", () => {
  for (const interval of [0, 100, 1 << 30]) {
    const segment = segmentOfTimes([[10, 20], [15, 40, 30], [35], [50]], interval);
    const found = (timestamp: number, from = BASE) => {
      const record = findByTimestamp(segment, timestamp, from);
      return record === null ? null : [record.offset, record.timestamp, record.leaderEpoch];
    };
    assertEquals(found(-1), [100, 10, 7]);
    assertEquals(found(10), [100, 10, 7]);
    assertEquals(found(11), [101, 20, 7]);
    assertEquals(found(21), [103, 40, 7], "records of a batch need not be in order of time");
    assertEquals(found(41), [106, 50, 7]);
    assertEquals(found(51), null);
    assertEquals(found(11, 102), [102, 15, 7], "nothing before the log's start");
    assertEquals(found(11, 103), [103, 40, 7]);
  }
});

Deno.test("by time: compressed batches are looked into, log append time counts for all records", () => {
  const segment = makeSegment();
  const records = [10, 20, 30].map((time) => textRecord("v", time));
  append(segment, 100, buildBatch(records, { compression: 1 }));
  append(segment, 103, buildBatch(records, { logAppendTime: 99 }));
  assertEquals(findByTimestamp(segment, 25, BASE)?.offset, 102);
  assertEquals(findByTimestamp(segment, 31, BASE), { timestamp: 99, offset: 103, leaderEpoch: 7 });
});

Deno.test("largest time: the first record that has it", () => {
  for (const interval of [0, 100, 1 << 30]) {
    const segment = segmentOfTimes([[10], [15, 40, 40], [35], [40], [39]], interval);
    assertEquals(findMaxTimestamp(segment), { timestamp: 40, offset: 102, leaderEpoch: 7 });
  }
});

Deno.test("largest time: of records without times, the first one, as Kafka answers", () => {
  const segment = segmentOfTimes([[-1, -1], [-1]]);
  assertEquals(findMaxTimestamp(segment), { timestamp: -1, offset: 100, leaderEpoch: 7 });
});

Deno.test("largest time: none where there are no records", () => {
  assertEquals(findMaxTimestamp(makeSegment()), null);
});
