import { assert, assertEquals, assertRejects, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { SeededRandom } from "../lib/random.ts";
import { BatchView } from "../protocol/records/batch.ts";
import { offsetFileName, Segment, type SegmentOptions } from "./segment.ts";
import { OpenFiles } from "./open_files.ts";
import { TailCache } from "./tail.ts";
import { batchOfSize } from "./testing/batches.ts";

const DIRECTORY = "/data/demo-0";
const BASE = 1000;

interface Fixture {
  readonly files: MemoryFiles;
  readonly tail: TailCache;
  readonly segment: Segment;
}

function makeSegment(options: Partial<SegmentOptions> & { tailBytesMax?: number } = {}): Fixture {
  const files = new MemoryFiles();
  files.makeDirectory(DIRECTORY);
  const tail = new TailCache(options.tailBytesMax ?? 1 << 20);
  const segment = segmentOn(files, tail, options).create();
  return { files, tail, segment };
}

function segmentOn(files: MemoryFiles, tail: TailCache, options: Partial<SegmentOptions> = {}) {
  return new Segment({
    files,
    openFiles: new OpenFiles(files, 100),
    tail,
    directory: DIRECTORY,
    baseOffset: BASE,
    indexIntervalBytes: 4096,
    indexBytesMax: 1 << 20,
    rollJitterMs: 0,
    createdMs: 0,
    ...options,
  });
}

/** Appends a batch of one record of `size` bytes, as a log does. Returns its bytes. */
function append(segment: Segment, offset: number, size: number, timestamp = 5000): Uint8Array {
  const bytes = batchOfSize(size, timestamp);
  const batch = new BatchView(bytes);
  batch.baseOffset = offset;
  const position = segment.size;
  segment.append(bytes);
  segment.noteBatch(batch, position);
  return bytes;
}

const read = (segment: Segment, position: number, length: number) => {
  const target = new Uint8Array(length);
  return target.subarray(0, segment.readInto(target, position));
};

const indexEntries = (files: MemoryFiles) =>
  files.readFile(`${DIRECTORY}/${offsetFileName(BASE, ".index")}`).toHex();

Deno.test("segment: files are named by the base offset in 20 digits", () => {
  assertEquals(offsetFileName(0, ".log"), "00000000000000000000.log");
  assertEquals(offsetFileName(9007199254740991, ".index"), "00009007199254740991.index");
  const { files } = makeSegment();
  assertEquals(files.list(DIRECTORY).map(({ name }) => name), [
    "00000000000000001000.index",
    "00000000000000001000.log",
    "00000000000000001000.timeindex",
  ]);
});

Deno.test("segment: a new one begins empty, whatever an earlier one of its name left", () => {
  const { files, tail, segment } = makeSegment();
  append(segment, BASE, 100);
  segment.seal();
  segment.close();
  const again = segmentOn(files, tail).create();
  assertEquals([again.size, files.readFile(again.logPath).length], [0, 0]);
  assertEquals(again.maxTimestampSoFar.timestamp, -1);
});

Deno.test("segment: what was appended is read at once, and is on file after the flush", () => {
  const { files, segment } = makeSegment();
  const bytes = append(segment, BASE, 100);
  assertEquals(read(segment, 0, 100), bytes);
  assertEquals(files.readFile(segment.logPath).length, 0);
  assertEquals([segment.size, segment.writtenSize], [100, 0]);
  segment.flush();
  assertEquals(files.readFile(segment.logPath), bytes);
  assertEquals([segment.size, segment.writtenSize], [100, 100]);
});

Deno.test("segment: one flush takes several appends to the file in one write", () => {
  const { files, segment } = makeSegment();
  let writes = 0;
  files.failure = (operation) => {
    if (operation === "write") writes++;
    return null;
  };
  for (let i = 0; i < 5; i++) append(segment, BASE + i, 100);
  segment.flush();
  segment.flush();
  assertEquals(writes, 1);
});

Deno.test("segment: memory and file give the same bytes, wherever the one ends", () => {
  const random = new SeededRandom(5);
  for (const tailBytesMax of [1, 40_000, 1 << 20]) {
    const { segment } = makeSegment({ tailBytesMax });
    const all: number[] = [];
    for (let i = 0; i < 60; i++) {
      all.push(...append(segment, BASE + i, 100 + Math.floor(random.fraction() * 3000)));
      if (random.fraction() < 0.4) segment.flush();
    }
    for (let i = 0; i < 200; i++) {
      const position = Math.floor(random.fraction() * segment.size);
      const length = Math.floor(random.fraction() * 20_000);
      const expected = Uint8Array.from(all.slice(position, position + length));
      assertEquals(read(segment, position, length), expected);
      assertEquals(segment.view(position, length, new Uint8Array(4096)).slice(), expected);
    }
    segment.close();
  }
});

Deno.test("segment: a read beyond the end gives what there is", () => {
  const { segment } = makeSegment();
  const bytes = append(segment, BASE, 100);
  assertEquals(read(segment, 90, 50), bytes.subarray(90));
  assertEquals(read(segment, 100, 50).length, 0);
  assertEquals(read(segment, 200, 50).length, 0);
});

Deno.test("segment: an index entry follows after more than the interval, of the batch then begun", () => {
  const { files, segment } = makeSegment({ indexIntervalBytes: 200 });
  append(segment, 1000, 100, 5000);
  append(segment, 1001, 100, 9000); // 100 bytes since the last entry: not enough.
  append(segment, 1002, 100, 7000); // 200: not more than the interval.
  append(segment, 1003, 100, 7000); // 300: an entry.
  append(segment, 1004, 100, 7000);
  segment.seal();
  assertEquals(indexEntries(files), "00000003" + "0000012c");
  const time = files.readFile(`${DIRECTORY}/${offsetFileName(BASE, ".timeindex")}`).toHex();
  assertEquals(time, "0000000000002328" + "00000001", "the largest time so far, and where it was");
});

Deno.test("segment: sealing adds the largest time, unless its entry is there", () => {
  const { segment } = makeSegment();
  append(segment, 1000, 100, 5000);
  append(segment, 1001, 100, 9000);
  append(segment, 1002, 100, 8000);
  segment.seal();
  assertEquals(segment.timeIndex.entryCount, 1);
  assertEquals(segment.timeIndex.lastEntry, { timestamp: 9000, offset: 1001 });
  segment.seal();
  assertEquals(segment.timeIndex.entryCount, 1);
});

Deno.test("segment: an opened one knows its size and its largest time", () => {
  const { files, tail, segment } = makeSegment();
  const bytes = append(segment, 1000, 100, 5000);
  segment.seal();
  segment.close();
  const again = segmentOn(files, tail).open();
  assertEquals([again.size, again.writtenSize], [100, 100]);
  assertEquals(again.maxTimestampSoFar, { timestamp: 5000, offset: 1000 });
  assertEquals(read(again, 0, 100), bytes);
  append(again, 1001, 120);
  again.flush();
  assertEquals(files.readFile(again.logPath).length, 220);
});

Deno.test("segment: it holds offsets whose distance from its base is an int32", () => {
  const { segment } = makeSegment();
  assertEquals(segment.canHold(BASE - 1), false);
  assertEquals(segment.canHold(BASE), true);
  assertEquals(segment.canHold(BASE + 0x7fffffff), true);
  assertEquals(segment.canHold(BASE + 0x80000000), false);
});

Deno.test("segment: truncating cuts memory, file and indexes; the time of the rest stays known", () => {
  const { files, segment } = makeSegment({ indexIntervalBytes: 50 });
  append(segment, 1000, 100, 5000);
  append(segment, 1001, 100, 4000);
  append(segment, 1002, 100, 9000);
  append(segment, 1003, 100, 9500);
  segment.truncate(200, 1002);
  assertEquals([segment.size, files.readFile(segment.logPath).length], [200, 200]);
  assertEquals(segment.offsetIndex.lastOffset, 1001);
  assertEquals(segment.maxTimestampSoFar, { timestamp: 5000, offset: 1000 });
  assertEquals(segment.firstBatchTimestamp, 5000);
  segment.truncate(0, 1000);
  assertEquals(segment.firstBatchTimestamp, -1);
  const bytes = append(segment, 1000, 120, 100);
  segment.flush();
  assertEquals(files.readFile(segment.logPath), bytes);
});

Deno.test("segment: truncating keeps the largest time though no index entry has it", () => {
  const { segment } = makeSegment();
  append(segment, 1000, 100, 9000);
  append(segment, 1001, 100, 5000);
  append(segment, 1002, 100, 7000);
  segment.truncate(200, 1002);
  assertEquals(segment.maxTimestampSoFar, { timestamp: 9000, offset: 1000 });
});

Deno.test("segment: a closed one gives no bytes, takes none and keeps no memory", async () => {
  const { files, tail, segment } = makeSegment();
  append(segment, 1000, 100);
  segment.flush();
  segment.close();
  assertEquals(tail.size, 0);
  assertEquals(read(segment, 0, 100).length, 0);
  files.remove(segment.logPath);
  await segment.syncData();
  assert(!files.exists(segment.logPath), "it must not come back");
});

Deno.test("segment: closing writes nothing", () => {
  const { files, tail, segment } = makeSegment();
  append(segment, 1000, 100);
  segment.close();
  assertEquals(files.readFile(segment.logPath).length, 0);
  assertEquals(tail.size, 0);
});

Deno.test("segment: a write that failed is tried again, at its place", () => {
  const { files, segment } = makeSegment();
  const bytes = append(segment, 1000, 100);
  files.failure = () => new Error("the disk is full");
  assertThrows(() => segment.flush(), Error, "the disk is full");
  files.failure = () => null;
  segment.flush();
  assertEquals(files.readFile(segment.logPath), bytes);
});

Deno.test("segment: forcing to the device writes before, and tells of a failure", async () => {
  const { files, segment } = makeSegment();
  const bytes = append(segment, 1000, 100);
  await segment.syncData();
  files.crash();
  assertEquals(files.readFile(segment.logPath), bytes);
  files.failure = (operation) => operation === "sync" ? new Error("the disk is gone") : null;
  await assertRejects(() => segment.syncData(), Error, "the disk is gone");
});

Deno.test("segment: a failure to force one that is closed meanwhile is no failure", async () => {
  const { files, segment } = makeSegment();
  append(segment, 1000, 100);
  files.failure = (operation) => {
    if (operation !== "sync") return null;
    segment.close();
    return new Error("bad file descriptor");
  };
  await segment.syncData();
});

Deno.test("segment: once sealed, its indexes go to the device with it", async () => {
  const { files, segment } = makeSegment({ indexIntervalBytes: 50 });
  append(segment, 1000, 100, 5000);
  append(segment, 1001, 100, 9000);
  segment.seal();
  await segment.syncData();
  files.crash();
  assertEquals(indexEntries(files), "00000001" + "00000064");
  assertEquals(files.readFile(segment.timeIndex.path).length, 12);
});

Deno.test("segment: its paths are all files that it may have", () => {
  const { segment } = makeSegment();
  const suffixes = segment.paths.map((path) => path.split("/").at(-1)!.slice(20));
  assertEquals(suffixes, [".log", ".index", ".timeindex", ".txnindex"]);
});
