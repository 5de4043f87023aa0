/** Values by group, topic and partition: a map of each, so that a group's are found together. */

/** The values of one group, by topic and partition; never empty, nor is any of its topics. */
export type GroupPartitions<V> = ReadonlyMap<string, ReadonlyMap<number, V>>;

export class PartitionTable<V> {
  private readonly groups = new Map<string, Map<string, Map<number, V>>>();
  private count = 0;

  /** How many values there are in all groups. */
  get size(): number {
    return this.count;
  }

  hasGroup(group: string): boolean {
    return this.groups.has(group);
  }

  /** The values of a group; undefined where it has none. */
  ofGroup(group: string): GroupPartitions<V> | undefined {
    return this.groups.get(group);
  }

  get all(): IterableIterator<[group: string, partitions: GroupPartitions<V>]> {
    return this.groups.entries();
  }

  get(group: string, topic: string, partition: number): V | undefined {
    return this.groups.get(group)?.get(topic)?.get(partition);
  }

  has(group: string, topic: string, partition: number): boolean {
    return this.get(group, topic, partition) !== undefined;
  }

  set(group: string, topic: string, partition: number, value: V): void {
    let topics = this.groups.get(group);
    if (topics === undefined) this.groups.set(group, topics = new Map());
    let partitions = topics.get(topic);
    if (partitions === undefined) topics.set(topic, partitions = new Map());
    const before = partitions.size;
    partitions.set(partition, value);
    this.count += partitions.size - before;
  }

  delete(group: string, topic: string, partition: number): void {
    const topics = this.groups.get(group);
    const partitions = topics?.get(topic);
    if (topics === undefined || partitions?.delete(partition) !== true) return;
    this.count--;
    if (partitions.size === 0) topics.delete(topic);
    if (topics.size === 0) this.groups.delete(group);
  }
}
