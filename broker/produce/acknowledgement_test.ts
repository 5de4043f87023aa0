import { assertEquals } from "../../lib/assert.ts";
import { ManualClock } from "../../lib/clock.ts";
import type { Partition, PartitionWatcher } from "../../cluster/partition.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import type { LogManager } from "../../storage/log_manager.ts";
import { acknowledged } from "./acknowledgement.ts";

/** A partition with several replicas, as far as acknowledgements look at it. */
class Replicated {
  highWatermark = 0;
  flushedOffset = 0;
  failure: number | null = null;
  readonly log = { isOffline: false };
  readonly watchers = new Set<PartitionWatcher>();

  watch(watcher: PartitionWatcher): void {
    this.watchers.add(watcher);
  }

  unwatch(watcher: PartitionWatcher): void {
    this.watchers.delete(watcher);
  }

  localResult(offset: number): number | null {
    if (this.log.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR;
    return this.flushedOffset >= offset ? ErrorCode.NONE : null;
  }

  replicationResult(offset: number): number | null {
    return this.failure ?? (this.highWatermark >= offset ? ErrorCode.NONE : null);
  }

  /** The followers have caught up to here. */
  advance(highWatermark: number): void {
    this.highWatermark = highWatermark;
    for (const watcher of this.watchers) watcher.partitionChanged(this.partition);
  }

  /** What was appended before it is on file, and on the device where it must be. */
  flushed(offset: number): void {
    this.flushedOffset = offset;
    for (const watcher of this.watchers) watcher.partitionChanged(this.partition);
  }

  fail(code: number): void {
    this.failure = code;
    for (const watcher of this.watchers) watcher.partitionChanged(this.partition);
  }

  get partition(): Partition {
    return this as unknown as Partition;
  }
}

const ACKS_ALL = -1;

/** Writes that end at the given offsets, and what they come to. */
function write(partitions: readonly Replicated[], endOffsets: readonly number[], acks = ACKS_ALL) {
  const clock = new ManualClock();
  const flushes: (() => void)[] = [];
  const logs = { whenFlushed: (then: () => void) => flushes.push(then) } as unknown as LogManager;
  const writes = partitions.map(({ partition }, i) => ({ partition, endOffset: endOffsets[i] }));
  const state = { codes: null as number[] | null };
  acknowledged(writes, acks, 1000, logs, clock).then((codes) => state.codes = codes);
  return {
    clock,
    flush: () => flushes.splice(0).forEach((then) => then()),
    async codes() {
      await Promise.resolve();
      return state.codes;
    },
  };
}

Deno.test("acknowledgement: acks=1 comes once the write is on file", async () => {
  const partition = new Replicated();
  const offline = new Replicated();
  offline.log.isOffline = true;
  const waiting = write([partition, offline], [5, 5], 1);
  partition.flushed(5);
  assertEquals(await waiting.codes(), null);
  waiting.flush();
  assertEquals(await waiting.codes(), [ErrorCode.NONE, ErrorCode.KAFKA_STORAGE_ERROR]);
});

Deno.test("acknowledgement: acks=1 waits for the device where the topic wants that", async () => {
  const partition = new Replicated();
  const waiting = write([partition], [5], 1);
  waiting.flush();
  partition.flushed(4);
  assertEquals(await waiting.codes(), null);
  partition.flushed(5);
  assertEquals(await waiting.codes(), [ErrorCode.NONE]);
  assertEquals(partition.watchers.size, 0);
});

Deno.test("acknowledgement: acks=all comes once every partition is replicated up to the write", async () => {
  const [a, b] = [new Replicated(), new Replicated()];
  const waiting = write([a, b], [5, 9]);
  waiting.flush();
  a.advance(5);
  b.advance(8);
  assertEquals(await waiting.codes(), null);
  b.advance(9);
  assertEquals(await waiting.codes(), [ErrorCode.NONE, ErrorCode.NONE]);
  assertEquals([a.watchers.size, b.watchers.size], [0, 0]);
});

Deno.test("acknowledgement: what is replicated already does not wait", async () => {
  const partition = new Replicated();
  partition.advance(7);
  const waiting = write([partition], [7]);
  waiting.flush();
  assertEquals(await waiting.codes(), [ErrorCode.NONE]);
});

Deno.test("acknowledgement: when its time is over, only what is not replicated has timed out", async () => {
  const [a, b] = [new Replicated(), new Replicated()];
  const waiting = write([a, b], [5, 5]);
  waiting.flush();
  b.advance(5);
  waiting.clock.advance(999);
  assertEquals(await waiting.codes(), null);
  waiting.clock.advance(1);
  assertEquals(await waiting.codes(), [ErrorCode.REQUEST_TIMED_OUT, ErrorCode.NONE]);
  assertEquals([a.watchers.size, b.watchers.size], [0, 0]);
});

Deno.test("acknowledgement: a partition that loses its leader has failed, the others go on", async () => {
  const [a, b] = [new Replicated(), new Replicated()];
  const waiting = write([a, b], [5, 5]);
  waiting.flush();
  a.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  assertEquals(await waiting.codes(), null);
  a.failure = null; // It stays failed, whatever happens afterwards.
  b.advance(5);
  assertEquals(await waiting.codes(), [ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NONE]);
});
