/**
 * Reads the log of a shard from its beginning and replays it, a piece at a time, so that the event
 * loop stays free between the pieces.
 */
import { Reader } from "../../protocol/codec/reader.ts";
import { ControlType } from "../../protocol/control_records/mod.ts";
import {
  type RecordSpans,
  UnknownCoordinatorRecordError,
} from "../../protocol/coordinator_record.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import {
  Compression,
  type CompressionId,
  decompress,
} from "../../protocol/records/compression/compression.ts";
import { MAX_DECOMPRESSED_BATCH_BYTES } from "../../protocol/records/read.ts";
import { RecordCursor } from "../../protocol/records/record_cursor.ts";
import type { CoordinatorLog } from "./coordinator_log.ts";
import { type CoordinatorShard, NO_PRODUCER_ID } from "./shard.ts";

/** Reads a record whose key and value lie at these places of the reader's bytes. */
export type RecordDecoder<T> = (reader: Reader, at: RecordSpans) => T;

/** What is replayed, and how. */
export interface ReplayOptions<T> {
  readonly shard: CoordinatorShard<T>;
  readonly decode: RecordDecoder<T>;
  /** Told of records that a newer Kafka wrote; they are passed over, as in Kafka (KIP-915). */
  readonly onUnknown: (error: UnknownCoordinatorRecordError) => void;
}

export interface LoadOptions<T> extends ReplayOptions<T> {
  readonly log: CoordinatorLog;
  /** How much is read at a time, in bytes; a larger batch is read whole. */
  readonly bufferBytes: number;
  /** Whether the shard is still wanted. */
  readonly isWanted: () => boolean;
  /** Fulfils in a later turn of the event loop. */
  readonly pause: () => Promise<void>;
}

/**
 * Replays everything up to the log's end. Returns how many records there were, or null where the
 * shard was given up meanwhile. Throws where the log cannot be read.
 */
export async function loadShard<T>(options: LoadOptions<T>): Promise<number | null> {
  const { log, bufferBytes, isWanted, pause } = options;
  const replay = new LogReplay(options);
  for (let offset = log.startOffset; offset < log.endOffset;) {
    const bytes = log.read(offset, bufferBytes);
    if (bytes.length === 0) break;
    const next = replay.piece(bytes, offset);
    if (next === offset) throw new Error(`Nothing can be read at offset ${offset}`);
    offset = next;
    await pause();
    if (!isWanted()) return null;
  }
  return replay.records;
}

/**
 * Replays a log piece by piece. Batches of a commit or two are common, so what walks over the bytes
 * is made once for all of them.
 */
export class LogReplay<T> {
  /** How many records there were so far. */
  records = 0;
  private readonly cursor = new RecordCursor();
  private reader = new Reader(new Uint8Array(0));

  constructor(private readonly options: ReplayOptions<T>) {}

  /**
   * Replays the whole batches in `bytes`, records from offset `from` on. Returns the offset after
   * them, `from` where there is no whole batch.
   */
  piece(bytes: Uint8Array, from: number): number {
    const batch = new BatchView(bytes);
    let next = from;
    for (let size = batch.wholeSize(); size >= 0; size = batch.wholeSize()) {
      this.enter(batch);
      if (batch.isControl) this.replayMarker(batch.producerId);
      else this.replayRecords(batch, from);
      this.records += batch.recordCount;
      next = batch.nextOffset;
      batch.moveTo(batch.at + size);
    }
    return next;
  }

  private enter(batch: BatchView): void {
    const { bytes, recordsStart, end, recordCount } = batch;
    const compression = batch.compression as CompressionId;
    if (compression === Compression.NONE) {
      this.cursor.reset(bytes, recordsStart, end, recordCount);
      if (this.reader.bytes !== bytes) this.reader = new Reader(bytes);
    } else {
      const stored = bytes.subarray(recordsStart, end);
      const data = decompress(compression, stored, MAX_DECOMPRESSED_BATCH_BYTES);
      this.cursor.reset(data, 0, data.length, recordCount);
      this.reader = new Reader(data);
    }
  }

  private replayRecords(batch: BatchView, from: number): void {
    const { cursor, reader, options: { shard, decode, onUnknown } } = this;
    const { baseOffset } = batch;
    const producerId = batch.isTransactional ? batch.producerId : NO_PRODUCER_ID;
    while (cursor.next()) {
      const offset = baseOffset + cursor.offsetDelta;
      if (!cursor.hasKey || offset < from) continue;
      try {
        shard.replay(decode(reader, cursor), offset, producerId);
      } catch (error) {
        if (!(error instanceof UnknownCoordinatorRecordError)) throw error;
        onUnknown(error);
      }
    }
  }

  /** The end of a transaction. Compaction leaves a batch without its marker behind. */
  private replayMarker(producerId: number): void {
    const { cursor } = this;
    if (!cursor.next()) return;
    const { key } = cursor;
    const type = key === null || key.length < 4 ? -1 : (key[2] << 8) | key[3];
    const committed = type === ControlType.COMMIT;
    if (committed || type === ControlType.ABORT) {
      this.options.shard.replayEndTransaction(producerId, committed);
    }
  }
}
