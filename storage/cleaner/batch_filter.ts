/**
 * What of a batch stays when its log is compacted (KIP-534 for the delete horizon,
 * `MemoryRecords.filterTo` in Kafka): bytes in, bytes out, nothing else.
 */
import {
  BATCH_HEADER_BYTES,
  type BatchView,
  emptyBatch,
  NO_TIMESTAMP,
  rewriteBatchHeader,
} from "../../protocol/records/batch.ts";
import { Writer } from "../../protocol/codec/writer.ts";
import {
  compress,
  Compression,
  type CompressionId,
  type CompressionLevels,
  decompress,
} from "../../protocol/records/compression/compression.ts";
import { MAX_DECOMPRESSED_BATCH_BYTES } from "../../protocol/records/read.ts";
import { RecordCursor } from "../../protocol/records/record_cursor.ts";
import type { AbortedTransaction } from "../transaction_index.ts";
import type { CleanedTransactions } from "./cleaned_transactions.ts";
import type { OffsetMap } from "./offset_map.ts";

/** The last thing that a log knows of a producer. */
export interface LastRecord {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** -1 where the log only has a marker of it. */
  readonly lastDataOffset: number;
}

export interface FilterRules {
  readonly map: OffsetMap;
  readonly transactions: CleanedTransactions;
  readonly producers: ReadonlyMap<number, LastRecord>;
  /** The offset before which all is cleaned; the batch that ends there stays, if only empty. */
  readonly endOffset: number;
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
  readonly compressionLevels: CompressionLevels;
}

/** A buffer of output larger than this is not kept for the next batch, in bytes. */
const OUTPUT_BYTES_KEPT = 1024 * 1024;

/** What stands where the header of a batch will. */
const HEADER_ROOM = new Uint8Array(BATCH_HEADER_BYTES);

export class BatchFilter {
  recordsRead = 0;
  recordsKept = 0;
  /** Records without a key, which no compacted log may hold; they are dropped. */
  recordsWithoutKey = 0;
  private readonly cursor = new RecordCursor();
  private readonly writer = new Writer(64 * 1024);
  /** Begin and end of the runs of records that stay, in the records part. */
  private readonly runs: number[] = [];
  private kept = 0;
  private keptMaxTimestamp = NO_TIMESTAMP;
  private keepsTombstones = false;
  /** Whether all their times are such that a number holds them exactly. */
  private hasExactTimes = true;

  constructor(private readonly rules: FilterRules) {}

  /** The batch as it shall be, valid until the next call or as long as the batch; null: it goes. */
  filter(batch: BatchView): Uint8Array | null {
    const { transactions, nowMs, endOffset } = this.rules;
    const isNeedless = batch.isControl ? transactions.onControl(batch) : transactions.onData(batch);
    // Markers without data outlive their transaction as tombstones outlive their key.
    const dropsAll = isNeedless &&
      (!batch.isControl || (batch.hasDeleteHorizon && batch.baseTimestamp <= nowMs));
    const mustStay = this.isLastOfProducer(batch) || batch.nextOffset === endOffset;
    if (dropsAll) {
      this.recordsRead += batch.recordCount;
      return mustStay ? emptyBatch(batch) : null;
    }
    const stored = batch.bytes.subarray(batch.recordsStart, batch.end);
    const codec = batch.compression as CompressionId;
    const data = decompress(codec, stored, MAX_DECOMPRESSED_BATCH_BYTES);
    this.choose(batch, data);
    this.recordsRead += batch.recordCount;
    this.recordsKept += this.kept;
    if (this.kept === 0) return mustStay ? emptyBatch(batch) : null;
    const setsHorizon = !batch.hasDeleteHorizon && this.hasExactTimes &&
      (this.keepsTombstones || (batch.isControl && isNeedless));
    const isWhole = this.kept === batch.recordCount && !setsHorizon;
    if (isWhole) return batch.bytes.subarray(batch.at, batch.end);
    return this.rewrite(batch, codec, data, setsHorizon);
  }

  /** Aborted transactions whose markers stayed since the last call. */
  takeAbortedTransactions(): AbortedTransaction[] {
    return this.rules.transactions.takeRetained();
  }

  /** Whether the batch is what its producer's sequence numbers or epoch are known by. */
  private isLastOfProducer(batch: BatchView): boolean {
    if (!batch.hasProducerId) return false;
    const last = this.rules.producers.get(batch.producerId);
    if (last === undefined) return false;
    return last.lastDataOffset >= 0
      ? batch.lastOffset === last.lastDataOffset
      : batch.isControl && batch.producerEpoch === last.producerEpoch;
  }

