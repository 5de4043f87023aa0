import { assert, assertEquals, assertGreater } from "../../lib/assert.ts";
import { fc } from "../../lib/fast_check.ts";
import { SeededRandom } from "../../lib/random.ts";
import { KeyHash } from "./key_hash.ts";
import { ENTRY_BYTES, OffsetMap } from "./offset_map.ts";

const encoder = new TextEncoder();

function mapOf(slots: number, loadFactor = 0.9): OffsetMap {
  return new OffsetMap(
    slots * ENTRY_BYTES,
    loadFactor,
    KeyHash.withRandomSecret(new SeededRandom(7)),
  );
}

function put(map: OffsetMap, key: string, offset: number): boolean {
  const bytes = encoder.encode(key);
  return map.put(bytes, 0, bytes.length, offset);
}

function get(map: OffsetMap, key: string): number {
  const bytes = encoder.encode(key);
  return map.get(bytes, 0, bytes.length);
}

Deno.test("offset map: it has the last offset of each key, as a map of all keys would", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 2000, size: "max" }),
      fc.integer({ min: 300, max: 2000 }),
      (keys, slots) => {
        const map = mapOf(slots);
        const model = new Map<string, number>();
        keys.forEach((key, i) => {
          const offset = i * 3_000_000_007; // Beyond 32 bits soon.
          if (put(map, `key ${key}`, offset)) model.set(`key ${key}`, offset);
          else assert(model.size >= Math.floor(slots * 0.9));
        });
        assertEquals(map.size, model.size);
        for (let key = 0; key <= 401; key++) {
          assertEquals(get(map, `key ${key}`), model.get(`key ${key}`) ?? -1);
        }
      },
    ),
    { numRuns: 50, seed: 1 },
  );
});

Deno.test("offset map: it is full at the load factor, also for keys that it has", () => {
  const map = mapOf(10, 0.5);
  for (let i = 0; i < 5; i++) assert(put(map, `key ${i}`, i));
  assert(!put(map, "key 0", 9));
  assert(!put(map, "key 6", 9));
  assertEquals([map.size, map.latestOffset, map.utilization], [5, 4, 0.5]);
  assertEquals(get(map, "key 0"), 0);
});

Deno.test("offset map: however small, one key always fits", () => {
  for (const [slots, loadFactor] of [[0, 0.9], [1, 0.9], [10, 0]]) {
    const map = mapOf(slots, loadFactor);
    assert(put(map, "a", 0));
    assert(!put(map, "b", 1));
    assertEquals([get(map, "a"), get(map, "b")], [0, -1]);
  }
});

Deno.test("offset map: a large one takes nearly as many keys as its load factor says", () => {
  const slots = 100_000;
  const map = mapOf(slots);
  let count = 0;
  while (put(map, `key ${count}`, count)) count++;
  assertGreater(count, slots * 0.88);
  for (let i = 0; i < count; i += 997) assertEquals(get(map, `key ${i}`), i);
  map.release();
});
