import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { MalformedFileError } from "./files_format.ts";
import { readTransactionIndex, transactionIndexBytes } from "./transaction_index.ts";

const PATH = "/data/00000000000000000000.txnindex";
const ENTRIES = [
  { producerId: 7, firstOffset: 10, lastOffset: 19, lastStableOffset: 12 },
  { producerId: 2 ** 40, firstOffset: 12, lastOffset: 2 ** 33, lastStableOffset: 2 ** 33 + 1 },
];

Deno.test("transaction index: an entry is version, producer, first, last and last stable offset", () => {
  assertEquals(
    transactionIndexBytes(ENTRIES.slice(0, 1)).toHex(),
    "0000" + "0000000000000007" + "000000000000000a" + "0000000000000013" + "000000000000000c",
  );
});

Deno.test("transaction index: what is written is read, a torn entry at the end is not", () => {
  const files = new MemoryFiles();
  const bytes = transactionIndexBytes(ENTRIES);
  files.put(PATH, bytes);
  assertEquals(readTransactionIndex(files, PATH), ENTRIES);
  files.put(PATH, bytes.subarray(0, bytes.length - 1));
  assertEquals(readTransactionIndex(files, PATH), ENTRIES.slice(0, 1));
});

Deno.test("transaction index: most segments have none", () => {
  assertEquals(readTransactionIndex(new MemoryFiles(), PATH), []);
});

Deno.test("transaction index: a version that is not known is refused", () => {
  const files = new MemoryFiles();
  const bytes = transactionIndexBytes(ENTRIES);
  bytes[1] = 1;
  files.put(PATH, bytes);
  assertThrows(() => readTransactionIndex(files, PATH), MalformedFileError, "version 1");
});
