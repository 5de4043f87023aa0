/**
 * Fetches that wait for data (`fetch.min.bytes`, `fetch.max.wait.ms`): woken by the append itself,
 * by anything that makes waiting pointless, or by the end of their time.
 */
import type { Clock, Timer } from "../../lib/clock.ts";
import type { Partition, PartitionWatcher } from "../../cluster/partition.ts";
import type { ReplicaManager } from "../../cluster/replica_manager.ts";
import type { Client } from "../network/connection.ts";
import type { FetchPartition } from "./fetch_partition.ts";
import { type FetchParams, readPartitions } from "./read_partitions.ts";

/** All fetches that wait, so that a node that stops can answer them. */
export class WaitingFetches {
  private readonly waiting = new Set<WaitingFetch>();
  private stopped = false;

  constructor(private readonly clock: Clock, private readonly replicas: ReplicaManager) {}

  get size(): number {
    return this.waiting.size;
  }

  /** Fulfils when the fetch should be answered with whatever there is then. */
  wait(
    partitions: readonly FetchPartition[],
    params: FetchParams,
    bytesThere: readonly number[],
    client: Client,
  ): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const fetch = new WaitingFetch(this.replicas, partitions, params, bytesThere, () => {
        this.waiting.delete(fetch);
        client.onClose = null;
        resolve();
      });
      this.waiting.add(fetch);
      client.onClose = () => fetch.complete();
      fetch.start(this.clock);
    });
  }

  /** Has all of them answered; later ones do not wait. */
  stop(): void {
    this.stopped = true;
    for (const fetch of this.waiting) fetch.complete();
  }
}

class WaitingFetch implements PartitionWatcher {
  private readonly watched = new Map<Partition, number>();
  private timer: Timer | null = null;
  private bytes = 0;
  private done = false;

  constructor(
    private readonly replicas: ReplicaManager,
    private readonly partitions: readonly FetchPartition[],
    private readonly params: FetchParams,
    private readonly bytesThere: number[] | readonly number[],
    private readonly onComplete: () => void,
  ) {}

  start(clock: Clock): void {
    this.timer = clock.schedule(this.params.maxWaitMs, () => this.complete());
    this.partitions.forEach(({ topic, index }, i) => {
      const partition = this.replicas.find(topic!, index);
      if (partition === undefined) return this.complete();
      this.watched.set(partition, i);
      this.bytes += this.bytesThere[i];
      partition.watch(this);
    });
    if (this.done) this.unwatch();
  }

  /** Reads the partition anew; the others have what they had. */
  partitionChanged(partition: Partition): void {
    const i = this.watched.get(partition);
    if (i === undefined || this.done) return;
    const { partitions, params } = this;
    const { bytes, urgent } = readPartitions(this.replicas, [partitions[i]], params, () => {});
    const there = this.bytesThere as number[];
    this.bytes += bytes - there[i];
    there[i] = bytes;
    if (urgent || this.bytes >= params.minBytes) this.complete();
  }

  complete(): void {
    if (this.done) return;
    this.done = true;
    this.timer?.cancel();
    this.unwatch();
    this.onComplete();
  }

  private unwatch(): void {
    for (const partition of this.watched.keys()) partition.unwatch(this);
  }
}
