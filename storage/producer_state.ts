/**
 * What a log knows of the producers that write to it (KIP-98): epoch, the last five batches by
 * sequence number, and open transactions. From it duplicates are answered with their first offset,
 * gaps in the sequence and stale epochs are refused.
 */
import { type FileSystem, joinPath } from "../lib/files.ts";
import { KafkaError } from "../protocol/errors.ts";
import {
  type BatchView,
  decrementSequence,
  NO_PRODUCER_EPOCH,
  NO_SEQUENCE,
} from "../protocol/records/batch.ts";
import { ControlType } from "../protocol/control_records/mod.ts";
import { readRecords } from "../protocol/records/read.ts";
import { MalformedFileError } from "./files_format.ts";
import {
  type ProducerSnapshotEntry,
  readProducerSnapshot,
  writeProducerSnapshot,
} from "./producer_snapshot.ts";
import { offsetFileName, PRODUCER_SNAPSHOT_SUFFIX } from "./segment.ts";

/** How many batches of a producer are remembered, so that a retry of any is recognised. */
const BATCHES_RETAINED = 5;
const SEQUENCE_MAX = 0x7fffffff;

/** A batch that a producer wrote. */
export interface ProducedBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly timestamp: number;
}

/** One producer's state in one log. */
export interface ProducerEntry {
  epoch: number;
  coordinatorEpoch: number;
  lastTimestamp: number;
  /** First offset of the open transaction, or -1. */
  currentTxnFirstOffset: number;
  batches: ProducedBatch[];
}

function producedBatch(batch: BatchView): ProducedBatch {
  return {
    firstSequence: batch.baseSequence,
    lastSequence: batch.lastSequence,
    firstOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    timestamp: batch.maxTimestamp,
  };
}

export class ProducerState {
  private readonly producers = new Map<number, ProducerEntry>();
  /** Producers with an open transaction, and its first offset. */
  private readonly openTransactions = new Map<number, number>();
  /** Up to which offset the state has seen the log. */
  endOffset = 0;
  private snapshotOffsets: number[];

  constructor(
    private readonly files: FileSystem,
    private readonly directory: string,
    private readonly partitionName: string,
  ) {
    this.snapshotOffsets = files.list(directory)
      .filter(({ name }) => /^\d{20}\.snapshot$/.test(name))
      .map(({ name }) => Number(name.slice(0, 20)))
      .sort((a, b) => a - b);
  }

  get entries(): ReadonlyMap<number, ProducerEntry> {
    return this.producers;
  }

  /** First offset of the oldest open transaction, or undefined. */
  get firstUndecidedOffset(): number | undefined {
    return this.openTransactions.size === 0
      ? undefined
      : Math.min(...this.openTransactions.values());
  }

  /** The batch that was already written with exactly this sequence range, if it is remembered. */
  findDuplicate(batch: BatchView): ProducedBatch | undefined {
    const entry = this.producers.get(batch.producerId);
    if (entry === undefined || entry.epoch !== batch.producerEpoch) return undefined;
    const { baseSequence, lastSequence } = batch;
    return entry.batches.find((known) =>
      known.firstSequence === baseSequence && known.lastSequence === lastSequence
    );
  }

