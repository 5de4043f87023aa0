import { assert, assertEquals, assertThrows } from "../lib/assert.ts";
import { KafkaError } from "../protocol/errors.ts";
import { BATCH_HEADER_BYTES, BatchView } from "../protocol/records/batch.ts";
import { type BatchOptions, buildBatch, type RecordInput } from "../protocol/records/builder.ts";
import {
  compress,
  Compression,
  type CompressionId,
  compressionName,
} from "../protocol/records/compression/compression.ts";
import { readRecords } from "../protocol/records/read.ts";
import { DEFAULT_LOG_CONFIG, type LogConfig } from "./log_config.ts";
import { type AppendOrigin, RecordValidationError, validateAndAssign } from "./record_validator.ts";
import { producerBatch, TEST_TIME_MS, textRecord } from "./testing/batches.ts";

const NOW_MS = TEST_TIME_MS + 1000;
const CODECS = [Compression.GZIP, Compression.SNAPPY, Compression.LZ4, Compression.ZSTD] as const;

/** Validates a batch that is to be appended at offset 50, in epoch 3. */
function validate(
  bytes: Uint8Array,
  config: Partial<LogConfig> = {},
  origin: AppendOrigin = "client",
) {
  return validateAndAssign(new BatchView(bytes), {
    config: { ...DEFAULT_LOG_CONFIG, ...config },
    origin,
    baseOffset: 50,
    leaderEpoch: 3,
    nowMs: NOW_MS,
  });
}

/** The name of the error that the batch is refused with. */
function refusal(bytes: Uint8Array, config?: Partial<LogConfig>, origin?: AppendOrigin): string {
  return assertThrows(() => validate(bytes, config, origin), KafkaError).errorName;
}

/** The errors of single records that the batch is refused with. */
function recordErrors(bytes: Uint8Array, config?: Partial<LogConfig>) {
  const error = assertThrows(() => validate(bytes, config), RecordValidationError);
  return { name: error.errorName, indexes: error.recordErrors.map(({ batchIndex }) => batchIndex) };
}

const records = (...times: number[]) => times.map((time, i) => textRecord(`v${i}`, time, `k${i}`));

const threeRecords = (options?: BatchOptions) =>
  buildBatch(records(TEST_TIME_MS, TEST_TIME_MS + 5, TEST_TIME_MS + 2), options);

/** Changes the bytes of a batch and gives it the checksum for that. */
function change(bytes: Uint8Array, apply: (view: DataView) => void): Uint8Array {
  apply(new DataView(bytes.buffer));
  new BatchView(bytes).updateCrc();
  return bytes;
}

/** A batch whose records part, once decompressed, is `data`. */
function withRecords(like: Uint8Array, data: Uint8Array, codec: CompressionId): Uint8Array {
  const stored = compress(codec, data);
  const bytes = new Uint8Array(BATCH_HEADER_BYTES + stored.length);
  bytes.set(like.subarray(0, BATCH_HEADER_BYTES));
  bytes.set(stored, BATCH_HEADER_BYTES);
  return change(bytes, (view) => {
    view.setInt32(8, bytes.length - 12);
    view.setInt16(21, codec);
  });
}

/** The three records with the offset deltas 0, 1, 5. */
function withGap(codec: CompressionId): Uint8Array {
  const plain = threeRecords();
  const data = plain.slice(BATCH_HEADER_BYTES);
  const third = data.length / 3 * 2; // All have the same length: each delta is one byte.
  assertEquals(data[third + 3], 2 * 2);
  data[third + 3] = 2 * 5;
  return withRecords(plain, data, codec);
}

Deno.test("validating: the batch gets offsets and epoch in place, its checksum stays", () => {
  const bytes = threeRecords();
  const { crc } = new BatchView(bytes);
  const before = bytes.slice();
  const { batch, rebuilt } = validate(bytes);
  assertEquals(rebuilt, false);
  assertEquals(batch.bytes, bytes);
  assertEquals([batch.baseOffset, batch.lastOffset, batch.leaderEpoch], [50, 52, 3]);
  assertEquals(batch.crc, crc);
  assert(batch.isValid);
  assertEquals(bytes.subarray(16), before.subarray(16), "nothing behind the epoch changes");
});

