import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { fc } from "../../lib/fast_check.ts";
import {
  BATCH_HEADER_BYTES,
  BatchView,
  CorruptBatchError,
  decrementSequence,
  incrementSequence,
} from "./batch.ts";
import { buildBatch, type RecordInput } from "./builder.ts";
import { batchesOf, readRecords } from "./read.ts";
import { InvalidRecordError, RecordCursor } from "./record_cursor.ts";

const blob = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: null });
const record: fc.Arbitrary<RecordInput> = fc.record({
  timestamp: fc.integer({ min: -1, max: 4102444800000 }),
  key: blob,
  value: blob,
  headers: fc.array(fc.tuple(fc.uint8Array({ maxLength: 8 }), blob), { maxLength: 3 }),
});

Deno.test("records: what is built is read back, under every codec", () => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(0, 1, 2, 3, 4),
      (records, compression) => {
        const bytes = buildBatch(records, { compression: compression as 0, baseOffset: 1000 });
        const batch = new BatchView(bytes);
        assert(batch.isValid);
        assertEquals(batch.compression, compression);
        assertEquals(batch.lastOffset, 1000 + records.length - 1);
        assertEquals(batch.maxTimestamp, Math.max(-1, ...records.map((r) => r.timestamp)));
        const read = readRecords(batch);
        assertEquals(read.length, records.length);
        read.forEach((got, i) => {
          assertEquals(got.offset, 1000 + i);
          assertEquals(got.timestamp, records[i].timestamp);
          assertEquals(got.key === null ? null : got.key.toHex(), records[i].key?.toHex() ?? null);
          assertEquals(got.value?.toHex() ?? null, records[i].value?.toHex() ?? null);
          assertEquals(
            got.headers.map(([k, v]) => [k.toHex(), v?.toHex() ?? null]),
            (records[i].headers ?? []).map(([k, v]) => [k.toHex(), v?.toHex() ?? null]),
          );
        });
      },
    ),
    { numRuns: 150, seed: 1 },
  );
});

const three = () =>
  buildBatch([1, 2, 3].map((n) => ({ timestamp: 100 * n, value: new Uint8Array([n]) })));

Deno.test("records: header fields read back as they were written", () => {
  const bytes = buildBatch([{ timestamp: 5 }, { timestamp: 9 }], {
    baseOffset: 2 ** 40,
    leaderEpoch: 7,
    transactional: true,
    control: true,
    producerId: 2 ** 50,
    producerEpoch: 12,
    baseSequence: 0x7fffffff,
  });
  const batch = new BatchView(bytes);
  assertEquals(batch.baseOffset, 2 ** 40);
  assertEquals(batch.nextOffset, 2 ** 40 + 2);
  assertEquals(batch.leaderEpoch, 7);
  assert(batch.isTransactional && batch.isControl && !batch.isLogAppendTime);
  assertEquals(batch.producerId, 2 ** 50);
  assertEquals(batch.producerEpoch, 12);
  assertEquals(batch.lastSequence, 0, "sequences wrap");
  assertEquals(batch.baseTimestamp, 5);
  assertEquals(batch.recordCount, 2);
});

Deno.test("records: offset and leader epoch are outside the checksum, time is inside", () => {
  const batch = new BatchView(three());
  const { crc } = batch;
  batch.baseOffset = 12345;
  batch.leaderEpoch = 3;
  assert(batch.isValid && batch.crc === crc);
  batch.setMaxTimestamp(false, 300);
  assertEquals(batch.crc, crc, "nothing changed");
  batch.setMaxTimestamp(true, 777);
  assert(batch.isValid && batch.crc !== crc);
  assertEquals(readRecords(batch).map((r) => r.timestamp), [777, 777, 777]);
});

Deno.test("records: a damaged bit breaks the checksum", () => {
  const bytes = three();
  bytes[BATCH_HEADER_BYTES + 3] ^= 1;
  assert(!new BatchView(bytes).isValid);
});

Deno.test("records: an incomplete batch at the end is left out", () => {
  const one = three();
  const bytes = new Uint8Array(one.length * 2 - 1);
  bytes.set(one);
  bytes.set(one.subarray(0, one.length - 1), one.length);
  assertEquals([...batchesOf(bytes)].length, 1);
  assertEquals(new BatchView(bytes, one.length).wholeSize(), -1);
});

Deno.test("records: lengths and magics that no batch has are corrupt", () => {
  const bytes = three();
  new DataView(bytes.buffer).setInt32(8, 13);
  assertThrows(() => new BatchView(bytes).wholeSize(), CorruptBatchError, "length 13");
  const magic = three();
  magic[16] = 3;
  assertThrows(() => new BatchView(magic).wholeSize(), CorruptBatchError, "Magic 3");
});

Deno.test("records: a count that is not the number of records is invalid", () => {
  const walk = (count: number) => {
    const bytes = three();
    const cursor = new RecordCursor().reset(bytes, BATCH_HEADER_BYTES, bytes.length, count);
    let seen = 0;
    while (cursor.next()) seen++;
    return seen;
  };
  assertEquals(walk(3), 3);
  assertThrows(() => walk(2), InvalidRecordError, "after the last record");
  assertThrows(() => walk(4), InvalidRecordError);
  assertThrows(() => walk(-1), InvalidRecordError, "record count -1");
});

Deno.test("records: sequences wrap at the largest int32, both ways", () => {
  assertEquals(incrementSequence(0x7fffffff, 1), 0);
  assertEquals(incrementSequence(0x7ffffffe, 5), 3);
  assertEquals(decrementSequence(0, 1), 0x7fffffff);
  assertEquals(decrementSequence(3, 5), 0x7ffffffe);
});
