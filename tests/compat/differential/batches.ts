/** Record batches for questions: sound ones and every kind of broken one. */
import { BatchView } from "../../../protocol/records/batch.ts";
import {
  type BatchOptions,
  buildBatch,
  type RecordInput,
} from "../../../protocol/records/builder.ts";
import {
  Compression,
  type CompressionId,
} from "../../../protocol/records/compression/compression.ts";

/** How old the oldest record is; well within what a topic retains. */
const RECORDS_AGE_MS = 600_000;

/** The time of the oldest record: the same for both brokers, since both are asked by one process. */
export const BASE_TIME = Date.now() - RECORDS_AGE_MS;

const text = new TextEncoder();

/** Records with keys, values, headers and rising timestamps. */
export function someRecords(count: number, from = 0): RecordInput[] {
  return Array.from({ length: count }, (_, i) => ({
    key: text.encode(`key-${from + i}`),
    value: text.encode(`value-${from + i}`.repeat(3)),
    headers: [[text.encode("n"), text.encode(String(from + i))], [text.encode("null"), null]],
    timestamp: BASE_TIME + from + i,
  }));
}

export function someBatch(count = 3, options: BatchOptions = {}, from = 0): Uint8Array {
  return buildBatch(someRecords(count, from), options);
}

export function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A batch with one thing changed; the checksum fits again unless `keepCrc` is set. */
function changed(
  change: (view: DataView, batch: BatchView) => void,
  { keepCrc = false, options = {} as BatchOptions, count = 3 } = {},
): Uint8Array {
  const batch = new BatchView(someBatch(count, options));
  change(batch.view, batch);
  if (!keepCrc) batch.updateCrc();
  return batch.bytes;
}

/** Damages the records of a compressed batch. */
function brokenCompression(compression: CompressionId): Uint8Array {
  return changed((_, { bytes }) => bytes.fill(0xff, bytes.length - 8), {
    options: { compression },
    count: 50,
  });
}

/** A batch of the format before magic 2: one message of the given magic, checksum right or not. */
function oldMessage(magic: 0 | 1): Uint8Array {
  const bytes = new Uint8Array(12 + (magic === 0 ? 14 : 22) + 5);
  const view = new DataView(bytes.buffer);
  view.setInt32(8, bytes.length - 12);
  view.setInt8(16, magic);
  const at = magic === 0 ? 18 : 26;
  view.setInt32(at, -1);
  view.setInt32(at + 4, 5);
  return bytes;
}

