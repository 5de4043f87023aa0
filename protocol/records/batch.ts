/**
 * A record batch of magic 2 as a view over its bytes: header getters and setters, nothing copied.
 *
 * Layout (KIP-98, Kafka's "Record Batch"): base offset and partition leader epoch lie outside the
 * checksum, so a leader sets both in place; everything from the attributes on is covered by it.
 */
import { crc32c } from "../../lib/crc32c.ts";

export const BATCH_HEADER_BYTES = 61;
/** Base offset and length: what stands before the length counts. */
export const LOG_OVERHEAD_BYTES = 12;
export const MAGIC_V2 = 2;

/** Smallest length field that Kafka reads on (the overhead of a magic 0 record). */
const LENGTH_MIN = 14;

const LENGTH = 8;
const LEADER_EPOCH = 12;
const MAGIC = 16;
const CRC = 17;
const ATTRIBUTES = 21;
const LAST_OFFSET_DELTA = 23;
const BASE_TIMESTAMP = 27;
const MAX_TIMESTAMP = 35;
const PRODUCER_ID = 43;
const PRODUCER_EPOCH = 51;
const BASE_SEQUENCE = 53;
const RECORD_COUNT = 57;

const COMPRESSION_MASK = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const DELETE_HORIZON = 0x40;

export const NO_PRODUCER_ID = -1;
export const NO_PRODUCER_EPOCH = -1;
export const NO_SEQUENCE = -1;
export const NO_TIMESTAMP = -1;

const TWO_32 = 4294967296;

/** An int64 as a number; beyond the safe integers plus or minus Infinity, as everywhere. */
export function getInt64(view: DataView, at: number): number {
  const high = view.getInt32(at);
  if (high >= 2097152) return Infinity;
  if (high < -2097152) return -Infinity;
  return high * TWO_32 + view.getUint32(at + 4);
}

export function setInt64(view: DataView, at: number, value: number): void {
  if (value === Infinity) {
    view.setInt32(at, 0x7fffffff);
    view.setInt32(at + 4, -1);
  } else if (value === -Infinity) {
    view.setInt32(at, -0x80000000);
    view.setInt32(at + 4, 0);
  } else {
    view.setInt32(at, Math.floor(value / TWO_32));
    view.setInt32(at + 4, value);
  }
}

/** A sequence number `increment` after `sequence`; they wrap at the largest int32 (KIP-98). */
export function incrementSequence(sequence: number, increment: number): number {
  const sum = sequence + increment;
  return sum > 0x7fffffff ? sum - 0x80000000 : sum;
}

/** The sequence number `decrement` before `sequence`. */
export function decrementSequence(sequence: number, decrement: number): number {
  const difference = sequence - decrement;
  return difference < 0 ? difference + 0x80000000 : difference;
}

/** Bytes that are not a batch where one must be: Kafka's CORRUPT_MESSAGE. */
export class CorruptBatchError extends Error {
  override name = "CorruptBatchError";
}

