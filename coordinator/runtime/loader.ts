/**
 * Reads the log of a shard from its beginning and replays it, a piece at a time, so that the event
 * loop stays free between the pieces.
 */
import { BatchView } from "../../protocol/records/batch.ts";
import { ControlType } from "../../protocol/control_records/mod.ts";
import { batchesOf, readRecords } from "../../protocol/records/read.ts";
import { UnknownCoordinatorRecordError } from "../../protocol/coordinator_record.ts";
import type { CoordinatorLog } from "./coordinator_log.ts";
import { type CoordinatorShard, NO_PRODUCER_ID } from "./shard.ts";

/** Reads the key and value of a record. */
export type RecordDecoder<T> = (key: Uint8Array, value: Uint8Array | null) => T;

export interface LoadOptions<T> {
  readonly log: CoordinatorLog;
  readonly shard: CoordinatorShard<T>;
  readonly decode: RecordDecoder<T>;
  /** How much is read at a time, in bytes; a larger batch is read whole. */
  readonly bufferBytes: number;
  /** Whether the shard is still wanted. */
  readonly isWanted: () => boolean;
  /** Fulfils in a later turn of the event loop. */
  readonly pause: () => Promise<void>;
  /** Told of records that a newer Kafka wrote; they are passed over, as in Kafka (KIP-915). */
  readonly onUnknown: (error: UnknownCoordinatorRecordError) => void;
}

/**
 * Replays everything up to the log's end. Returns how many records there were, or null where the
 * shard was given up meanwhile. Throws where the log cannot be read.
 */
export async function loadShard<T>(options: LoadOptions<T>): Promise<number | null> {
  const { log, bufferBytes, isWanted, pause } = options;
  let count = 0;
  for (let offset = log.startOffset; offset < log.endOffset;) {
    const bytes = log.read(offset, bufferBytes);
    if (bytes.length === 0) break;
    let next = offset;
    for (const batch of batchesOf(bytes)) {
      count += replayBatch(batch, offset, options);
      next = batch.nextOffset;
    }
    if (next === offset) throw new Error(`Nothing can be read at offset ${offset}`);
    offset = next;
    await pause();
    if (!isWanted()) return null;
  }
  return count;
}

function replayBatch<T>(batch: BatchView, from: number, options: LoadOptions<T>): number {
  const { shard, decode, onUnknown } = options;
  const records = readRecords(batch);
  if (batch.isControl) {
    const [{ key }] = records;
    const type = key === null || key.length < 4 ? -1 : (key[2] << 8) | key[3];
    const committed = type === ControlType.COMMIT;
    if (committed || type === ControlType.ABORT) {
      shard.replayEndTransaction(batch.producerId, committed);
    }
    return 1;
  }
  const producerId = batch.isTransactional ? batch.producerId : NO_PRODUCER_ID;
  for (const { key, value, offset } of records) {
    if (key === null || offset < from) continue;
    try {
      shard.replay(decode(key, value), offset, producerId);
    } catch (error) {
      if (!(error instanceof UnknownCoordinatorRecordError)) throw error;
      onUnknown(error);
    }
  }
  return records.length;
}
