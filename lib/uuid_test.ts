import { assertEquals, assertMatch } from "./assert.ts";
import { SeededRandom } from "./random.ts";
import { hyphenatedUuid, randomUuidBytes } from "./uuid.ts";

Deno.test("uuids: hexadecimal with hyphens, version and variant where RFC 9562 has them", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
  assertEquals(hyphenatedUuid(bytes), "00010203-0405-0607-0809-0a0b0c0d0e0f");
  assertMatch(
    hyphenatedUuid(randomUuidBytes(new SeededRandom(1))),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
