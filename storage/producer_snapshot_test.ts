import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { MalformedFileError } from "./files_format.ts";
import {
  type ProducerSnapshotEntry,
  readProducerSnapshot,
  writeProducerSnapshot,
} from "./producer_snapshot.ts";

const PATH = "/data/demo-0/00000000000000000042.snapshot";

const ENTRIES: ProducerSnapshotEntry[] = [
  {
    producerId: 1000,
    epoch: 3,
    lastSequence: 41,
    lastOffset: 41,
    offsetDelta: 2,
    timestamp: 1_700_000_000_000,
    coordinatorEpoch: 7,
    currentTxnFirstOffset: 40,
  },
  {
    producerId: 2 ** 40,
    epoch: 0,
    lastSequence: -1,
    lastOffset: -1,
    offsetDelta: 0,
    timestamp: -1,
    coordinatorEpoch: -1,
    currentTxnFirstOffset: -1,
  },
];

function written(entries: readonly ProducerSnapshotEntry[]): MemoryFiles {
  const files = new MemoryFiles();
  files.makeDirectory("/data/demo-0");
  writeProducerSnapshot(files, PATH, entries);
  return files;
}

Deno.test("producer snapshot: version, checksum, count, then 46 bytes for each producer", () => {
  const files = written(ENTRIES);
  const bytes = files.readFile(PATH);
  assertEquals(bytes.length, 2 + 4 + 4 + 2 * 46);
  assertEquals(bytes.subarray(0, 2).toHex(), "0001");
  assertEquals(bytes.subarray(6, 10).toHex(), "00000002");
  assertEquals(
    bytes.subarray(10, 56).toHex(),
    "00000000000003e8" + "0003" + "00000029" + "0000000000000029" + "00000002" +
      "0000018bcfe56800" + "00000007" + "0000000000000028",
  );
  assertEquals(readProducerSnapshot(files, PATH), ENTRIES);
});

Deno.test("producer snapshot: without producers it is what Kafka writes", () => {
  assertEquals(written([]).readFile(PATH).toHex(), "000148674bc700000000");
  assertEquals(readProducerSnapshot(written([]), PATH), []);
});

Deno.test("producer snapshot: any damage is noticed, naming the file", () => {
  const whole = written(ENTRIES).readFile(PATH);
  const refused = (bytes: Uint8Array, message = "") => {
    const files = new MemoryFiles();
    files.put(PATH, bytes);
    assertThrows(
      () => readProducerSnapshot(files, PATH),
      MalformedFileError,
      `${PATH}: ${message}`,
    );
  };
  for (let at = 0; at < whole.length; at++) {
    const damaged = whole.slice();
    damaged[at] ^= 0x10;
    refused(damaged);
  }
  for (const length of [0, 1, 5, 9, 10, 55, whole.length - 1]) refused(whole.subarray(0, length));
  refused(Uint8Array.of(...whole, 0));
  const version = whole.slice();
  version[1] = 2;
  refused(version, "version 2 is not known");
});
