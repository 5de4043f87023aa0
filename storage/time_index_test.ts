import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { CorruptIndexError } from "./offset_index.ts";
import { TimeIndex } from "./time_index.ts";

const PATH = "/data/demo-0/00000000000000001000.timeindex";
const BASE = 1000;

function makeFiles(hex?: string): MemoryFiles {
  const files = new MemoryFiles();
  files.makeDirectory("/data/demo-0");
  if (hex !== undefined) files.put(PATH, Uint8Array.fromHex(hex));
  return files;
}

const open = (files: MemoryFiles, bytesMax = 1024) => new TimeIndex(files, PATH, BASE, bytesMax);

function indexOf(...entries: [timestamp: number, offset: number][]) {
  const files = makeFiles();
  const index = open(files);
  index.reset();
  for (const [timestamp, offset] of entries) index.maybeAppend(timestamp, offset);
  return { files, index };
}

/** An entry as the file has it. */
function entry(timestamp: number, relative: number): string {
  return timestamp.toString(16).padStart(16, "0") + relative.toString(16).padStart(8, "0");
}

Deno.test("time index: the file has int64 timestamp and int32 relative offset", () => {
  const { files, index } = indexOf([1_700_000_000_000, 1003], [1_700_000_000_001, 1500]);
  index.persist();
  assertEquals(
    files.readFile(PATH).toHex(),
    "0000018bcfe56800" + "00000003" + "0000018bcfe56801" + "000001f4",
  );
  assertEquals(open(files).lastEntry, { timestamp: 1_700_000_000_001, offset: 1500 });
});

Deno.test("time index: only a timestamp larger than the last one makes an entry", () => {
  const { index } = indexOf([500, 1003], [500, 1010], [400, 1020], [501, 1030]);
  assertEquals(index.entryCount, 2);
  assertEquals(index.lastEntry, { timestamp: 501, offset: 1030 });
});

Deno.test("time index: records without a timestamp make no entry", () => {
  const { index } = indexOf([-1, 1003]);
  assertEquals(index.entryCount, 0);
  assertEquals(index.lastEntry, { timestamp: -1, offset: BASE });
});

Deno.test("time index: the last entry at or before a time, else the segment's beginning", () => {
  const { index } = indexOf([500, 1003], [600, 1010]);
  const found = (timestamp: number) => index.lookup(timestamp).offset;
  assertEquals([-1, 0, 499].map(found), [BASE, BASE, BASE]);
  assertEquals([500, 501, 599].map(found), [1003, 1003, 1003]);
  assertEquals([600, Infinity].map(found), [1010, 1010]);
  assertEquals(index.lookup(499), { timestamp: -1, offset: BASE });
});

Deno.test("time index: it is full one entry early, to have room for the segment's largest time", () => {
  const index = open(makeFiles(), 12 * 3);
  index.maybeAppend(1, 1001);
  assertEquals(index.isFull, false);
  index.maybeAppend(2, 1002);
  assertEquals(index.isFull, true);
});

Deno.test("time index: entries at or after an offset are forgotten, in the file too", () => {
  const { files, index } = indexOf([500, 1003], [600, 1010], [700, 1020]);
  index.persist();
  index.truncateTo(1010);
  assertEquals(index.lastEntry, { timestamp: 500, offset: 1003 });
  index.maybeAppend(650, 1011);
  index.persist();
  assertEquals(files.readFile(PATH).toHex(), entry(500, 3) + entry(650, 11));
});

Deno.test("time index: only what is new is written, and nothing where nothing is", () => {
  const { files, index } = indexOf([500, 1003]);
  index.persist();
  index.maybeAppend(600, 1010);
  index.persist();
  assertEquals(files.readFile(PATH).toHex(), entry(500, 3) + entry(600, 10));
  files.failure = () => new Error("nothing is to be written");
  index.persist();
  open(files).persist();
});

Deno.test("time index: zeros that a killed Kafka had preallocated are no entries", () => {
  const files = makeFiles(entry(500, 3) + "00".repeat(12 * 100));
  const index = open(files);
  assertEquals(index.lastEntry, { timestamp: 500, offset: 1003 });
  index.maybeAppend(600, 1010);
  index.persist();
  assertEquals(files.readFile(PATH).toHex(), entry(500, 3) + entry(600, 10));
  assertEquals(open(makeFiles("00".repeat(120))).entryCount, 0);
});

Deno.test("time index: a single record from 1970 is remembered", () => {
  const { files, index } = indexOf([0, BASE]);
  index.persist();
  assertEquals(open(files).lastEntry, { timestamp: 0, offset: BASE });
  index.maybeAppend(5, 1001);
  index.persist();
  assertEquals(open(files).entryCount, 2);
});

Deno.test("time index: a missing file, or one of another size than whole entries, is corrupt", () => {
  assertThrows(() => open(makeFiles()).checkFile(), CorruptIndexError, "does not exist");
  assertThrows(() => open(makeFiles("00".repeat(8))).checkFile(), CorruptIndexError, "8 bytes");
  open(makeFiles("")).checkFile();
  open(makeFiles("00".repeat(24))).checkFile();
});