/** Record sets that a broker must answer alike, by what they are. */
export const RECORD_SETS: Record<string, Uint8Array | null> = {
  "one record": someBatch(1),
  "three records": someBatch(3),
  "no key": buildBatch([{ value: text.encode("v"), timestamp: BASE_TIME }]),
  "no value": buildBatch([{ key: text.encode("k"), timestamp: BASE_TIME }]),
  "neither key nor value": buildBatch([{ timestamp: BASE_TIME }]),
  "empty key and value": buildBatch([{
    key: new Uint8Array(),
    value: new Uint8Array(),
    timestamp: BASE_TIME,
  }]),
  "no timestamp": buildBatch([{ value: text.encode("v"), timestamp: -1 }]),
  "timestamp zero": buildBatch([{ value: text.encode("v"), timestamp: 0 }]),
  "timestamp minus two": buildBatch([{ value: text.encode("v"), timestamp: -2 }]),
  "timestamps that fall": buildBatch(someRecords(5).reverse()),
  "timestamp in the far future": buildBatch([{
    value: text.encode("v"),
    timestamp: 32_503_680_000_000,
  }]),
  "second timestamp in the far future": buildBatch([
    { value: text.encode("v"), timestamp: BASE_TIME },
    { value: text.encode("v"), timestamp: 32_503_680_000_000 },
  ]),
  "gzip": someBatch(20, { compression: Compression.GZIP }),
  "snappy": someBatch(20, { compression: Compression.SNAPPY }),
  "lz4": someBatch(20, { compression: Compression.LZ4 }),
  "zstd": someBatch(20, { compression: Compression.ZSTD }),
  "base offset 100": someBatch(3, { baseOffset: 100 }),
  "leader epoch 7": someBatch(3, { leaderEpoch: 7 }),
  "log append time set": someBatch(3, { logAppendTime: BASE_TIME }),
  "null": null,
  "empty": new Uint8Array(),
  "two batches": join(someBatch(2), someBatch(2, {}, 2)),
  "one byte": new Uint8Array(1),
  "header cut": someBatch(3).subarray(0, 40),
  "records cut": someBatch(3).subarray(0, 80),
  "a byte too many": join(someBatch(3), new Uint8Array(1)),
  "a cut batch behind a whole one": join(someBatch(3), someBatch(3).subarray(0, 70)),
  "zeros": new Uint8Array(100),
  "checksum wrong": changed((view) => view.setInt8(65, 99), { keepCrc: true }),
  "magic 0": oldMessage(0),
  "magic 1": oldMessage(1),
  "magic 3": changed((view) => view.setInt8(16, 3)),
  "magic -1": changed((view) => view.setInt8(16, -1)),
  "length 0": changed((view) => view.setInt32(8, 0), { keepCrc: true }),
  "length -1": changed((view) => view.setInt32(8, -1), { keepCrc: true }),
  "length too small": changed((view) => view.setInt32(8, 20), { keepCrc: true }),
  "length too large": changed((view) => view.setInt32(8, 100_000), { keepCrc: true }),
  "count 0": changed((view) => view.setInt32(57, 0)),
  "count -1": changed((view) => view.setInt32(57, -1)),
  "count too small": changed((view) => view.setInt32(57, 2)),
  "count too large": changed((view) => view.setInt32(57, 4)),
  "last offset delta too small": changed((view) => view.setInt32(23, 1)),
  "last offset delta too large": changed((view) => view.setInt32(23, 9)),
  "last offset delta negative": changed((view) => view.setInt32(23, -1)),
  "count and delta larger alike": changed((view) => {
    view.setInt32(57, 4);
    view.setInt32(23, 3);
  }),
  "record offset delta wrong": changed((view) => view.setInt8(64, 8)),
  "record length too large": changed((view) => view.setInt8(61, 0x7e)),
  "record length negative": changed((view) => view.setInt8(61, 1)),
  "record key length beyond the record": changed((view) => view.setInt8(65, 0x7e)),
  "record header count negative": changed((_, { bytes }) => bytes.set([1], bytes.length - 13)),
  "record attributes set": changed((view) => view.setInt8(62, 1)),
  "codec 5": changed((view) => view.setInt16(21, 5)),
  "codec 7": changed((view) => view.setInt16(21, 7)),
  "unused attribute bits": changed((view) => view.setInt16(21, 0x7f00)),
  "gzip announced, not compressed": changed((view) => view.setInt16(21, 1)),
  "snappy announced, not compressed": changed((view) => view.setInt16(21, 2)),
  "lz4 announced, not compressed": changed((view) => view.setInt16(21, 3)),
  "zstd announced, not compressed": changed((view) => view.setInt16(21, 4)),
  "gzip broken": brokenCompression(Compression.GZIP),
  "snappy broken": brokenCompression(Compression.SNAPPY),
  "lz4 broken": brokenCompression(Compression.LZ4),
  "zstd broken": brokenCompression(Compression.ZSTD),
  "gzip count too large": changed((view) => {
    view.setInt32(57, 21);
    view.setInt32(23, 20);
  }, { options: { compression: Compression.GZIP }, count: 20 }),
  "gzip count too small": changed((view) => {
    view.setInt32(57, 19);
    view.setInt32(23, 18);
  }, { options: { compression: Compression.GZIP }, count: 20 }),
  "control batch": someBatch(1, { control: true }),
  "control batch with a producer": someBatch(1, {
    control: true,
    producerId: 5,
    producerEpoch: 0,
    baseSequence: 0,
  }),
  "delete horizon": changed((view) => view.setInt16(21, 0x40)),
  "transactional without producer": someBatch(1, { transactional: true }),
  "transactional": someBatch(1, {
    transactional: true,
    producerId: 9_000,
    producerEpoch: 0,
    baseSequence: 0,
  }),
  "producer without sequence": someBatch(1, { producerId: 9_001, producerEpoch: 0 }),
  "producer with epoch -1": someBatch(1, { producerId: 9_002, baseSequence: 0 }),
  "sequence without producer": someBatch(1, { baseSequence: 3 }),
  "negative producer": someBatch(1, { producerId: -5, producerEpoch: 0, baseSequence: 0 }),
  "max timestamp wrong": changed((view) => view.setBigInt64(35, 5n)),
  "base timestamp negative": changed((view) => view.setBigInt64(27, -77n)),
};
