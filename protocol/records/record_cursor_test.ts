import { assertEquals, assertThrows } from "../../lib/assert.ts";
import { fc } from "../../lib/fast_check.ts";
import { Writer } from "../codec/writer.ts";
import { buildBatch } from "./builder.ts";
import { BATCH_HEADER_BYTES } from "./batch.ts";
import { InvalidRecordError, RecordCursor } from "./record_cursor.ts";

/** A record's fields as zigzag varints and bytes, in front of them their length. */
function record(...fields: (number | Uint8Array)[]): Uint8Array {
  const body = new Writer();
  body.int8(0);
  for (const field of fields) {
    if (typeof field === "number") body.varlong(field);
    else body.raw(field);
  }
  return sized(body.pos, body.finish());
}

function sized(size: number, body: Uint8Array): Uint8Array {
  const whole = new Writer();
  whole.varint(size);
  whole.raw(body);
  return whole.finish();
}

const cursorOver = (bytes: Uint8Array, count = 1) =>
  new RecordCursor().reset(bytes, 0, bytes.length, count);

const refuses = (bytes: Uint8Array, message: string) =>
  assertThrows(() => cursorOver(bytes).next(), InvalidRecordError, message);

const A = Uint8Array.of(65);

Deno.test("record cursor: all fields of a record, views instead of copies", () => {
  const bytes = record(-3, 7, 1, A, 2, A, A, 2, 1, A, -1, 0, 1, A);
  const cursor = cursorOver(bytes);
  assertEquals(cursor.next(), true);
  assertEquals([cursor.timestampDelta, cursor.offsetDelta, cursor.hasKey], [-3, 7, true]);
  assertEquals([cursor.key, cursor.value], [A, Uint8Array.of(65, 65)]);
  assertEquals(cursor.headers(), [[A, null], [new Uint8Array(0), A]]);
  assertEquals(cursor.headers().length, 2, "headers may be read again");
  assertEquals(cursor.key!.buffer, bytes.buffer);
  assertEquals([cursor.start, cursor.recordEnd], [0, bytes.length]);
  assertEquals(cursor.next(), false);
});

Deno.test("record cursor: null and empty are told apart", () => {
  const cursor = cursorOver(record(0, 0, -1, 0, 0));
  cursor.next();
  assertEquals([cursor.hasKey, cursor.key], [false, null]);
  assertEquals(cursor.value, new Uint8Array(0));
  assertEquals(cursor.headers(), []);
});

Deno.test("record cursor: no record where none is announced", () => {
  assertEquals(cursorOver(new Uint8Array(0), 0).next(), false);
});

Deno.test("record cursor: timestamp deltas of any int64, beyond the safe ones infinite", () => {
  const deltas = [
    0,
    -1,
    63,
    64,
    -65,
    2 ** 27,
    2 ** 31,
    -(2 ** 31),
    2 ** 34,
    2 ** 35 - 1,
    2 ** 52,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ];
  const cursor = new RecordCursor();
  const read = (bytes: Uint8Array) => {
    cursor.reset(bytes, 0, bytes.length, 1).next();
    return cursor.timestampDelta;
  };
  for (const delta of deltas) assertEquals(read(record(delta, 0, -1, -1, 0)), delta);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (delta) => {
      assertEquals(read(record(delta, 0, -1, -1, 0)), delta);
    }),
    { numRuns: 200, seed: 4 },
  );
  const largest = Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
  const smallest = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
  assertEquals(read(record(largest, 0, -1, -1, 0)), Infinity);
  assertEquals(read(record(smallest, 0, -1, -1, 0)), -Infinity);
  assertEquals(record(Infinity, -Infinity), record(largest, smallest));
});

Deno.test("record cursor: a record must lie within its batch", () => {
  refuses(sized(20, new Uint8Array(5)), "Record of 20 bytes, 5 left");
  refuses(sized(-1, new Uint8Array(5)), "Record of -1 bytes");
  refuses(sized(0, new Uint8Array(0)), "no fields");
  refuses(new Uint8Array(0), "ends early");
});

Deno.test("record cursor: fields must lie within their record and fill it", () => {
  refuses(record(0, 0, 9, A, -1, 0), "Field of 9 bytes");
  refuses(record(0, 0, -1, 9, A, 0), "Field of 9 bytes");
  refuses(record(0, 0, -1, -1), "ends early");
  refuses(record(0), "ends early");
  refuses(record(0, 0, -1, -1, 0, A, A), "2 are unused");
});

Deno.test("record cursor: headers must be as many as announced, each with a key", () => {
  refuses(record(0, 0, -1, -1, -1), "header count -1");
  refuses(record(0, 0, -1, -1, 9), "header count 9");
  refuses(record(0, 0, -1, -1, 1, -1), "null key");
  refuses(record(0, 0, -1, -1, 1, 1, A, 5, A), "Field of 5 bytes");
  refuses(record(0, 0, -1, -1, 2, 1, A, 0), "ends early");
});

Deno.test("record cursor: a varint that does not end in time is refused", () => {
  const endless = new Uint8Array(11).fill(0x80);
  refuses(record(endless, 0, -1, -1, 0), "longer than 64 bits");
  refuses(record(0, endless.subarray(0, 6), -1, -1, 0), "longer than 32 bits");
});

Deno.test("record cursor: any damage is refused or read, never run past", () => {
  const whole = buildBatch([1, 2, 3].map((n) => ({
    timestamp: n,
    key: A,
    value: new Uint8Array(20).fill(n),
    headers: [[A, A]],
  }))).subarray(BATCH_HEADER_BYTES);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
      const damaged = whole.slice(0, length);
      if (at < length) damaged[at] = byte;
      const cursor = cursorOver(damaged, 3);
      try {
        while (cursor.next()) cursor.headers();
      } catch (error) {
        if (!(error instanceof InvalidRecordError)) throw error;
      }
    }),
    { numRuns: 1000, seed: 5 },
  );
});
