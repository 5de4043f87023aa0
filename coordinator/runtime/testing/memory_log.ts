/** A log in memory under a shard: what is appended is committed at once, or when the test says so. */
import type { KafkaError } from "../../../protocol/errors.ts";
import { BatchView } from "../../../protocol/records/batch.ts";
import type { CoordinatorLog } from "../coordinator_log.ts";

export class MemoryLog implements CoordinatorLog {
  leaderEpoch = 0;
  startOffset = 0;
  committedOffset = 0;
  batchBytesMax = 10_000;
  /** Whether an append is committed at once. */
  autoCommit = true;
  /** Set: the next append fails with it. */
  failure: KafkaError | null = null;
  batches: Uint8Array[] = [];
  private end = 0;
  private readonly listeners = new Set<() => void>();

  get endOffset(): number {
    return this.end;
  }

  append(batch: Uint8Array): number {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
    const view = new BatchView(batch);
    view.baseOffset = this.end;
    this.end = view.nextOffset;
    this.batches.push(batch);
    if (this.autoCommit) this.commit();
    return this.end;
  }

  /** Commits everything that was appended, or up to an offset. */
  commit(offset = this.end): void {
    this.committedOffset = offset;
    for (const listener of this.listeners) listener();
  }

  read(offset: number, bytesMax: number): Uint8Array {
    const first = this.batches.findIndex((batch) => new BatchView(batch).lastOffset >= offset);
    const bytes: number[] = [];
    for (const batch of first < 0 ? [] : this.batches.slice(first)) {
      if (bytes.length > 0 && bytes.length + batch.length > bytesMax) break;
      bytes.push(...batch);
    }
    return Uint8Array.from(bytes);
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
