import { assert, assertEquals, assertLess, assertThrows } from "./assert.ts";
import { asBuffer, plainBytes } from "./bytes.ts";
import { gunzip, gzip } from "./gzip.ts";
import { lz4Compress, lz4Decompress } from "./lz4.ts";
import { snappyCompress, snappyLength, snappyUncompress } from "./snappy.ts";
import { zstdCompress, zstdCompressAsync, zstdDecompress, zstdDecompressAsync } from "./zstd.ts";

/** A text as other programs wrote it: gzip 1.12, lz4 1.9.4, zstd 1.5.4; snappy by its description. */
const HELLO = "hello hello hello\n";
const FOREIGN: [name: string, hex: string, decompress: (bytes: Uint8Array) => Uint8Array][] = [
  [
    "gzip",
    "1f8b0800000000000003cb48cdc9c957c840905c003b7c8adf12000000",
    (bytes) => gunzip(bytes, 18),
  ],
  [
    "lz4",
    "04224d186440a70f0000006368656c6c6f20060050656c6c6f0a00000000c659d85b",
    lz4Decompress,
  ],
  [
    "lz4 with content size and block checksums",
    "04224d187c401200000000000000ce0f0000006368656c6c6f20060050656c6c6f0a04704dc700000000c659d85b",
    lz4Decompress,
  ],
  [
    "zstd",
    "28b52ffd24126d00003868656c6c6f200a0100314a11a3aa74ce",
    (bytes) => zstdDecompress(bytes, 18),
  ],
  ["snappy", "121468656c6c6f202a0600000a", snappyUncompress],
];

for (const [name, hex, decompress] of FOREIGN) {
  Deno.test(`${name}: what another program wrote is read`, () => {
    assertEquals(new TextDecoder().decode(decompress(Uint8Array.fromHex(hex))), HELLO);
  });
}

/** Words without long repeats: a higher level finds more of them. */
const words = Uint8Array.from({ length: 60_000 }, (_, i) => 97 + ((i * i) >> 7) % 17);

const CODECS: [name: string, (b: Uint8Array) => Uint8Array, (b: Uint8Array) => Uint8Array][] = [
  ["gzip", gzip, (bytes) => gunzip(bytes, words.length)],
  ["lz4", lz4Compress, lz4Decompress],
  ["snappy", snappyCompress, snappyUncompress],
  ["zstd", (bytes) => zstdCompress(bytes, 3), (bytes) => zstdDecompress(bytes, words.length)],
];

for (const [name, compress, decompress] of CODECS) {
  Deno.test(`${name}: what is compressed is smaller and comes back, a part of a buffer too`, () => {
    const whole = compress(words);
    assertLess(whole.length, words.length);
    assertEquals(decompress(whole), words);
    const part = words.subarray(1000, 1500);
    assertEquals(decompress(compress(part)), part.slice());
    const within = new Uint8Array(whole.length + 20);
    within.set(whole, 7);
    assertEquals(decompress(within.subarray(7, 7 + whole.length)), words);
  });

  Deno.test(`${name}: damaged data is an error`, () => {
    const damaged = compress(words).slice(0, 100);
    damaged.fill(0xff, 2);
    assertThrows(() => decompress(damaged));
  });
}

Deno.test("gzip and zstd: the level counts, and no more than the limit is decompressed", () => {
  assertLess(gzip(words, 9).length, gzip(words, 1).length);
  assertLess(zstdCompress(words, 19).length, zstdCompress(words, -50).length);
  assertThrows(() => gunzip(gzip(words), words.length - 1));
  assertThrows(() => zstdDecompress(zstdCompress(words, 3), words.length - 1));
});

Deno.test("snappy: the length in front of the data is read, or said to be missing", () => {
  assertEquals(snappyLength(snappyCompress(new Uint8Array(300))), 300);
  assertEquals(snappyLength(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f])), 2 ** 32 - 1);
  for (const bytes of [[], [0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]]) {
    assertEquals(snappyLength(new Uint8Array(bytes)), -1);
  }
});

Deno.test("zstd: the thread pool's codec gives and takes the same frames", async () => {
  const frame = await zstdCompressAsync(words);
  assertEquals(zstdDecompress(frame, words.length), words);
  assertEquals(await zstdDecompressAsync(zstdCompress(words, 3)), words);
});

Deno.test("bytes of Node and of the runtime share their memory", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const buffer = asBuffer(bytes.subarray(1, 3));
  buffer[0] = 9;
  assertEquals(bytes[1], 9);
  const plain = plainBytes(buffer);
  assertEquals([...plain], [9, 3]);
  assert(plain.constructor === Uint8Array && plain.buffer === bytes.buffer);
});
