import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { fc } from "../../lib/fast_check.ts";
import { SeededRandom } from "../../lib/random.ts";
import { BufferPool } from "./buffer_pool.ts";
import { FrameError, FrameReader } from "./frame_reader.ts";

const FRAME_BYTES_MAX = 1024 * 1024;

/** A connection that delivers one chunk a read, or as much of it as the reader takes. */
class Chunks {
  reads = 0;
  private readonly chunks: Uint8Array[];

  constructor(chunks: readonly Uint8Array[]) {
    this.chunks = [...chunks];
  }

  read(target: Uint8Array): Promise<number | null> {
    this.reads++;
    assert(target.length > 0, "the reader has no room");
    const [chunk] = this.chunks;
    if (chunk === undefined) return Promise.resolve(null);
    const length = Math.min(chunk.length, target.length);
    target.set(chunk.subarray(0, length));
    if (length === chunk.length) this.chunks.shift();
    else this.chunks[0] = chunk.subarray(length);
    return Promise.resolve(length);
  }
}

function frame(content: Uint8Array, announced = content.length): Uint8Array {
  const bytes = new Uint8Array(4 + content.length);
  new DataView(bytes.buffer).setInt32(0, announced);
  bytes.set(content, 4);
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Bytes that differ from place to place, so that a shifted frame shows. */
function content(length: number, seed: number): Uint8Array {
  return new SeededRandom(seed).bytes(length);
}

/** The frames that are there without another read. */
function framesAtHand(reader: FrameReader): Uint8Array[] {
  const frames: Uint8Array[] = [];
  while (reader.next()) frames.push(reader.bytes.slice(reader.frameStart, reader.frameEnd));
  return frames;
}

/** Receives more; false at the end. */
async function fill(reader: FrameReader, source: Chunks): Promise<boolean> {
  const read = await source.read(await reader.room());
  if (read !== null) reader.received(read);
  return read !== null;
}

async function allFrames(reader: FrameReader, source: Chunks): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  do frames.push(...framesAtHand(reader)); while (await fill(reader, source));
  return frames;
}

function readerOf(chunks: readonly Uint8Array[], bytesMax = FRAME_BYTES_MAX) {
  const source = new Chunks(chunks);
  const pool = new BufferPool(1024 * 1024 * 1024);
  return { source, pool, reader: new FrameReader(pool, bytesMax) };
}

Deno.test("frame reader: frames arrive whole wherever the stream is cut", async () => {
  const frames = [content(1, 1), content(0, 0), content(300, 2), content(450, 3)];
  const stream = concat(frames.map((each) => frame(each)));
  for (let cut = 0; cut <= stream.length; cut++) {
    const chunks = [stream.subarray(0, cut), stream.subarray(cut)].filter((c) => c.length > 0);
    const { reader, source } = readerOf(chunks);
    assertEquals(await allFrames(reader, source), frames, `cut at ${cut}`);
    assert(!reader.isMidFrame);
    reader.release();
  }
});

Deno.test("frame reader: frames arrive whole when they come byte by byte", async () => {
  const frames = [content(3, 1), content(700, 2), content(1, 3)];
  const stream = concat(frames.map((each) => frame(each)));
  const { reader, source } = readerOf(Array.from(stream, (byte) => Uint8Array.of(byte)));
  assertEquals(await allFrames(reader, source), frames);
});

Deno.test("frame reader: frames of all sizes arrive whole in chunks of all sizes", async () => {
  const sizes = fc.array(
    fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 2000 }), fc.nat({ max: 300_000 })),
    { maxLength: 12 },
  );
  const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.nat({ max: 400_000 })), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(sizes, cuts, async (sizes, cuts) => {
      const frames = sizes.map((size, i) => content(size, i));
      const stream = concat(frames.map((each) => frame(each)));
      const chunks: Uint8Array[] = [];
      // Small chunks first, so that a frame begins in a small buffer; then what is left.
      for (let at = 0, i = 0; at < stream.length; i++) {
        const length = i < 50 ? cuts[i % cuts.length] : 100_000;
        chunks.push(stream.subarray(at, at + length));
        at += length;
      }
      const { reader, source, pool } = readerOf(chunks.filter((chunk) => chunk.length > 0));
      const read = await allFrames(reader, source);
      assertEquals(read.map(({ length }) => length), sizes);
      read.forEach((each, i) => assertEquals(each.toHex(), frames[i].toHex()));
      reader.release();
      assertEquals(pool.size, 0, "all buffers are given back");
    }),
    { numRuns: 60, seed: 7 },
  );
});

Deno.test("frame reader: several requests that come in one read are handed on without another", async () => {
  const frames = [content(10, 1), content(20, 2), content(30, 3)];
  const half = frame(content(40, 4)).subarray(0, 11);
  const { reader, source } = readerOf([concat([...frames.map((each) => frame(each)), half])]);
  await fill(reader, source);
  assertEquals(framesAtHand(reader), frames);
  assertEquals(source.reads, 1);
  assert(reader.isMidFrame);
});