  /**
   * Checks a client's batch against what is known of its producer.
   * Throws INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER or INVALID_TXN_STATE.
   */
  check(batch: BatchView): void {
    const entry = this.producers.get(batch.producerId);
    if (entry === undefined) return;
    const { producerId, producerEpoch, baseSequence } = batch;
    const where = `producer ${producerId} in partition ${this.partitionName}`;
    if (producerEpoch < entry.epoch) {
      throw new KafkaError(
        "INVALID_PRODUCER_EPOCH",
        `Epoch ${producerEpoch} of ${where} is older than ${entry.epoch}, the last seen`,
      );
    }
    if (producerEpoch !== entry.epoch) {
      if (baseSequence !== 0 && entry.epoch !== NO_PRODUCER_EPOCH) {
        throw new KafkaError(
          "OUT_OF_ORDER_SEQUENCE_NUMBER",
          `Epoch ${producerEpoch} of ${where} begins with sequence ${baseSequence} instead of 0`,
        );
      }
    } else {
      const last = entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE;
      const follows = baseSequence === last + 1 || (baseSequence === 0 && last === SEQUENCE_MAX);
      if (!follows) {
        throw new KafkaError(
          "OUT_OF_ORDER_SEQUENCE_NUMBER",
          `Sequence ${baseSequence} of ${where} does not follow ${last}`,
        );
      }
    }
    if (entry.currentTxnFirstOffset >= 0 && !batch.isTransactional) {
      throw new KafkaError("INVALID_TXN_STATE", `A transaction of ${where} is open`);
    }
  }

  /** Takes over a batch that was appended, by a client, by replication or at loading. */
  update(batch: BatchView): void {
    const { producerId, nextOffset } = batch;
    this.endOffset = nextOffset;
    if (producerId < 0) return;
    if (batch.isControl) this.endTransaction(batch);
    else this.addBatch(batch);
  }

  private entryOf(producerId: number, epoch: number): ProducerEntry {
    let entry = this.producers.get(producerId);
    if (entry === undefined) {
      entry = {
        epoch,
        coordinatorEpoch: -1,
        lastTimestamp: -1,
        currentTxnFirstOffset: -1,
        batches: [],
      };
      this.producers.set(producerId, entry);
    }
    if (entry.epoch !== epoch) {
      entry.epoch = epoch;
      entry.batches = [];
    }
    return entry;
  }

  private addBatch(batch: BatchView): void {
    const entry = this.entryOf(batch.producerId, batch.producerEpoch);
    const firstOffset = batch.baseOffset;
    const timestamp = batch.maxTimestamp;
    if (entry.batches.length === BATCHES_RETAINED) entry.batches.shift();
    entry.batches.push(producedBatch(batch));
    entry.lastTimestamp = timestamp;
    if (batch.isTransactional && entry.currentTxnFirstOffset < 0) {
      entry.currentTxnFirstOffset = firstOffset;
      this.openTransactions.set(batch.producerId, firstOffset);
    }
  }

  /**
   * Remembers a batch from before the snapshot that was loaded, which holds the last one of each
   * producer only. To be called in the order of the log, before any `update`.
   */
  recall(batch: BatchView): void {
    const entry = this.producers.get(batch.producerId);
    if (entry === undefined || entry.epoch !== batch.producerEpoch || batch.isControl) return;
    const last = entry.batches.at(-1);
    if (last === undefined || batch.baseOffset >= last.firstOffset) return;
    entry.batches.splice(-1, 0, producedBatch(batch));
    if (entry.batches.length > BATCHES_RETAINED) entry.batches.shift();
  }

  /** A control batch with a producer id is the marker that ends a transaction. */
  private endTransaction(batch: BatchView): void {
    const [marker] = readRecords(batch);
    const { key, value } = marker ?? {};
    if (!key || key.length < 4 || !value || value.length < 6) return;
    const type = (key[2] << 8) | key[3];
    if (type !== ControlType.ABORT && type !== ControlType.COMMIT) return;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const entry = this.entryOf(batch.producerId, batch.producerEpoch);
    entry.coordinatorEpoch = view.getInt32(2);
    entry.currentTxnFirstOffset = -1;
    this.openTransactions.delete(batch.producerId);
    entry.lastTimestamp = marker.timestamp;
  }

  /** Forgets producers without an open transaction that wrote nothing for `expirationMs`. */
  removeExpired(nowMs: number, expirationMs: number): void {
    for (const [producerId, entry] of this.producers) {
      const idle = entry.currentTxnFirstOffset < 0;
      if (idle && nowMs - entry.lastTimestamp >= expirationMs) this.producers.delete(producerId);
    }
  }

