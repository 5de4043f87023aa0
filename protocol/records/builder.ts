/**
 * Builds record batches: for the metadata log, for batches that must be rewritten, for clients.
 */
import { Writer } from "../codec/writer.ts";
import {
  BATCH_HEADER_BYTES,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  NO_TIMESTAMP,
  writeBatchHeader,
} from "./batch.ts";
import {
  compress,
  Compression,
  type CompressionId,
  type CompressionLevels,
  DEFAULT_LEVELS,
} from "./compression/compression.ts";

/** One record to be written. */
export interface RecordInput {
  readonly key?: Uint8Array | null;
  readonly value?: Uint8Array | null;
  readonly headers?: readonly (readonly [key: Uint8Array, value: Uint8Array | null])[];
  /** Milliseconds since 1970; -1 for none. */
  readonly timestamp: number;
}

export interface BatchOptions {
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly compression?: CompressionId;
  readonly levels?: CompressionLevels;
  /** Set for log append time: the time that counts for all records. */
  readonly logAppendTime?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
}

/** Collects records and makes one batch of them. Record offsets follow each other. */
export class BatchBuilder {
  private readonly writer = new Writer(4096);
  private readonly record = new Writer(1024);
  private count = 0;
  private baseTimestamp = NO_TIMESTAMP;
  private maxTimestamp = NO_TIMESTAMP;

  constructor(private readonly options: BatchOptions = {}) {}

  get recordCount(): number {
    return this.count;
  }

  /** Bytes of the records so far, before compression. */
  get recordBytes(): number {
    return this.writer.pos;
  }

  append(input: RecordInput): void {
    if (this.count === 0) this.baseTimestamp = input.timestamp;
    if (input.timestamp > this.maxTimestamp) this.maxTimestamp = input.timestamp;
    const r = this.record;
    r.reset();
    r.int8(0);
    r.varlong(input.timestamp - this.baseTimestamp);
    r.varint(this.count);
    this.blob(input.key ?? null);
    this.blob(input.value ?? null);
    const headers = input.headers ?? [];
    r.varint(headers.length);
    for (const [key, value] of headers) {
      this.blob(key);
      this.blob(value);
    }
    this.writer.varint(r.pos);
    this.writer.raw(r.finish());
    this.count++;
  }

  private blob(bytes: Uint8Array | null): void {
    if (bytes === null) return this.record.varint(-1);
    this.record.varint(bytes.length);
    this.record.raw(bytes);
  }

  /** The finished batch, in bytes of its own. */
  build(): Uint8Array {
    const { options } = this;
    const compression = options.compression ?? Compression.NONE;
    const records = compress(compression, this.writer.finish(), options.levels ?? DEFAULT_LEVELS);
    const bytes = new Uint8Array(BATCH_HEADER_BYTES + records.length);
    bytes.set(records, BATCH_HEADER_BYTES);
    writeBatchHeader(bytes, {
      baseOffset: options.baseOffset ?? 0,
      leaderEpoch: options.leaderEpoch ?? -1,
      compression,
      logAppendTime: options.logAppendTime !== undefined,
      transactional: options.transactional ?? false,
      control: options.control ?? false,
      lastOffsetDelta: this.count - 1,
      baseTimestamp: this.baseTimestamp,
      maxTimestamp: options.logAppendTime ?? this.maxTimestamp,
      producerId: options.producerId ?? NO_PRODUCER_ID,
      producerEpoch: options.producerEpoch ?? NO_PRODUCER_EPOCH,
      baseSequence: options.baseSequence ?? NO_SEQUENCE,
      recordCount: this.count,
    });
    return bytes;
  }
}

/** Makes one batch of the given records. */
export function buildBatch(
  records: readonly RecordInput[],
  options: BatchOptions = {},
): Uint8Array {
  const builder = new BatchBuilder(options);
  for (const record of records) builder.append(record);
  return builder.build();
}
