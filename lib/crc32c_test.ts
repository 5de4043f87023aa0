import { assertEquals } from "./assert.ts";
import { crc32c, crc32cSliced } from "./crc32c.ts";
import { fc } from "./fast_check.ts";

/** RFC 3720, appendix B.4; the last one is the check value of the CRC catalogues. */
const EXAMPLES: [name: string, bytes: Uint8Array, crc: number][] = [
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["ascending", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ["descending", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  [
    "an iSCSI read command",
    Uint8Array.fromHex(
      "01c00000000000000000000000000000140000000000040000000014" +
        "0000001828000000000000000200000000000000",
    ),
    0xd9963a56,
  ],
  ["123456789", new TextEncoder().encode("123456789"), 0xe3069283],
  ["nothing", new Uint8Array(0), 0],
];

for (const [name, bytes, crc] of EXAMPLES) {
  Deno.test(`crc32c: the published value of ${name}`, () => {
    assertEquals(crc32c(bytes), crc);
    assertEquals(crc32cSliced(bytes), crc);
  });
}

Deno.test("crc32c: native and sliced agree at any length, on any part", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(100), fc.nat(100), (bytes, a, b) => {
      const start = Math.min(a, bytes.length);
      const end = Math.max(start, bytes.length - b);
      assertEquals(crc32c(bytes, start, end), crc32cSliced(bytes.slice(start, end)));
    }),
    { numRuns: 200, seed: 2 },
  );
});
