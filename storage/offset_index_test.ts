import { assertEquals, assertThrows } from "../lib/assert.ts";
import { fc } from "../lib/fast_check.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { CorruptIndexError, OffsetIndex } from "./offset_index.ts";

const PATH = "/data/demo-0/00000000000000001000.index";
const BASE = 1000;

function makeFiles(hex?: string): MemoryFiles {
  const files = new MemoryFiles();
  files.makeDirectory("/data/demo-0");
  if (hex !== undefined) files.put(PATH, Uint8Array.fromHex(hex));
  return files;
}

const open = (files: MemoryFiles, bytesMax = 1024) => new OffsetIndex(files, PATH, BASE, bytesMax);

function indexOf(...entries: [offset: number, position: number][]) {
  const files = makeFiles();
  const index = open(files);
  index.reset();
  for (const [offset, position] of entries) index.append(offset, position);
  return { files, index };
}

Deno.test("offset index: the file has pairs of int32, offset relative to the base and position", () => {
  const { files, index } = indexOf([1003, 70], [1500, 0x01020304]);
  index.persist();
  assertEquals(files.readFile(PATH).toHex(), "0000000300000046" + "000001f401020304");
  const again = open(files);
  assertEquals([again.entryCount, again.lastOffset], [2, 1500]);
  assertEquals(again.lookup(1500), { offset: 1500, position: 0x01020304 });
});

Deno.test("offset index: the last entry at or before an offset, else the segment's beginning", () => {
  const { index } = indexOf([1003, 70], [1010, 200], [1020, 300]);
  const position = (offset: number) => index.lookup(offset).position;
  assertEquals([0, 999, 1000, 1002].map(position), [0, 0, 0, 0]);
  assertEquals([1003, 1004, 1009].map(position), [70, 70, 70]);
  assertEquals([1010, 1019].map(position), [200, 200]);
  assertEquals([1020, 1021, 1e9].map(position), [300, 300, 300]);
  assertEquals(index.lookup(1005).offset, 1003);
  assertEquals(index.lookup(1001), { offset: BASE, position: 0 });
});

Deno.test("offset index: an empty one leads to the segment's beginning", () => {
  const { files, index } = indexOf();
  assertEquals([index.entryCount, index.lastOffset, index.lookup(1005).position], [0, BASE, 0]);
  index.persist();
  assertEquals(files.status(PATH)?.size, 0);
});

Deno.test("offset index: it is full when no further entry fits into its bytes", () => {
  const index = open(makeFiles(), 8 * 2 + 7);
  index.append(1001, 10);
  assertEquals(index.isFull, false);
  index.append(1002, 20);
  assertEquals(index.isFull, true);
});

Deno.test("offset index: entries at or after an offset are forgotten, in the file too", () => {
  const truncated = (offset: number) => {
    const { files, index } = indexOf([1003, 70], [1010, 200], [1020, 300]);
    index.persist();
    index.truncateTo(offset);
    index.persist();
    assertEquals(open(files).entryCount, index.entryCount);
    return files.status(PATH)!.size / 8;
  };
  assertEquals([1021, 1020, 1011, 1010, 1003, 1000].map(truncated), [3, 2, 2, 1, 0, 0]);
});

Deno.test("offset index: after truncating, new entries take the place of old ones in the file", () => {
  const { files, index } = indexOf([1003, 70], [1010, 200]);
  index.persist();
  index.truncateTo(1010);
  index.append(1012, 222);
  index.persist();
  assertEquals(files.readFile(PATH).toHex(), "0000000300000046" + "0000000c000000de");
});

Deno.test("offset index: only what is new is written, and nothing where nothing is", () => {
  const { files, index } = indexOf([1003, 70]);
  index.persist();
  index.append(1010, 200);
  index.persist();
  assertEquals(files.readFile(PATH).toHex(), "0000000300000046" + "0000000a000000c8");
  files.failure = () => new Error("nothing is to be written");
  index.persist();
  open(files).persist();
});

Deno.test("offset index: one that was removed is written again as a whole", () => {
  const { files, index } = indexOf([1003, 70], [1010, 200]);
  index.persist();
  files.remove(PATH);
  index.persist();
  assertEquals(files.status(PATH)?.size, 16);
});

Deno.test("offset index: zeros that a killed Kafka had preallocated are no entries", () => {
  const entries = "0000000300000046" + "0000000a000000c8";
  const files = makeFiles(entries + "00".repeat(8 * 100));
  const index = open(files);
  assertEquals([index.entryCount, index.lastOffset], [2, 1010]);
  index.append(1020, 300);
  index.persist();
  assertEquals(files.readFile(PATH).toHex(), entries + "000000140000012c");
  assertEquals(open(makeFiles("00".repeat(80))).entryCount, 0);
});

Deno.test("offset index: a missing file, or one of another size than whole entries, is corrupt", () => {
  assertThrows(() => open(makeFiles()).checkFile(), CorruptIndexError, "does not exist");
  assertThrows(() => open(makeFiles("00".repeat(9))).checkFile(), CorruptIndexError, "9 bytes");
  open(makeFiles("")).checkFile();
  open(makeFiles("00".repeat(16))).checkFile();
});

Deno.test("offset index: entries behind one that does not ascend are not believed", () => {
  const index = open(makeFiles("0000000300000046" + "00000002000000c8" + "000000090000ffff"));
  assertEquals([index.entryCount, index.lookup(1009).position], [1, 70]);
});

Deno.test("offset index: lookups agree with a search through all entries, before and after reload", () => {
  const offsets = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 60 });
  fc.assert(
    fc.property(offsets, fc.array(fc.integer({ min: -5, max: 520 })), (relative, wanted) => {
      const entries = relative.sort((a, b) => a - b).map((r, i) => [BASE + r, 10 + i] as const);
      const { files, index } = indexOf(...entries.map(([o, p]) => [o, p] as [number, number]));
      index.persist();
      const again = open(files);
      for (const offset of wanted.map((r) => BASE + r)) {
        const [, position] = entries.findLast(([at]) => at <= offset) ?? [BASE, 0];
        assertEquals(index.lookup(offset).position, position);
        assertEquals(again.lookup(offset), index.lookup(offset));
      }
    }),
    { numRuns: 100, seed: 7 },
  );
});