  private snapshotPath(offset: number): string {
    return joinPath(this.directory, offsetFileName(offset, PRODUCER_SNAPSHOT_SUFFIX));
  }

  /** Writes a snapshot at the present end, unless there is one. */
  takeSnapshot(): void {
    const offset = this.endOffset;
    if (offset <= (this.snapshotOffsets.at(-1) ?? 0)) return;
    const entries = [...this.producers].map(([producerId, entry]): ProducerSnapshotEntry => {
      const last = entry.batches.at(-1);
      return {
        producerId,
        epoch: entry.epoch,
        lastSequence: last?.lastSequence ?? NO_SEQUENCE,
        lastOffset: last?.lastOffset ?? -1,
        offsetDelta: last === undefined ? 0 : last.lastOffset - last.firstOffset,
        timestamp: entry.lastTimestamp,
        coordinatorEpoch: entry.coordinatorEpoch,
        currentTxnFirstOffset: entry.currentTxnFirstOffset,
      };
    });
    writeProducerSnapshot(this.files, this.snapshotPath(offset), entries);
    this.snapshotOffsets.push(offset);
  }

  /**
   * Forgets everything, then loads the newest usable snapshot within the log. `endOffset` says
   * from where the log itself must be read to catch up.
   */
  reload(logStartOffset: number, logEndOffset: number, nowMs: number, expirationMs: number): void {
    this.clear();
    for (const offset of this.snapshotOffsets) {
      if (offset > logEndOffset || offset <= logStartOffset) this.removeSnapshot(offset);
    }
    while (this.snapshotOffsets.length > 0) {
      const offset = this.snapshotOffsets.at(-1)!;
      try {
        this.takeOver(readProducerSnapshot(this.files, this.snapshotPath(offset)));
        this.removeExpired(nowMs, expirationMs);
        this.endOffset = offset;
        return;
      } catch (error) {
        if (!(error instanceof MalformedFileError)) throw error;
        this.removeSnapshot(offset);
      }
    }
    this.endOffset = logStartOffset;
  }

  private clear(): void {
    this.producers.clear();
    this.openTransactions.clear();
  }

  private takeOver(entries: readonly ProducerSnapshotEntry[]): void {
    for (const entry of entries) {
      const { lastOffset, lastSequence, offsetDelta, timestamp } = entry;
      const batch = {
        firstSequence: lastSequence < 0
          ? NO_SEQUENCE
          : decrementSequence(lastSequence, offsetDelta),
        lastSequence,
        firstOffset: lastOffset - offsetDelta,
        lastOffset,
        timestamp,
      };
      this.producers.set(entry.producerId, {
        epoch: entry.epoch,
        coordinatorEpoch: entry.coordinatorEpoch,
        lastTimestamp: timestamp,
        currentTxnFirstOffset: entry.currentTxnFirstOffset,
        batches: lastOffset < 0 ? [] : [batch],
      });
      if (entry.currentTxnFirstOffset >= 0) {
        this.openTransactions.set(entry.producerId, entry.currentTxnFirstOffset);
      }
    }
  }

  /** Removes snapshots that no segment and no restart needs: all but those of `keep` and the last. */
  removeStraySnapshots(keep: ReadonlySet<number>): void {
    const last = this.snapshotOffsets.at(-1);
    for (const offset of this.snapshotOffsets) {
      if (offset !== last && !keep.has(offset)) this.removeSnapshot(offset);
    }
  }

  /** Removes snapshots of segments that are gone. */
  removeSnapshotsBefore(offset: number): void {
    for (const known of this.snapshotOffsets) if (known < offset) this.removeSnapshot(known);
  }

  private removeSnapshot(offset: number): void {
    this.files.remove(this.snapshotPath(offset));
    this.snapshotOffsets = this.snapshotOffsets.filter((known) => known !== offset);
  }

  /** Notes that the log now begins at `logStartOffset`. */
  onLogStartIncremented(logStartOffset: number): void {
    if (this.endOffset < logStartOffset) this.endOffset = logStartOffset;
  }
}
