/** The log under a shard, as the runtime sees it: a partition that this node leads. */
import type { Partition, PartitionWatcher } from "../../cluster/partition.ts";
import { ACKS_ALL, NO_LEADER_EPOCH } from "../../cluster/partition.ts";

export interface CoordinatorLog {
  /** In which epoch this node leads the partition. */
  readonly leaderEpoch: number;
  readonly startOffset: number;
  /** The offset that the next record gets. */
  readonly endOffset: number;
  /** Everything before it is committed. */
  readonly committedOffset: number;
  /** The largest batch that the partition takes, in bytes. */
  readonly batchBytesMax: number;
  /** Appends one batch. Returns the offset after it. Throws `KafkaError`. */
  append(batch: Uint8Array): number;
  /** Whole batches from the one that holds `offset` on, about `bytesMax` bytes; empty at the end. */
  read(offset: number, bytesMax: number): Uint8Array;
  /** Calls `listener` whenever more may be committed, until the result is called. */
  watch(listener: () => void): () => void;
}

/** The log of a partition of the coordinator's topic. */
export function partitionLog(partition: Partition): CoordinatorLog {
  const { log } = partition;
  return {
    leaderEpoch: partition.leaderEpoch,
    get startOffset() {
      return log.logStartOffset;
    },
    get endOffset() {
      return log.logEndOffset;
    },
    get committedOffset() {
      return log.highWatermark;
    },
    get batchBytesMax() {
      return log.config.maxMessageBytes;
    },
    append(batch) {
      return partition.append(batch, "coordinator", ACKS_ALL).lastOffset + 1;
    },
    read(offset, bytesMax) {
      const { slice } = partition.read({
        offset,
        bytesMax,
        minOneBatch: true,
        isolation: "logEnd",
        currentLeaderEpoch: NO_LEADER_EPOCH,
        lastFetchedEpoch: NO_LEADER_EPOCH,
        leaderOnly: true,
      });
      const bytes = new Uint8Array(slice?.byteLength ?? 0);
      return slice === null ? bytes : bytes.subarray(0, slice.copyTo(bytes, 0));
    },
    watch(listener) {
      const watcher: PartitionWatcher = { partitionChanged: listener };
      partition.watch(watcher);
      return () => partition.unwatch(watcher);
    },
  };
}
