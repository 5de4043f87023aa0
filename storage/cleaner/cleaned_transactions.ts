/**
 * Transactions while a log is walked over to be compacted, batch by batch in order: which data was
 * aborted, and which markers no data needs any more (`CleanedTransactionMetadata` in Kafka).
 */
import { ControlType } from "../../protocol/control_records/mod.ts";
import type { BatchView } from "../../protocol/records/batch.ts";
import { readRecords } from "../../protocol/records/read.ts";
import type { AbortedTransaction } from "../transaction_index.ts";

export class CleanedTransactions {
  /** Producers whose transaction had data, and was not aborted as far as the indexes know. */
  private readonly withData = new Set<number>();
  /** Aborted transactions that have begun, by producer, and whether data of theirs was met. */
  private readonly aborted = new Map<
    number,
    { readonly transaction: AbortedTransaction; hasData: boolean }
  >();
  private readonly coming: AbortedTransaction[];
  private retained: AbortedTransaction[] = [];

  /** `transactions` are all that were aborted in what will be walked over, in any order. */
  constructor(transactions: Iterable<AbortedTransaction>) {
    // The last one comes first.
    this.coming = [...transactions].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  private beginUpTo(offset: number): void {
    const { coming, aborted } = this;
    for (let next = coming.at(-1); next !== undefined; next = coming.at(-1)) {
      if (next.firstOffset > offset) return;
      coming.pop();
      if (!aborted.has(next.producerId)) {
        aborted.set(next.producerId, { transaction: next, hasData: false });
      }
    }
  }

  /** Takes note of a batch of data. Returns whether it was aborted, and need not be kept. */
  onData(batch: BatchView): boolean {
    this.beginUpTo(batch.lastOffset);
    if (!batch.isTransactional) return false;
    const aborted = this.aborted.get(batch.producerId);
    if (aborted === undefined) {
      this.withData.add(batch.producerId);
      return false;
    }
    aborted.hasData = true;
    return true;
  }

  /** Takes note of a control batch. Returns whether no data needs it. */
  onControl(batch: BatchView): boolean {
    this.beginUpTo(batch.lastOffset);
    const { producerId } = batch;
    const [marker] = readRecords(batch);
    if (marker === undefined) return true;
    switch (controlType(marker.key)) {
      case ControlType.ABORT: {
        const aborted = this.aborted.get(producerId);
        this.aborted.delete(producerId);
        if (aborted === undefined || !aborted.hasData) return true;
        this.retained.push(aborted.transaction);
        return false;
      }
      case ControlType.COMMIT:
        return !this.withData.delete(producerId);
      default:
        return false;
    }
  }

  /** The aborted transactions whose markers were met since the last call and are still needed. */
  takeRetained(): AbortedTransaction[] {
    const { retained } = this;
    this.retained = [];
    return retained;
  }
}

/** A key is an int16 version and an int16 type; -1 where it is too short. */
function controlType(key: Uint8Array | null): number {
  return key === null || key.length < 4 ? -1 : (key[2] << 8) | key[3];
}
