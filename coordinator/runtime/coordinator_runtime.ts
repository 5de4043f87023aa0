/**
 * The shards of one coordinator, one for each partition of its topic that this node leads: loaded
 * when it begins to lead, given up when it no longer does.
 */
import type { ImageChanges } from "../../cluster/image/apply.ts";
import type { MetadataImage } from "../../cluster/image/metadata_image.ts";
import type { Partition } from "../../cluster/partition.ts";
import { javaHash } from "../../lib/java_hash.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { partitionLog } from "./coordinator_log.ts";
import { PartitionRuntime, type RuntimeEnvironment } from "./partition_runtime.ts";
import type { CoordinatorResult, CoordinatorShard } from "./shard.ts";

export interface CoordinatorRuntimeOptions<T, S extends CoordinatorShard<T>>
  extends RuntimeEnvironment<T, S> {
  /** The topic whose partitions hold the state. */
  readonly topic: string;
  /** A partition of it, where this node has a replica. */
  readonly findPartition: (partition: number) => Partition | undefined;
}

/** The absolute value of Java's `String.hashCode`, or 0 where it has none (Kafka's `Utils.abs`). */
export function hashOf(key: string): number {
  const hash = javaHash(key);
  return hash === -0x80000000 ? 0 : Math.abs(hash);
}

export class CoordinatorRuntime<T, S extends CoordinatorShard<T>> {
  private readonly runtimes = new Map<number, PartitionRuntime<T, S>>();
  /** Logs are loaded one after the other. */
  private loading: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: CoordinatorRuntimeOptions<T, S>) {}

  /** The partition whose shard a key belongs to, or undefined while the topic does not exist. */
  partitionOf(key: string): number | undefined {
    const count = this.partitionCount(this.options.image());
    return count === 0 ? undefined : hashOf(key) % count;
  }

  private partitionCount(image: MetadataImage): number {
    return image.topicsByName.get(this.options.topic)?.partitions.length ?? 0;
  }

  /** Loads what this node leads at the start. */
  start(): void {
    this.followLeaders();
  }

  /** Follows a new image of the metadata, which the replicas have followed already. */
  onImage(image: MetadataImage, changes: ImageChanges): void {
    this.followLeaders();
    for (const runtime of this.runtimes.values()) runtime.onImage(image, changes);
  }

  private followLeaders(): void {
    const count = this.partitionCount(this.options.image());
    for (const partition of [...this.runtimes.keys()]) {
      if (partition >= count) this.giveUp(partition);
    }
    for (let partition = 0; partition < count; partition++) this.followLeader(partition);
  }

  private followLeader(partition: number): void {
    const found = this.options.findPartition(partition);
    const known = this.runtimes.get(partition);
    const leads = found?.isLeader === true && !found.log.isOffline;
    if (known !== undefined && leads && known.leaderEpoch === found.leaderEpoch) return;
    if (known !== undefined) this.giveUp(partition);
    if (leads) this.load(partition, found);
  }

  private giveUp(partition: number): void {
    this.runtimes.get(partition)?.unload(new KafkaError("NOT_COORDINATOR"));
    this.runtimes.delete(partition);
  }

  private load(partition: number, found: Partition): void {
    if (this.closed) return;
    const runtime = new PartitionRuntime(partition, partitionLog(found), this.options, (failed) => {
      if (this.runtimes.get(partition) !== failed) return;
      this.runtimes.delete(partition);
      // In a later turn: what made the append fail may be on its way here as a new image.
      this.options.defer(() => {
        if (!this.closed && !this.runtimes.has(partition)) this.followLeader(partition);
      });
    });
    this.runtimes.set(partition, runtime);
    this.loading = this.loading.then(() => runtime.load());
  }

  /** The shard of a key at work. Throws NOT_COORDINATOR where this node does not have it. */
  private runtimeOf(partition: number | undefined): PartitionRuntime<T, S> {
    const runtime = partition === undefined ? undefined : this.runtimes.get(partition);
    if (runtime === undefined) throw new KafkaError("NOT_COORDINATOR");
    return runtime;
  }

  /** Runs a command on the shard of `key`: see `PartitionRuntime.write`. */
  async write<R>(key: string, command: (shard: S) => CoordinatorResult<T, R>): Promise<R> {
    return await this.runtimeOf(this.partitionOf(key)).write(command);
  }

  /** Asks the shard of `key`: see `PartitionRuntime.read`. */
  async read<R>(key: string, question: (shard: S) => R): Promise<R> {
    return await this.runtimeOf(this.partitionOf(key)).read(question);
  }

  /**
   * Asks every shard of this node; those that cannot be served are left out. Throws
   * COORDINATOR_LOAD_IN_PROGRESS while one is loading.
   */
  async readAll<R>(question: (shard: S) => R): Promise<R[]> {
    const answers: R[] = [];
    await Promise.all(Array.from(this.runtimes.values(), async (runtime) => {
      try {
        answers.push(await runtime.read(question));
      } catch (error) {
        if (!(error instanceof KafkaError && error.errorName === "NOT_COORDINATOR")) throw error;
      }
    }));
    return answers;
  }

  /**
   * Serves nothing more, appends what is still to be appended, gives its answers a turn of the event
   * loop to leave, and gives up all shards.
   */
  async close(): Promise<void> {
    this.closed = true;
    for (const runtime of this.runtimes.values()) runtime.stop();
    await new Promise<void>((resolve) => this.options.defer(resolve));
    this.abandon();
  }

  /** Gives up all shards at once. */
  abandon(): void {
    this.closed = true;
    for (const partition of [...this.runtimes.keys()]) this.giveUp(partition);
  }
}
