import { assert, assertEquals, assertRejects, assertThrows } from "../../../lib/assert.ts";
import { fc } from "../../../lib/fast_check.ts";
import { snappyCompress } from "../../../lib/snappy.ts";
import { zstdCompressAsync } from "../../../lib/zstd.ts";
import {
  compress,
  Compression,
  compressionId,
  compressionName,
  decompress,
  decompressAsync,
  DecompressError,
} from "./compression.ts";
import { concatenate } from "./error.ts";

const CODECS = [Compression.GZIP, Compression.SNAPPY, Compression.LZ4, Compression.ZSTD] as const;

const text = (length: number) => Uint8Array.from({ length }, (_, i) => 65 + (i * i) % 23);

for (const id of CODECS) {
  const name = compressionName(id);

  Deno.test(`${name}: what is compressed comes back`, () => {
    for (const length of [0, 1, 100, 70_000, 300_000]) {
      assertEquals(decompress(id, compress(id, text(length)), 300_000), text(length));
    }
  });

  Deno.test(`${name}: streams in a row come back as one`, () => {
    const bytes = concatenate([compress(id, text(50_000)), compress(id, text(30))]);
    assertEquals(decompress(id, bytes, 100_000), concatenate([text(50_000), text(30)]));
  });

  Deno.test(`${name}: more than the limit is refused before it is allocated`, () => {
    const zeros = compress(id, new Uint8Array(32 << 20));
    const before = Deno.memoryUsage().external;
    assertThrows(() => decompress(id, zeros, 1 << 20), DecompressError);
    assert(Deno.memoryUsage().external - before < 16 << 20);
    const row = concatenate([compress(id, text(700)), compress(id, text(700))]);
    assertThrows(() => decompress(id, row, 1000), DecompressError);
    assertEquals(decompress(id, row, 1400).length, 1400);
  });

  Deno.test(`${name}: truncated and damaged data is refused`, () => {
    const whole = compress(id, text(5000));
    for (const length of [1, 5, 12, whole.length >> 1, whole.length - 1]) {
      assertThrows(() => decompress(id, whole.subarray(0, length), 5000), DecompressError);
    }
    assertThrows(() => decompress(id, new Uint8Array(40).fill(0xff), 5000), DecompressError);
  });

  Deno.test(`${name}: any damage is refused or read, within the limit`, () => {
    const whole = concatenate([compress(id, text(3000)), compress(id, text(200))]);
    const byte = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 4 }), fc.nat(whole.length), (changes, length) => {
        const damaged = whole.slice();
        for (const [at, value] of changes) damaged[at] = value;
        try {
          assert(decompress(id, damaged.subarray(0, length), 5000).length <= 5000);
        } catch (error) {
          if (!(error instanceof DecompressError)) throw error;
        }
      }),
      { numRuns: 500, seed: 6 },
    );
  });
}

Deno.test("snappy: raw data without framing is read", () => {
  assertEquals(decompress(Compression.SNAPPY, snappyCompress(text(9000)), 9000), text(9000));
});

Deno.test("lz4: content size and checksums in a frame are passed over", () => {
  const frame = Uint8Array.fromHex(
    "04224d187c401200000000000000ce0f0000006368656c6c6f20060050656c6c6f0a04704dc7" +
      "00000000c659d85b",
  );
  const twice = concatenate([frame, frame]);
  const hello = "hello hello hello\n".repeat(2);
  assertEquals(new TextDecoder().decode(decompress(Compression.LZ4, twice, 36)), hello);
  assertThrows(() => decompress(Compression.LZ4, twice, 35), DecompressError);
});

Deno.test("lz4: a frame of many short blocks is bounded by what it really holds", () => {
  // 200 blocks of 64 KiB at most, each of which holds the same 100 bytes: 20,000, not 12.5 MiB.
  const block = text(100);
  const stored = new Uint8Array(4 + block.length);
  new DataView(stored.buffer).setUint32(0, (0x80000000 | block.length) >>> 0, true);
  stored.set(block, 4);
  const header = compress(Compression.LZ4, new Uint8Array(0)).slice(0, 7);
  const frame = concatenate([header, ...Array(200).fill(stored), new Uint8Array(4)]);
  assertEquals(decompress(Compression.LZ4, frame, 20_000).length, 20_000);
  assertThrows(() => decompress(Compression.LZ4, frame, 19_999), DecompressError, "20000 bytes");
});

Deno.test("lz4 and zstd: skippable frames are passed over", () => {
  const skippable = new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
  for (const id of [Compression.LZ4, Compression.ZSTD]) {
    const bytes = concatenate([skippable, compress(id, text(10)), skippable]);
    assertEquals(decompress(id, bytes, 10), text(10));
  }
});

Deno.test("zstd: the thread pool's codec and the synchronous one read each other", async () => {
  const whole = await zstdCompressAsync(text(4000));
  assertEquals(decompress(Compression.ZSTD, whole, 4000), text(4000));
  const two = concatenate([whole, compress(Compression.ZSTD, text(10))]);
  const both = await decompressAsync(Compression.ZSTD, two, 1 << 20);
  assertEquals(both.length, 4010);
  await assertRejects(() => decompressAsync(Compression.ZSTD, two, 4000), DecompressError);
});

Deno.test("compression: names and ids belong together", () => {
  for (const id of [0, 1, 2, 3, 4]) assertEquals(compressionId(compressionName(id)), id as 0);
  assertEquals(compressionId("brotli"), undefined);
});
