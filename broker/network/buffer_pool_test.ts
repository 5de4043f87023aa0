import { assert, assertEquals, assertStrictEquals } from "../../lib/assert.ts";
import { BufferPool } from "./buffer_pool.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Borrows where nobody has to wait. */
function borrow(pool: BufferPool, bytes: number): Uint8Array {
  const buffer = pool.borrow(bytes);
  assert(buffer instanceof Uint8Array, "the borrower has to wait");
  return buffer;
}

/** Borrows where the borrower has to wait; `got` tells what came in the end. */
function borrowLater(pool: BufferPool, bytes: number) {
  const waiting = { got: null as Uint8Array | null };
  const borrowed = pool.borrow(bytes);
  assert(borrowed instanceof Promise, "the borrower does not have to wait");
  borrowed.then((buffer) => waiting.got = buffer);
  return waiting;
}

/** Lets promises that are settled tell so. */
const settle = () => Promise.resolve();

Deno.test("buffer pool: a buffer holds at least what was asked for, and is lent again", () => {
  const pool = new BufferPool(10 * MIB);
  for (const bytes of [1, 16 * KIB, 16 * KIB + 1, 64 * KIB, 200 * KIB, MIB]) {
    const buffer = borrow(pool, bytes);
    assert(buffer.length >= bytes);
    assertEquals(pool.size, buffer.length);
    pool.giveBack(buffer);
    assertEquals(pool.size, 0);
    assertStrictEquals(borrow(pool, bytes), buffer);
    pool.giveBack(buffer);
  }
});

Deno.test("buffer pool: a buffer larger than all sizes is made to measure and not kept", () => {
  const pool = new BufferPool(10 * MIB);
  const large = borrow(pool, 3 * MIB + 5);
  assertEquals(large.length, 3 * MIB + 5);
  pool.giveBack(large);
  assertEquals(pool.size, 0);
  assert(borrow(pool, 3 * MIB + 5) !== large);
});

Deno.test("buffer pool: returned buffers are kept only up to 16 MiB", () => {
  const pool = new BufferPool(100 * MIB);
  const first = Array.from({ length: 20 }, () => borrow(pool, MIB));
  for (const buffer of first) pool.giveBack(buffer);
  const second = Array.from({ length: 20 }, () => borrow(pool, MIB));
  assertEquals(second.filter((buffer) => first.includes(buffer)).length, 16);
});

Deno.test("buffer pool: one borrower may go beyond the bound, the next ones wait", async () => {
  const pool = new BufferPool(100 * KIB);
  const first = borrow(pool, 64 * KIB);
  const beyond = borrow(pool, MIB);
  const waiting = borrowLater(pool, 64 * KIB);
  assert(pool.isExhausted);
  pool.giveBack(first);
  await settle();
  assertEquals(waiting.got, null, "what went beyond the bound still fills it");
  pool.giveBack(beyond);
  await settle();
  assertEquals(waiting.got?.length, 64 * KIB);
  assert(!pool.isExhausted);
});

Deno.test("buffer pool: who went beyond the bound may exchange his buffer for a larger one", async () => {
  const pool = new BufferPool(100 * KIB);
  const within = borrow(pool, 64 * KIB);
  const beyond = borrow(pool, 64 * KIB);
  const waiting = pool.borrow(256 * KIB, within);
  assert(waiting instanceof Promise, "who is within the bound waits");
  const larger = pool.borrow(256 * KIB, beyond);
  assert(larger instanceof Uint8Array);
  pool.giveBack(beyond);
  const largest = pool.borrow(MIB, larger);
  assert(largest instanceof Uint8Array, "it goes on being the one beyond the bound");
  pool.giveBack(larger);
  assert(pool.isExhausted);
  pool.giveBack(largest);
  assertEquals((await waiting).length, 256 * KIB);
  assertEquals(pool.size, 320 * KIB);
});

Deno.test("buffer pool: borrowers get their turn in order, small ones do not overtake", async () => {
  const pool = new BufferPool(64 * KIB);
  const first = borrow(pool, 256 * KIB);
  const large = borrowLater(pool, MIB);
  const small = borrowLater(pool, KIB);
  pool.giveBack(first);
  await settle();
  assertEquals(large.got?.length, MIB, "a request larger than the bound has its turn, too");
  assertEquals(small.got, null);
  pool.giveBack(large.got!);
  await settle();
  assertEquals(small.got?.length, 16 * KIB);
});

Deno.test("buffer pool: what must not wait is lent at once, whatever is lent", () => {
  const pool = new BufferPool(16 * KIB);
  borrow(pool, MIB);
  assertEquals(pool.borrowNow(16 * KIB).length, 16 * KIB);
  assertEquals(pool.size, MIB + 16 * KIB);
});

Deno.test("buffer pool: it is comfortable while a quarter of the bound is lent at most", () => {
  const pool = new BufferPool(256 * KIB);
  const buffer = borrow(pool, 64 * KIB);
  assert(pool.isComfortable);
  const more = borrow(pool, 16 * KIB);
  assert(!pool.isComfortable);
  pool.giveBack(more);
  assert(pool.isComfortable);
  pool.giveBack(buffer);
});