/** One batch, beginning at `at` of `bytes`. Move it along with `moveTo`. */
export class BatchView {
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array, public at = 0) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  moveTo(at: number): this {
    this.at = at;
    return this;
  }

  /**
   * The size of the batch that begins here, or -1 where what is left is not a whole batch.
   * Throws `CorruptBatchError` for a length or magic that no batch has.
   */
  wholeSize(end = this.bytes.length): number {
    const left = end - this.at;
    if (left < LOG_OVERHEAD_BYTES) return -1;
    const length = this.view.getInt32(this.at + LENGTH);
    if (length < LENGTH_MIN) {
      throw new CorruptBatchError(`Batch length ${length} is below the smallest possible`);
    }
    if (left <= MAGIC) return -1;
    const magic = this.magic;
    if (magic < 0 || magic > MAGIC_V2) throw new CorruptBatchError(`Magic ${magic} is not known`);
    const size = length + LOG_OVERHEAD_BYTES;
    return size > left ? -1 : size;
  }

  /** The size in bytes, header and length field included. */
  get size(): number {
    return this.view.getInt32(this.at + LENGTH) + LOG_OVERHEAD_BYTES;
  }

  get end(): number {
    return this.at + this.size;
  }

  get baseOffset(): number {
    return getInt64(this.view, this.at);
  }

  set baseOffset(offset: number) {
    setInt64(this.view, this.at, offset);
  }

  get lastOffsetDelta(): number {
    return this.view.getInt32(this.at + LAST_OFFSET_DELTA);
  }

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta;
  }

  get nextOffset(): number {
    return this.lastOffset + 1;
  }

  get leaderEpoch(): number {
    return this.view.getInt32(this.at + LEADER_EPOCH);
  }

  set leaderEpoch(epoch: number) {
    this.view.setInt32(this.at + LEADER_EPOCH, epoch);
  }

  get magic(): number {
    return this.view.getInt8(this.at + MAGIC);
  }

  /** The checksum that stands in the header. */
  get crc(): number {
    return this.view.getUint32(this.at + CRC);
  }

  computeCrc(): number {
    return crc32c(this.bytes, this.at + ATTRIBUTES, this.at + this.size);
  }

  /** Whether the batch is long enough for its header and its checksum is right. */
  get isValid(): boolean {
    return this.size >= BATCH_HEADER_BYTES && this.crc === this.computeCrc();
  }

  updateCrc(): void {
    this.view.setUint32(this.at + CRC, this.computeCrc());
  }

  /** Only the low byte is in use. */
  get attributes(): number {
    return this.bytes[this.at + ATTRIBUTES + 1];
  }

  get compression(): number {
    return this.attributes & COMPRESSION_MASK;
  }

  get isLogAppendTime(): boolean {
    return (this.attributes & LOG_APPEND_TIME) !== 0;
  }

  get isTransactional(): boolean {
    return (this.attributes & TRANSACTIONAL) !== 0;
  }

  get isControl(): boolean {
    return (this.attributes & CONTROL) !== 0;
  }

  get hasDeleteHorizon(): boolean {
    return (this.attributes & DELETE_HORIZON) !== 0;
  }

  get baseTimestamp(): number {
    return getInt64(this.view, this.at + BASE_TIMESTAMP);
  }

  get maxTimestamp(): number {
    return getInt64(this.view, this.at + MAX_TIMESTAMP);
  }

  /** Sets type and largest timestamp; recomputes the checksum only where something changes. */
  setMaxTimestamp(logAppendTime: boolean, timestamp: number): void {
    if (this.isLogAppendTime === logAppendTime && this.maxTimestamp === timestamp) return;
    const attributes = logAppendTime
      ? this.attributes | LOG_APPEND_TIME
      : this.attributes & ~LOG_APPEND_TIME;
    this.view.setInt16(this.at + ATTRIBUTES, attributes);
    setInt64(this.view, this.at + MAX_TIMESTAMP, timestamp);
    this.updateCrc();
  }

  get producerId(): number {
    return getInt64(this.view, this.at + PRODUCER_ID);
  }

  get hasProducerId(): boolean {
    return this.producerId > NO_PRODUCER_ID;
  }

  get producerEpoch(): number {
    return this.view.getInt16(this.at + PRODUCER_EPOCH);
  }

  get baseSequence(): number {
    return this.view.getInt32(this.at + BASE_SEQUENCE);
  }

  get lastSequence(): number {
    const base = this.baseSequence;
    return base === NO_SEQUENCE ? NO_SEQUENCE : incrementSequence(base, this.lastOffsetDelta);
  }

  get recordCount(): number {
    return this.view.getInt32(this.at + RECORD_COUNT);
  }

  /** Where the records begin, in `bytes`. */
  get recordsStart(): number {
    return this.at + BATCH_HEADER_BYTES;
  }
}

