import { assert, assertEquals } from "../lib/assert.ts";
import { SeededRandom } from "../lib/random.ts";
import { murmur2, partitionForKey } from "./partitioner.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("partitioner: murmur2 gives what Kafka's Java client gives", () => {
  // The vectors of Kafka's own test of its hash.
  const vectors: [text: string, hash: number][] = [
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ];
  for (const [text, hash] of vectors) assertEquals(murmur2(bytes(text)), hash, text);
});

Deno.test("partitioner: a key that is a view into other bytes has the same hash", () => {
  const around = bytes("..foobar..");
  assertEquals(murmur2(around.subarray(2, 8)), -790332482);
});

Deno.test("partitioner: every key has one partition, and many keys have all of them", () => {
  const random = new SeededRandom(1);
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 1000; i++) {
    const key = random.bytes(i % 20);
    const partition = partitionForKey(key, counts.length);
    assertEquals(partitionForKey(key.slice(), counts.length), partition);
    counts[partition]++;
  }
  assert(counts.every((count) => count > 100), counts.join());
  assertEquals(partitionForKey(bytes("21"), 7), 3, "of a negative hash the sign is cut off");
});
