import { assert, assertEquals, assertNotEquals } from "./assert.ts";
import { type Random, SeededRandom, systemRandom } from "./random.ts";
import { randomUuidBytes } from "./uuid.ts";

const some = (random: Random) => Array.from({ length: 20 }, () => random.fraction());

Deno.test("seeded random: the same seed gives the same numbers, another seed others", () => {
  assertEquals(some(new SeededRandom(7)), some(new SeededRandom(7)));
  const firsts = Array.from({ length: 1000 }, (_, seed) => new SeededRandom(seed).fraction());
  assertEquals(new Set(firsts).size, 1000);
  assertEquals(new SeededRandom(7).bytes(5), new SeededRandom(7).bytes(5));
});

Deno.test("seeded random: no seed makes the generator stand still", () => {
  for (const seed of [0, -1, 1, 0x9e3779b9, 0x9e3779b9 | 0, 2 ** 32 - 1]) {
    assertEquals(new Set(some(new SeededRandom(seed))).size, 20);
  }
});

for (
  const [name, random] of Object.entries({ system: systemRandom, seeded: new SeededRandom(3) })
) {
  Deno.test(`${name} random: fractions lie in [0, 1) and spread, bytes have the length asked for`, () => {
    const fractions = Array.from({ length: 2000 }, () => random.fraction());
    assert(fractions.every((fraction) => fraction >= 0 && fraction < 1));
    const quarters = [0, 1, 2, 3].map((n) =>
      fractions.filter((f) => Math.floor(f * 4) === n).length
    );
    assert(quarters.every((count) => count > 350), `quarters ${quarters}`);
    assertEquals(random.bytes(17).length, 17);
    assertNotEquals(random.bytes(16), random.bytes(16));
  });
}

Deno.test("randomUuidBytes() gives 16 bytes with version 4 and the variant of RFC 9562", () => {
  for (let i = 0; i < 50; i++) {
    const uuid = randomUuidBytes(systemRandom);
    assertEquals(uuid.length, 16);
    assertEquals(uuid[6] >> 4, 4);
    assertEquals(uuid[8] >> 6, 2);
  }
});
