/**
 * When a write is acknowledged: with acks=1 once it is on file here, with acks=all once every
 * replica in sync has it, or when its time is over.
 */
import type { Clock, Timer } from "../../lib/clock.ts";
import { ACKS_ALL, type Partition, type PartitionWatcher } from "../../cluster/partition.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import type { LogManager } from "../../storage/log_manager.ts";

/** A write that waits. */
export interface Write {
  readonly partition: Partition;
  readonly endOffset: number;
}

/**
 * Fulfils with an error code per write, in order.
 */
export function acknowledged(
  writes: readonly Write[],
  acks: number,
  timeoutMs: number,
  logs: LogManager,
  clock: Clock,
): Promise<number[]> {
  const resultOf = acks === ACKS_ALL ? replicated : written;
  return new Promise((resolve) => {
    logs.whenFlushed(() => new WaitingWrites(writes, resultOf, resolve).start(clock, timeoutMs));
  });
}

/** What has become of a write so far: an error code, or null where it is not decided. */
type ResultOf = (write: Write) => number | null;

const replicated: ResultOf = ({ partition, endOffset }) => partition.replicationResult(endOffset);
const written: ResultOf = ({ partition, endOffset }) => partition.localResult(endOffset);

class WaitingWrites implements PartitionWatcher {
  private readonly results: (number | null)[];
  private timer: Timer | null = null;

  constructor(
    private readonly writes: readonly Write[],
    private readonly resultOf: ResultOf,
    private readonly resolve: (codes: number[]) => void,
  ) {
    this.results = writes.map(() => null);
  }

  start(clock: Clock, timeoutMs: number): void {
    if (this.update()) return;
    this.timer = clock.schedule(timeoutMs, () => this.finish());
    for (const { partition } of this.writes) partition.watch(this);
  }

  partitionChanged(): void {
    this.update();
  }

  /** Returns whether all are decided. */
  private update(): boolean {
    this.writes.forEach((write, i) => {
      this.results[i] ??= this.resultOf(write);
    });
    if (this.results.includes(null)) return false;
    this.finish();
    return true;
  }

  private finish(): void {
    this.timer?.cancel();
    for (const { partition } of this.writes) partition.unwatch(this);
    this.resolve(this.results.map((code) => code ?? ErrorCode.REQUEST_TIMED_OUT));
  }
}
