/**
 * The offsets that the records of a shard come to: those that are committed, and apart from them
 * those of open transactions (KIP-98), which count once their transaction is committed.
 */
import { NO_PRODUCER_ID } from "../../runtime/shard.ts";
import { type CommittedOffset, committedOffset, type OffsetRecord } from "./committed_offset.ts";
import { type OffsetEntry, OffsetTable } from "./offset_table.ts";
import { type GroupPartitions, PartitionTable } from "./partition_table.ts";

export class OffsetStore {
  private readonly table = new OffsetTable();
  /** What is committed in open transactions, by producer id. */
  private readonly pending = new Map<number, PartitionTable<CommittedOffset>>();
  /** The producers that have pending offsets of a partition; never an empty set. */
  private readonly producers = new PartitionTable<Set<number>>();

  /** How many offsets are committed. */
  get size(): number {
    return this.table.size;
  }

  /** Whether a group has committed offsets. */
  hasGroup(group: string): boolean {
    return this.table.hasGroup(group);
  }

  find(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.table.get(group, topic, partition);
  }

  has(group: string, topic: string, partition: number): boolean {
    return this.table.has(group, topic, partition);
  }

  /** The committed offsets of a group. */
  ofGroup(group: string): Iterable<OffsetEntry> {
    return this.table.ofGroup(group);
  }

  /** The committed offsets of a topic, in all groups. */
  ofTopic(topic: string): Iterable<OffsetEntry> {
    return this.table.ofTopic(topic);
  }

  /** The partitions of a group that have pending offsets, with the producers' ids. */
  pendingOf(group: string): GroupPartitions<ReadonlySet<number>> | undefined {
    return this.producers.ofGroup(group);
  }

  get allPending(): IterableIterator<
    [group: string, producers: GroupPartitions<ReadonlySet<number>>]
  > {
    return this.producers.all;
  }

  hasPending(group: string, topic: string, partition: number): boolean {
    return this.producers.has(group, topic, partition);
  }

  findPending(
    producerId: number,
    group: string,
    topic: string,
    partition: number,
  ): CommittedOffset | undefined {
    return this.pending.get(producerId)?.get(group, topic, partition);
  }

  replay({ key, value }: OffsetRecord, recordOffset: number, producerId: number): void {
    const { group, topic, partition } = key;
    if (value === null) this.delete(group, topic, partition);
    else if (producerId === NO_PRODUCER_ID) {
      this.table.set(group, topic, partition, committedOffset(value, recordOffset));
    } else {
      this.setPending(producerId, group, topic, partition, committedOffset(value, recordOffset));
    }
  }

  /** A tombstone takes back what is committed and what is pending, whoever wrote it. */
  private delete(group: string, topic: string, partition: number): void {
    this.table.delete(group, topic, partition);
    for (const producerId of this.producers.get(group, topic, partition) ?? []) {
      this.pending.get(producerId)?.delete(group, topic, partition);
    }
    this.producers.delete(group, topic, partition);
  }

  private setPending(
    producerId: number,
    group: string,
    topic: string,
    partition: number,
    offset: CommittedOffset,
  ): void {
    let offsets = this.pending.get(producerId);
    if (offsets === undefined) this.pending.set(producerId, offsets = new PartitionTable());
    offsets.set(group, topic, partition, offset);
    const producers = this.producers.get(group, topic, partition);
    if (producers === undefined) {
      this.producers.set(group, topic, partition, new Set([producerId]));
    } else {
      producers.add(producerId);
    }
  }

  /** The producer's transaction has ended: its offsets are committed, or forgotten. */
  replayEndTransaction(producerId: number, committed: boolean): void {
    const offsets = this.pending.get(producerId);
    if (offsets === undefined) return;
    this.pending.delete(producerId);
    for (const [group, topics] of offsets.all) {
      for (const [topic, partitions] of topics) {
        for (const [partition, offset] of partitions) {
          this.forgetPending(producerId, group, topic, partition);
          if (committed) this.settle(group, topic, partition, offset);
        }
      }
    }
  }

  private forgetPending(
    producerId: number,
    group: string,
    topic: string,
    partition: number,
  ): void {
    const producers = this.producers.get(group, topic, partition);
    producers?.delete(producerId);
    if (producers?.size === 0) this.producers.delete(group, topic, partition);
  }

  /**
   * The record that stands later in the log wins, not the one whose transaction ends later:
   * compaction keeps the later one too.
   */
  private settle(group: string, topic: string, partition: number, offset: CommittedOffset): void {
    const known = this.table.get(group, topic, partition);
    if (known === undefined || offset.recordOffset > known.recordOffset) {
      this.table.set(group, topic, partition, offset);
    }
  }
}