for (const codec of CODECS) {
  const name = compressionName(codec);

  Deno.test(`validating: a batch of ${name} is stored as it came`, () => {
    const bytes = threeRecords({ compression: codec });
    const before = bytes.slice();
    const { batch, rebuilt } = validate(bytes);
    assertEquals(rebuilt, false);
    assertEquals(batch.bytes.subarray(16), before.subarray(16));
    assertEquals(readRecords(batch).map(({ offset }) => offset), [50, 51, 52]);
  });

  Deno.test(`validating: damaged ${name} is refused`, () => {
    const bytes = threeRecords({ compression: codec });
    bytes.fill(0xff, BATCH_HEADER_BYTES);
    assertEquals(refusal(change(bytes, () => {})), "UNKNOWN_SERVER_ERROR");
  });

  Deno.test(`validating: ${name} around wrong records is refused`, () => {
    const plain = threeRecords();
    const data = plain.slice(BATCH_HEADER_BYTES);
    const short = withRecords(plain, data.subarray(0, data.length - 1), codec);
    assertEquals(refusal(short), "INVALID_RECORD");
    const long = withRecords(plain, Uint8Array.of(...data, 0), codec);
    assertEquals(refusal(long), "INVALID_RECORD");
  });

  Deno.test(`validating: ${name} is rebuilt where the topic asks for it, at its level`, () => {
    const bytes = threeRecords({
      transactional: true,
      producerId: 9,
      producerEpoch: 2,
      baseSequence: 4,
    });
    const { batch, rebuilt } = validate(bytes, { compressionType: name as "gzip" });
    assertEquals(rebuilt, true);
    assert(batch.isValid && batch.isTransactional);
    assertEquals(batch.compression, codec);
    assertEquals([batch.baseOffset, batch.lastOffset, batch.leaderEpoch], [50, 52, 3]);
    assertEquals([batch.producerId, batch.producerEpoch, batch.baseSequence], [9, 2, 4]);
    assertEquals([batch.baseTimestamp, batch.maxTimestamp], [TEST_TIME_MS, TEST_TIME_MS + 5]);
    const shown = readRecords(batch).map((
      { offset, timestamp, key, value },
    ) => [
      offset,
      timestamp - TEST_TIME_MS,
      ...[key, value].map((b) => new TextDecoder().decode(b!)),
    ]);
    assertEquals(shown, [[50, 0, "k0", "v0"], [51, 5, "k1", "v1"], [52, 2, "k2", "v2"]]);
  });

  Deno.test(`validating: ${name} is undone where the topic is uncompressed`, () => {
    const { batch, rebuilt } = validate(threeRecords({ compression: codec }), {
      compressionType: "uncompressed",
    });
    assertEquals([rebuilt, batch.compression, batch.isValid], [true, Compression.NONE, true]);
    assertEquals(readRecords(batch).length, 3);
  });

  Deno.test(`validating: ${name} with a gap between its offsets is rebuilt without`, () => {
    const { batch, rebuilt } = validate(withGap(codec));
    assertEquals([rebuilt, batch.compression], [true, codec]);
    assertEquals(readRecords(batch).map(({ offset }) => offset), [50, 51, 52]);
  });
}

Deno.test("validating: the topic's own codec is no reason to rebuild", () => {
  assertEquals(validate(threeRecords(), { compressionType: "uncompressed" }).rebuilt, false);
  const gzip = threeRecords({ compression: Compression.GZIP });
  assertEquals(validate(gzip, { compressionType: "gzip" }).rebuilt, false);
});