Deno.test("frame reader: a length below zero or above the limit is refused, naming the limit", async () => {
  for (const length of [-1, -0x80000000, 1001, 0x7fffffff]) {
    const { reader, source } = readerOf([frame(new Uint8Array(0), length)], 1000);
    await fill(reader, source);
    const error = assertThrows(() => reader.next(), FrameError);
    assert(error.message.includes(`${length} bytes`), error.message);
    assert(error.message.includes("1000"), error.message);
    assert(error.message.includes("socket.request.max.bytes"), error.message);
  }
});

Deno.test("frame reader: a bad length is refused even when the read cuts it off from what is before", async () => {
  const { reader, source } = readerOf([
    concat([frame(content(5, 1)), frame(new Uint8Array(0), -5).subarray(0, 3)]),
    frame(new Uint8Array(0), -5).subarray(3),
  ]);
  await fill(reader, source);
  assertEquals(framesAtHand(reader), [content(5, 1)]);
  await fill(reader, source);
  assertThrows(() => reader.next(), FrameError);
  assertThrows(() => reader.room(), FrameError);
});

Deno.test("frame reader: a request of exactly the limit is accepted", async () => {
  const largest = content(1000, 9);
  const { reader, source } = readerOf([frame(largest)], 1000);
  assertEquals(await allFrames(reader, source), [largest]);
});

Deno.test("frame reader: an announced length takes no memory before its bytes come", async () => {
  const beginning = frame(content(100, 1), 100_000_000);
  const { reader, source, pool } = readerOf(
    [beginning, content(60_000, 2), content(1, 3)],
    200_000_000,
  );
  for (let i = 0; i < 3; i++) {
    assert(await fill(reader, source));
    assert(!reader.next());
  }
  assert(pool.size <= 64 * 1024, `${pool.size} bytes are held for 60 KB received`);
  reader.release();
  assertEquals(pool.size, 0);
});

Deno.test("frame reader: small requests never borrow a buffer", async () => {
  const frames = Array.from({ length: 10 }, (_, i) => content(50 * i, i));
  const { reader, source, pool } = readerOf(frames.map((each) => frame(each)));
  do {
    framesAtHand(reader);
    assertEquals(pool.size, 0);
  } while (await fill(reader, source));
});

Deno.test("frame reader: once a large request is over and small ones follow, its buffer goes back", async () => {
  const small = frame(content(20, 2));
  const { reader, source, pool } = readerOf([frame(content(200_000, 1)), small, small, small]);
  const sizes: number[] = [];
  while (await fill(reader, source)) if (framesAtHand(reader).length > 0) sizes.push(pool.size);
  assert(sizes[0] >= 200_000);
  assertEquals(sizes.at(-1), 0);
});

Deno.test("frame reader: while memory is short a request waits for its buffer, then goes on", async () => {
  const pool = new BufferPool(64 * 1024);
  const others = [await pool.borrow(64 * 1024), await pool.borrow(64 * 1024)];
  const wanted = content(5000, 1);
  const source = new Chunks([frame(wanted)]);
  const reader = new FrameReader(pool, FRAME_BYTES_MAX);
  await fill(reader, source);
  assert(!reader.next());
  let filled = false;
  const filling = fill(reader, source).then((more) => filled = more);
  await Promise.resolve();
  assert(pool.isExhausted && reader.isStarved && !filled);
  for (const buffer of others) pool.giveBack(buffer);
  await filling;
  assert(!reader.isStarved);
  while (!reader.next()) assert(await fill(reader, source));
  assertEquals(reader.bytes.slice(reader.frameStart, reader.frameEnd), wanted);
  reader.release();
  assertEquals(pool.size, 0);
});

Deno.test("frame reader: large requests that come at once do not block each other", async () => {
  // Each is as large as all memory for requests, and all grow at the same time.
  const pool = new BufferPool(300_000);
  const wanted = Array.from({ length: 5 }, (_, i) => content(300_000, i));
  const received = await Promise.all(wanted.map(async (bytes) => {
    const stream = frame(bytes);
    const chunks = [];
    for (let at = 0; at < stream.length; at += 20_000) {
      chunks.push(stream.subarray(at, at + 20_000));
    }
    const source = new Chunks(chunks);
    const reader = new FrameReader(pool, FRAME_BYTES_MAX);
    const frames = await allFrames(reader, source);
    reader.release();
    return frames;
  }));
  received.forEach(([bytes], i) => assertEquals(bytes.toHex(), wanted[i].toHex()));
  assertEquals(pool.size, 0);
});

Deno.test("frame reader: what is given up in the middle of a request is given back", async () => {
  const { reader, source, pool } = readerOf([frame(content(10_000, 1)).subarray(0, 9_000)]);
  while (await fill(reader, source)) assert(!reader.next());
  assert(reader.isMidFrame && pool.size > 0);
  reader.release();
  assertEquals(pool.size, 0);
  assert(!reader.isMidFrame);
});
