import { assert, assertEquals, assertLessOrEqual, assertStrictEquals } from "../lib/assert.ts";
import { TailCache, type TailChunk } from "./tail.ts";

const KIB = 1024;

/** Allocates a chunk and says in `evicted` when it is taken away. */
function allocate(
  cache: TailCache,
  needed: number,
  { grown = 0, evicted = [] as string[], name = "" } = {},
): TailChunk {
  return cache.allocate(0, needed, grown, () => evicted.push(name));
}

const fill = (chunk: TailChunk) => chunk.length = chunk.buffer.length;
const write = (chunk: TailChunk) => chunk.written = chunk.length;

Deno.test("tail: the first chunk is small, the next ones of a busy log larger", () => {
  const cache = new TailCache(64 * KIB * KIB);
  const sizes = [0, 1, 2, 3, 4, 9].map((grown) => allocate(cache, 100, { grown }).buffer.length);
  assertEquals(sizes, [16 * KIB, 64 * KIB, 256 * KIB, KIB * KIB, KIB * KIB, KIB * KIB]);
});

Deno.test("tail: a chunk has room for what it is made for, at any size", () => {
  const cache = new TailCache(64 * KIB * KIB);
  assertEquals(allocate(cache, 16 * KIB).buffer.length, 16 * KIB);
  assertEquals(allocate(cache, 16 * KIB + 1).buffer.length, 64 * KIB);
  assertEquals(allocate(cache, 300 * KIB).buffer.length, KIB * KIB);
  const large = allocate(cache, 3 * KIB * KIB);
  assertEquals([large.buffer.length, large.sizeClass], [3 * KIB * KIB, -1]);
});

Deno.test("tail: the oldest chunks that are on file make room for a new one", () => {
  const cache = new TailCache(64 * KIB);
  const evicted: string[] = [];
  for (const name of ["a", "b", "c", "d"]) write(allocate(cache, 1, { evicted, name }));
  assertEquals(cache.size, 64 * KIB);
  allocate(cache, 1, { evicted, name: "e" });
  assertEquals(evicted, ["a"]);
  assertEquals(cache.size, 64 * KIB);
  allocate(cache, 40 * KIB, { evicted, name: "f" });
  assertEquals(evicted, ["a", "b", "c", "d", "e"]);
});

Deno.test("tail: what is not on file yet stays, though the limit be passed", () => {
  const cache = new TailCache(32 * KIB);
  const evicted: string[] = [];
  const [a, b] = ["a", "b"].map((name) => allocate(cache, 1, { evicted, name }));
  fill(a);
  fill(b);
  write(b);
  allocate(cache, 16 * KIB, { evicted, name: "c" });
  assertEquals(evicted, ["b"]);
  write(a);
  allocate(cache, 16 * KIB, { evicted, name: "d" });
  assertEquals(evicted, ["b", "a"]);
  assertLessOrEqual(cache.size, 32 * KIB);
});

Deno.test("tail: a chunk that is given back is used again, one of its own size is not", () => {
  const cache = new TailCache(64 * KIB * KIB);
  const chunk = allocate(cache, 1);
  cache.release(chunk);
  assertEquals(cache.size, 0);
  assertStrictEquals(allocate(cache, 1).buffer, chunk.buffer);
  const large = allocate(cache, 2 * KIB * KIB);
  cache.release(large);
  assert(allocate(cache, 2 * KIB * KIB).buffer !== large.buffer);
});

Deno.test("tail: giving a chunk back twice does nothing the second time", () => {
  const cache = new TailCache(64 * KIB * KIB);
  const evicted: string[] = [];
  const chunk = allocate(cache, 1, { evicted, name: "a" });
  cache.release(chunk);
  cache.release(chunk);
  assertEquals(evicted, ["a"]);
  const buffers = new Set([allocate(cache, 1).buffer, allocate(cache, 1).buffer]);
  assertEquals(buffers.size, 2);
  assertEquals(cache.size, 32 * KIB);
});