Deno.test("validating: levels of compression are the topic's", () => {
  const words = Array.from({ length: 3000 }, (_, i) => textRecord(`${(i * i) % 977}`));
  const sizeAt = (level: number) =>
    validate(buildBatch(words), {
      compressionType: "gzip",
      compressionLevels: { gzip: level, zstd: 3 },
    }).batch.size;
  assert(sizeAt(9) < sizeAt(1));
});

Deno.test("validating: a gap between offsets of an uncompressed batch stays, as in Kafka", () => {
  const { batch, rebuilt } = validate(withGap(Compression.NONE));
  assertEquals(rebuilt, false);
  assertEquals(readRecords(batch).map(({ offset }) => offset), [50, 51, 55]);
});

Deno.test("validating: header and records must agree about how many there are", () => {
  for (
    const [what, apply] of [
      ["no records", (view: DataView) => (view.setInt32(57, 0), view.setInt32(23, -1))],
      ["a negative count", (view: DataView) => view.setInt32(57, -3)],
      ["a negative last offset delta", (view: DataView) => view.setInt32(23, -1)],
      ["more offsets than records", (view: DataView) => view.setInt32(23, 5)],
      ["fewer offsets than records", (view: DataView) => view.setInt32(23, 1)],
      [
        "more records than there are",
        (view: DataView) => (view.setInt32(57, 4), view.setInt32(23, 3)),
      ],
      [
        "fewer records than there are",
        (view: DataView) => (view.setInt32(57, 2), view.setInt32(23, 1)),
      ],
    ] as const
  ) {
    assertEquals(refusal(change(threeRecords(), apply)), "INVALID_RECORD", what);
  }
});

Deno.test("validating: damaged records are refused", () => {
  const ofRecord = { length: 0, keyLength: 4, valueLength: 7, headerCount: 10 };
  for (const [field, at] of Object.entries(ofRecord)) {
    const bytes = threeRecords();
    bytes[BATCH_HEADER_BYTES + at] = 0x7e;
    assertEquals(refusal(change(bytes, () => {})), "INVALID_RECORD", field);
  }
});

Deno.test("validating: clients must not write control records, coordinators may", () => {
  const control = () => threeRecords({ control: true });
  assertEquals(refusal(control()), "INVALID_RECORD");
  const { batch, rebuilt } = validate(control(), { compressionType: "gzip" }, "coordinator");
  assertEquals([rebuilt, batch.isControl, batch.baseOffset], [false, true, 50]);
});

Deno.test("validating: a producer with an id must give sequence numbers, a coordinator need not", () => {
  const batch = () => producerBatch(7, 0, -1).bytes;
  assertEquals(refusal(batch()), "INVALID_RECORD");
  assertEquals(validate(batch(), {}, "coordinator").batch.baseOffset, 50);
});

Deno.test("validating: a compacted topic refuses records without a key, and names them", () => {
  const mixed: RecordInput[] = [
    textRecord("a", TEST_TIME_MS, "key"),
    textRecord("b"),
    textRecord("c", TEST_TIME_MS, ""),
    textRecord("d"),
  ];
  for (const compression of [0, ...CODECS] as const) {
    const bytes = () => buildBatch(mixed, { compression });
    assertEquals(recordErrors(bytes(), { compact: true }), {
      name: "INVALID_RECORD",
      indexes: [1, 3],
    });
    assertEquals(validate(bytes(), { compact: false }).batch.baseOffset, 50);
  }
});

Deno.test("validating: times must be within the topic's bounds, which themselves are allowed", () => {
  const config = { messageTimestampBeforeMaxMs: 100, messageTimestampAfterMaxMs: 10 };
  const within = records(NOW_MS - 100, NOW_MS, NOW_MS + 10);
  assertEquals(validate(buildBatch(within), config).batch.baseOffset, 50);
  const outside = records(NOW_MS - 101, NOW_MS, NOW_MS + 11, NOW_MS);
  assertEquals(recordErrors(buildBatch(outside), config), {
    name: "INVALID_TIMESTAMP",
    indexes: [0, 2],
  });
});

