/** The segment that compaction writes: log, indexes and aborted transactions as `.cleaned` files. */
import type { Clock } from "../../lib/clock.ts";
import type { FileSystem } from "../../lib/files.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { OpenFiles } from "../open_files.ts";
import { CLEANED_SUFFIX, Segment } from "../segment.ts";
import { TailCache } from "../tail.ts";
import { type AbortedTransaction, transactionIndexBytes } from "../transaction_index.ts";

export interface CleanedSegmentOptions {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly directory: string;
  readonly baseOffset: number;
  readonly indexIntervalBytes: number;
  readonly segmentIndexBytes: number;
  /** How much is written at once, in bytes. */
  readonly bufferBytes: number;
}

export class CleanedSegment {
  private readonly segment: Segment;
  private transactions: AbortedTransaction[] = [];

  constructor(private readonly options: CleanedSegmentOptions) {
    const { files, directory, baseOffset, bufferBytes } = options;
    this.segment = new Segment({
      files,
      openFiles: new OpenFiles(files, 1),
      tail: new TailCache(bufferBytes),
      directory,
      baseOffset,
      suffix: CLEANED_SUFFIX,
      indexIntervalBytes: options.indexIntervalBytes,
      indexBytesMax: options.segmentIndexBytes,
      rollJitterMs: 0,
      createdMs: options.clock.now(),
    });
  }

  /** Makes the files. */
  create(): void {
    this.segment.create();
  }

  get size(): number {
    return this.segment.size;
  }

  append(bytes: Uint8Array): void {
    const { segment } = this;
    const batch = new BatchView(bytes);
    if (!segment.canHold(batch.lastOffset)) {
      throw new RangeError(`Offset ${batch.lastOffset} is too far from ${segment.baseOffset}`);
    }
    segment.noteBatch(batch, segment.size);
    segment.append(bytes);
    if (segment.size - segment.writtenSize >= this.options.bufferBytes) segment.flush();
  }

  /** Adds transactions to the index, in the order of their markers. */
  addTransactions(transactions: readonly AbortedTransaction[]): void {
    this.transactions.push(...transactions);
  }

  /** Brings everything to the device. The files count as written at `modifiedMs`. */
  finish(modifiedMs: number): void {
    const { segment } = this;
    const { files } = this.options;
    segment.seal();
    segment.close();
    const [, , , transactionIndex] = segment.paths;
    if (this.transactions.length > 0) {
      const file = files.openWrite(transactionIndex);
      try {
        file.writeAt(transactionIndexBytes(this.transactions), 0);
      } finally {
        file.close();
      }
    }
    for (const path of segment.paths) {
      if (!files.exists(path)) continue;
      const file = files.openExisting(path);
      try {
        file.sync();
      } finally {
        file.close();
      }
      files.setModified(path, modifiedMs);
    }
  }

  /** Gives the files up. */
  discard(): void {
    this.segment.close();
    for (const path of this.segment.paths) this.options.files.remove(path);
  }
}