  /** Finds the records that stay. */
  private choose(batch: BatchView, data: Uint8Array): void {
    const { cursor, runs } = this;
    const { baseOffset, baseTimestamp, isLogAppendTime, maxTimestamp, isControl } = batch;
    const keepsTombstones = !batch.hasDeleteHorizon || this.rules.nowMs < baseTimestamp;
    runs.length = 0;
    this.kept = 0;
    this.keptMaxTimestamp = isLogAppendTime ? maxTimestamp : NO_TIMESTAMP;
    this.keepsTombstones = false;
    this.hasExactTimes = true;
    cursor.reset(data, 0, data.length, batch.recordCount);
    while (cursor.next()) {
      if (!isControl && !this.stays(data, baseOffset + cursor.offsetDelta, keepsTombstones)) {
        continue;
      }
      this.kept++;
      if (cursor.valueLength < 0) this.keepsTombstones = true;
      const timestamp = isLogAppendTime ? maxTimestamp : baseTimestamp + cursor.timestampDelta;
      if (timestamp > this.keptMaxTimestamp) this.keptMaxTimestamp = timestamp;
      if (!Number.isSafeInteger(timestamp)) this.hasExactTimes = false;
      if (runs.length > 0 && runs[runs.length - 1] === cursor.start) {
        runs[runs.length - 1] = cursor.recordEnd;
      } else runs.push(cursor.start, cursor.recordEnd);
    }
  }

  private stays(data: Uint8Array, offset: number, keepsTombstones: boolean): boolean {
    const { cursor } = this;
    const { map } = this.rules;
    if (offset > map.latestOffset) return true;
    if (!cursor.hasKey) {
      this.recordsWithoutKey++;
      return false;
    }
    if (cursor.valueLength < 0 && !keepsTombstones) return false;
    return offset >= map.get(data, cursor.keyStart, cursor.keyLength);
  }

  private rewrite(
    batch: BatchView,
    codec: CompressionId,
    data: Uint8Array,
    setsHorizon: boolean,
  ): Uint8Array {
    const { nowMs, deleteRetentionMs, compressionLevels } = this.rules;
    const deleteHorizonMs = setsHorizon ? nowMs + deleteRetentionMs : null;
    const { writer } = this;
    writer.reset(OUTPUT_BYTES_KEPT);
    if (codec === Compression.NONE) writer.raw(HEADER_ROOM);
    if (deleteHorizonMs === null) this.copyRuns(data);
    else this.rebase(batch, data, deleteHorizonMs);
    let bytes = writer.finish();
    if (codec !== Compression.NONE) {
      const records = compress(codec, bytes, compressionLevels);
      bytes = new Uint8Array(BATCH_HEADER_BYTES + records.length);
      bytes.set(records, BATCH_HEADER_BYTES);
    }
    const { kept: recordCount, keptMaxTimestamp: maxTimestamp } = this;
    rewriteBatchHeader(bytes, batch, {
      compression: codec,
      recordCount,
      maxTimestamp,
      deleteHorizonMs,
    });
    return bytes;
  }

  /** The records that stay, byte for byte: offsets and times count from what they counted from. */
  private copyRuns(data: Uint8Array): void {
    const { runs, writer } = this;
    for (let i = 0; i < runs.length; i += 2) writer.raw(data.subarray(runs[i], runs[i + 1]));
  }

  /** The records that stay, with times that count from the delete horizon. */
  private rebase(batch: BatchView, data: Uint8Array, deleteHorizonMs: number): void {
    const { runs, cursor, writer } = this;
    const { baseTimestamp, isLogAppendTime, maxTimestamp } = batch;
    let run = 0;
    cursor.reset(data, 0, data.length, batch.recordCount);
    while (run < runs.length && cursor.next()) {
      if (cursor.start < runs[run]) continue;
      const timestamp = isLogAppendTime ? maxTimestamp : baseTimestamp + cursor.timestampDelta;
      const rest = data.subarray(cursor.afterTimestamp, cursor.recordEnd);
      const delta = timestamp - deleteHorizonMs;
      writer.varint(1 + varlongBytes(delta) + rest.length);
      writer.int8(cursor.attributes);
      writer.varlong(delta);
      writer.raw(rest);
      if (cursor.recordEnd === runs[run + 1]) run += 2;
    }
  }
}

/** How many bytes a number takes as a zigzag varint. */
function varlongBytes(value: number): number {
  const magnitude = value < 0 ? -value * 2 - 1 : value * 2;
  let bytes = 1;
  for (let limit = 128; magnitude >= limit; limit *= 128) bytes++;
  return bytes;
}