Deno.test("validating: by default any past time will do, and an hour of the future", () => {
  const hour = 60 * 60 * 1000;
  assertEquals(validate(buildBatch(records(0, NOW_MS + hour))).batch.baseOffset, 50);
  assertEquals(recordErrors(buildBatch(records(0, NOW_MS + hour + 1))).indexes, [1]);
});

Deno.test("validating: a record without a time is within any bounds", () => {
  const config = { messageTimestampBeforeMaxMs: 0, messageTimestampAfterMaxMs: 0 };
  const { batch } = validate(buildBatch(records(-1)), config);
  assertEquals(batch.maxTimestamp, -1);
});

Deno.test("validating: wrong times outweigh missing keys in the error's code", () => {
  const mixed = [textRecord("a"), textRecord("b", NOW_MS + 1e9, "key")];
  assertEquals(recordErrors(buildBatch(mixed), { compact: true }), {
    name: "INVALID_TIMESTAMP",
    indexes: [0, 1],
  });
});

Deno.test("validating: the largest time in the header is what the records say", () => {
  const bytes = change(threeRecords(), (view) => view.setBigInt64(35, 12345n));
  const { batch } = validate(bytes);
  assertEquals(batch.maxTimestamp, TEST_TIME_MS + 5);
  assert(batch.isValid);
});

Deno.test("validating: with log append time, the batch gets the broker's time in place", () => {
  for (const compression of [0, ...CODECS] as const) {
    const { batch, rebuilt } = validate(threeRecords({ compression }), {
      logAppendTime: true,
      messageTimestampBeforeMaxMs: 0,
    });
    assertEquals([rebuilt, batch.isLogAppendTime, batch.maxTimestamp], [false, true, NOW_MS]);
    assert(batch.isValid);
    assertEquals(batch.baseTimestamp, TEST_TIME_MS);
    assertEquals(readRecords(batch).map(({ timestamp }) => timestamp), [NOW_MS, NOW_MS, NOW_MS]);
  }
});

Deno.test("validating: with log append time, a rebuilt batch has the broker's time too", () => {
  const { batch } = validate(threeRecords(), { logAppendTime: true, compressionType: "zstd" });
  assertEquals([batch.isLogAppendTime, batch.maxTimestamp, batch.isValid], [true, NOW_MS, true]);
});

Deno.test("validating: a client must not claim log append time where the topic has it", () => {
  const claimed = () => threeRecords({ logAppendTime: NOW_MS });
  assertEquals(recordErrors(claimed(), { logAppendTime: true }), {
    name: "INVALID_TIMESTAMP",
    indexes: [0, 1, 2],
  });
  const { batch } = validate(claimed());
  assertEquals([batch.isLogAppendTime, batch.maxTimestamp], [false, NOW_MS]);
});

Deno.test("validating: a time that no rewritten record can have is refused", () => {
  const config = { compressionType: "gzip", messageTimestampAfterMaxMs: Infinity } as const;
  for (const timestamp of [-2, -Infinity, Infinity]) {
    const bytes = () => buildBatch(records(TEST_TIME_MS, timestamp));
    assertEquals(refusal(bytes(), config), "UNKNOWN_SERVER_ERROR", `${timestamp}`);
  }
  const stored = validate(buildBatch(records(TEST_TIME_MS, -2)));
  assertEquals(stored.rebuilt, false, "a batch that stays as it came may have it, as in Kafka");
});

Deno.test("validating: a batch that no producer could have built is not rebuilt", () => {
  const batches = [
    () => threeRecords({ transactional: true }),
    () => threeRecords({ producerId: 7, producerEpoch: -1, baseSequence: 0 }),
  ];
  for (const batch of batches) {
    assertEquals(refusal(batch(), { compressionType: "gzip" }), "UNKNOWN_SERVER_ERROR");
    assertEquals(validate(batch()).rebuilt, false);
  }
});