/** What a batch has become whose records were rewritten. */
export interface RewrittenRecords {
  readonly compression: number;
  readonly recordCount: number;
  readonly maxTimestamp: number;
  /** From when on its tombstones may go (KIP-534), in milliseconds since 1970; null: as it was. */
  readonly deleteHorizonMs: number | null;
}

/**
 * Writes the header of a batch that is all of `bytes` and whose records are in place: `original`'s but
 * for what says otherwise. A new delete horizon takes the place of the base timestamp; an infinite
 * time, one that a number does not hold, stays what it was.
 */
export function rewriteBatchHeader(
  bytes: Uint8Array,
  original: BatchView,
  { compression, recordCount, maxTimestamp, deleteHorizonMs }: RewrittenRecords,
): void {
  bytes.set(original.bytes.subarray(original.at, original.recordsStart));
  const batch = new BatchView(bytes);
  const { view } = batch;
  view.setInt32(LENGTH, bytes.length - LOG_OVERHEAD_BYTES);
  const attributes = (batch.attributes & ~COMPRESSION_MASK) | compression;
  if (deleteHorizonMs === null) view.setInt16(ATTRIBUTES, attributes);
  else {
    view.setInt16(ATTRIBUTES, attributes | DELETE_HORIZON);
    setInt64(view, BASE_TIMESTAMP, deleteHorizonMs);
  }
  if (Number.isFinite(maxTimestamp)) setInt64(view, MAX_TIMESTAMP, maxTimestamp);
  view.setInt32(RECORD_COUNT, recordCount);
  batch.updateCrc();
}

/** A batch without records that stands for `original`: offsets, producer and times stay known. */
export function emptyBatch(original: BatchView): Uint8Array {
  const bytes = new Uint8Array(BATCH_HEADER_BYTES);
  writeBatchHeader(bytes, {
    baseOffset: original.baseOffset,
    leaderEpoch: original.leaderEpoch,
    compression: 0,
    logAppendTime: original.isLogAppendTime,
    transactional: original.isTransactional,
    control: original.isControl,
    lastOffsetDelta: original.lastOffsetDelta,
    baseTimestamp: NO_TIMESTAMP,
    maxTimestamp: original.maxTimestamp,
    producerId: original.producerId,
    producerEpoch: original.producerEpoch,
    baseSequence: original.baseSequence,
    recordCount: 0,
  });
  return bytes;
}

/** Header fields of a batch to be written; `writeBatchHeader` fills in length and checksum. */
export interface BatchHeader {
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  readonly compression: number;
  readonly logAppendTime: boolean;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Writes the header of the batch that is all of `bytes`; its records must be in place. */
export function writeBatchHeader(bytes: Uint8Array, header: BatchHeader): void {
  const batch = new BatchView(bytes);
  const view = batch.view;
  setInt64(view, 0, header.baseOffset);
  view.setInt32(LENGTH, bytes.length - LOG_OVERHEAD_BYTES);
  view.setInt32(LEADER_EPOCH, header.leaderEpoch);
  view.setInt8(MAGIC, MAGIC_V2);
  view.setInt16(
    ATTRIBUTES,
    header.compression | (header.logAppendTime ? LOG_APPEND_TIME : 0) |
      (header.transactional ? TRANSACTIONAL : 0) | (header.control ? CONTROL : 0),
  );
  view.setInt32(LAST_OFFSET_DELTA, header.lastOffsetDelta);
  setInt64(view, BASE_TIMESTAMP, header.baseTimestamp);
  setInt64(view, MAX_TIMESTAMP, header.maxTimestamp);
  setInt64(view, PRODUCER_ID, header.producerId);
  view.setInt16(PRODUCER_EPOCH, header.producerEpoch);
  view.setInt32(BASE_SEQUENCE, header.baseSequence);
  view.setInt32(RECORD_COUNT, header.recordCount);
  batch.updateCrc();
}
