/**
 * Finds rows by three whole numbers (group, topic, partition): a hash table over typed arrays with
 * linear probing. A million rows take 20 MB and leave nothing for the garbage collector to look at.
 */

/** Keys per row: group, topic, partition. */
const WIDTH = 3;
const GROUP = 0;
const TOPIC = 1;
const PARTITION = 2;

/** In place of the group's number: the row is not in use. */
const UNUSED = -1;

export class RowIndex {
  private keys = new Int32Array(0);
  /** One more than the row, 0 where there is none; at least twice as many slots as rows. */
  private slots = new Int32Array(0);

  groupOf(row: number): number {
    return this.keys[row * WIDTH + GROUP];
  }

  topicOf(row: number): number {
    return this.keys[row * WIDTH + TOPIC];
  }

  partitionOf(row: number): number {
    return this.keys[row * WIDTH + PARTITION];
  }

  isUsed(row: number): boolean {
    return this.groupOf(row) !== UNUSED;
  }

  /** The row with this key, or -1. */
  find(group: number, topic: number, partition: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    if (mask < 0) return -1;
    for (let slot = hash(group, topic, partition) & mask; slots[slot] !== 0;) {
      const row = slots[slot] - 1;
      if (
        this.partitionOf(row) === partition && this.topicOf(row) === topic &&
        this.groupOf(row) === group
      ) return row;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** Gives an unused row a key that no other has. There has to be room for the row (`grow`). */
  add(row: number, group: number, topic: number, partition: number): void {
    const at = row * WIDTH;
    this.keys[at + GROUP] = group;
    this.keys[at + TOPIC] = topic;
    this.keys[at + PARTITION] = partition;
    this.place(row);
  }

  private place(row: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.homeOf(row);
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  }

  /** The slot in which the search for a row begins. */
  private homeOf(row: number): number {
    const key = hash(this.groupOf(row), this.topicOf(row), this.partitionOf(row));
    return key & (this.slots.length - 1);
  }

  /** Takes a row's key away. */
  remove(row: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let hole = this.homeOf(row);
    while (slots[hole] !== row + 1) hole = (hole + 1) & mask;
    // What follows moves up where its search would end at the hole otherwise.
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const fromHome = (slot - this.homeOf(slots[slot] - 1)) & mask;
      if (fromHome < ((slot - hole) & mask)) continue;
      slots[hole] = slots[slot];
      hole = slot;
    }
    slots[hole] = 0;
    this.keys[row * WIDTH + GROUP] = UNUSED;
  }

  /** Makes room for rows up to `capacity`, a power of two. */
  grow(capacity: number): void {
    const rows = this.keys.length / WIDTH;
    const keys = new Int32Array(capacity * WIDTH);
    keys.set(this.keys);
    keys.fill(UNUSED, this.keys.length);
    this.keys = keys;
    this.slots = new Int32Array(capacity * 2);
    for (let row = 0; row < rows; row++) {
      if (this.isUsed(row)) this.place(row);
    }
  }
}

/** Spreads keys whose numbers are small and dense; the multipliers are odd and otherwise arbitrary. */
function hash(group: number, topic: number, partition: number): number {
  let mixed = Math.imul(group, 0x9e3779b1) ^ Math.imul(topic, 0x85ebca6b) ^
    Math.imul(partition, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
