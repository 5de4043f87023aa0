import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { fc } from "../../lib/fast_check.ts";
import { SeededRandom } from "../../lib/random.ts";
import { isUuid, randomUuid, uuidFromBytes, uuidText, uuidToBytes, ZERO_UUID } from "./uuid.ts";

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  uuidToBytes(text, bytes, 0);
  return bytes;
}

const uuids = fc.uint8Array({ minLength: 16, maxLength: 16 });

Deno.test("uuids: text is URL-safe base64 without padding, and reads back", () => {
  fc.assert(
    fc.property(uuids, (bytes) => {
      const text = uuidText(bytes);
      assertEquals(text, bytes.toBase64({ alphabet: "base64url", omitPadding: true }));
      assertEquals(bytesOf(text), bytes);
      assert(isUuid(text));
      assertEquals(uuidText(bytes), text);
    }),
    { seed: 1 },
  );
});

Deno.test("uuids: they are read and written in the midst of other bytes", () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);
  const text = uuidFromBytes(new DataView(bytes.buffer), 2);
  const target = new Uint8Array(20).fill(0xff);
  uuidToBytes(text, target, 2);
  assertEquals(target.subarray(2, 18), bytes.subarray(2, 18));
  assertEquals([target[0], target[1], target[18], target[19]], [0xff, 0xff, 0xff, 0xff]);
});

Deno.test("uuids: those that share a place in the cache are told apart", () => {
  const first = new Uint8Array(16);
  const second = new Uint8Array(16);
  first[0] = 1;
  second[4] = 1;
  for (let i = 0; i < 3; i++) {
    assertEquals([bytesOf(uuidText(first)), bytesOf(uuidText(second))], [first, second]);
  }
  assertEquals(uuidText(new Uint8Array(16)), ZERO_UUID);
});

Deno.test("uuids: what is none is refused", () => {
  for (const text of ["", "AAAA", `${ZERO_UUID}A`, "A".repeat(21) + "=", "A".repeat(21) + "ä"]) {
    assertEquals(isUuid(text), false, text);
    assertThrows(() => bytesOf(text), TypeError, "Cannot parse uuid");
  }
  assertThrows(() => bytesOf("+".repeat(22)), TypeError, "bad character");
});

Deno.test("uuids: random ones are of version 4 and never begin with a dash", () => {
  const random = new SeededRandom(1);
  const texts = Array.from({ length: 2000 }, () => randomUuid(random));
  assertEquals(new Set(texts).size, texts.length);
  for (const text of texts) {
    assert(!text.startsWith("-"));
    const bytes = bytesOf(text);
    assertEquals([bytes[6] >> 4, bytes[8] >> 6], [4, 2]);
  }
});
