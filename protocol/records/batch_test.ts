import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import {
  BATCH_HEADER_BYTES,
  BatchView,
  CorruptBatchError,
  getInt64,
  MAGIC_V2,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  setInt64,
} from "./batch.ts";
import { BatchBuilder, buildBatch } from "./builder.ts";
import { readRecords } from "./read.ts";

Deno.test("getInt64() reads what setInt64() writes, and what is not safe as infinite", () => {
  const view = new DataView(new ArrayBuffer(8));
  const roundTrip = (value: number) => {
    setInt64(view, 0, value);
    return getInt64(view, 0);
  };
  for (
    const value of [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53), -Infinity, Infinity]
  ) {
    assertEquals(roundTrip(value), value);
  }
  setInt64(view, 0, Infinity);
  assertEquals(view.getBigInt64(0), 2n ** 63n - 1n);
  setInt64(view, 0, -Infinity);
  assertEquals(view.getBigInt64(0), -(2n ** 63n));
  view.setBigInt64(0, 2n ** 53n);
  assertEquals(getInt64(view, 0), Infinity);
  view.setBigInt64(0, -(2n ** 53n) - 1n);
  assertEquals(getInt64(view, 0), -Infinity);
});

Deno.test("batch: what a producer without idempotence writes", () => {
  const bytes = buildBatch([{ timestamp: 5, value: new Uint8Array(3) }]);
  const batch = new BatchView(bytes);
  assertEquals(batch.magic, MAGIC_V2);
  assertEquals(batch.size, bytes.length);
  assertEquals(batch.end, bytes.length);
  assertEquals(batch.recordsStart, BATCH_HEADER_BYTES);
  assertEquals(batch.producerId, NO_PRODUCER_ID);
  assertEquals(batch.producerEpoch, NO_PRODUCER_EPOCH);
  assertEquals([batch.baseSequence, batch.lastSequence], [NO_SEQUENCE, NO_SEQUENCE]);
  assert(!batch.hasProducerId && !batch.isTransactional && !batch.isControl);
  assert(!batch.isLogAppendTime && !batch.hasDeleteHorizon);
});

Deno.test("batch: the delete horizon of a compacted batch is seen", () => {
  const bytes = buildBatch([{ timestamp: 5 }]);
  bytes[22] |= 0x40;
  assert(new BatchView(bytes).hasDeleteHorizon);
});

Deno.test("batch: it is whole once all its bytes are there", () => {
  const bytes = buildBatch([{ timestamp: 5, value: new Uint8Array(30) }]);
  for (let length = 0; length < bytes.length; length++) {
    assertEquals(new BatchView(bytes.subarray(0, length)).wholeSize(), -1, `${length} bytes`);
  }
  assertEquals(new BatchView(bytes).wholeSize(), bytes.length);
  assertEquals(new BatchView(bytes).wholeSize(bytes.length - 1), -1);
});

Deno.test("batch: a magic below zero and a length below the smallest are corrupt", () => {
  const bytes = buildBatch([{ timestamp: 5 }]);
  bytes[16] = 0xff;
  assertThrows(() => new BatchView(bytes).wholeSize(), CorruptBatchError, "Magic -1");
  new DataView(bytes.buffer).setInt32(8, -5);
  assertThrows(() => new BatchView(bytes).wholeSize(), CorruptBatchError, "length -5");
});

Deno.test("batch: one that is shorter than its own header is not valid", () => {
  const bytes = new Uint8Array(40);
  new DataView(bytes.buffer).setInt32(8, 28);
  assert(!new BatchView(bytes).isValid);
});

Deno.test("batch builder: log append time counts for all records, their own times stay", () => {
  const builder = new BatchBuilder({ logAppendTime: 900 });
  builder.append({ timestamp: 5 });
  builder.append({ timestamp: 7 });
  assertEquals(builder.recordCount, 2);
  const { recordBytes } = builder;
  const bytes = builder.build();
  assertEquals(bytes.length, BATCH_HEADER_BYTES + recordBytes);
  const batch = new BatchView(bytes);
  assert(batch.isValid && batch.isLogAppendTime);
  assertEquals([batch.baseTimestamp, batch.maxTimestamp], [5, 900]);
  assertEquals(readRecords(batch).map(({ timestamp }) => timestamp), [900, 900]);
});
