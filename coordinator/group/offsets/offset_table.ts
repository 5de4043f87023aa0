/**
 * Committed offsets by group, topic and partition, as rows of numbers: a shard may hold a million,
 * which as objects in maps take several times the memory and as long to load again for the garbage
 * collector alone.
 */
import type { CommittedOffset } from "./committed_offset.ts";
import { NumberedNames } from "./numbered_names.ts";
import { RowIndex } from "./row_index.ts";

/** A committed offset and whose it is. */
export interface OffsetEntry {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: CommittedOffset;
}

const CAPACITY_MIN = 16;

/** What a row has in `numbers`. */
const OFFSET = 0;
const COMMIT_TIME = 1;
const EXPIRE_TIME = 2;
const RECORD_OFFSET = 3;
const NUMBERS = 4;

/** What a row has in `integers`; the rows of a group form a ring, in the order they came. */
const LEADER_EPOCH = 0;
const TOPIC_ID = 1;
const NEXT = 2;
const PREVIOUS = 3;
const INTEGERS = 4;

const NO_ROW = -1;

export class OffsetTable {
  private readonly groups = new NumberedNames();
  private readonly topics = new NumberedNames();
  private readonly topicIds = new NumberedNames();
  private readonly index = new RowIndex();
  private numbers = new Float64Array(0);
  private integers = new Int32Array(0);
  private readonly metadata: string[] = [];
  /** The first row of each group, by its number. */
  private readonly first: number[] = [];
  private capacity = 0;
  /** Rows from here on were never in use. */
  private end = 0;
  private readonly free: number[] = [];

  get size(): number {
    return this.end - this.free.length;
  }

  /** How many names of groups, topics and topic ids are held. */
  get nameCount(): number {
    return this.groups.size + this.topics.size + this.topicIds.size;
  }

  hasGroup(group: string): boolean {
    return this.groups.find(group) >= 0;
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    const row = this.find(group, topic, partition);
    return row === NO_ROW ? undefined : this.offsetAt(row);
  }

  has(group: string, topic: string, partition: number): boolean {
    return this.find(group, topic, partition) !== NO_ROW;
  }

  private find(group: string, topic: string, partition: number): number {
    const groupNumber = this.groups.find(group);
    const topicNumber = groupNumber < 0 ? -1 : this.topics.find(topic);
    return topicNumber < 0 ? NO_ROW : this.index.find(groupNumber, topicNumber, partition);
  }

  set(group: string, topic: string, partition: number, offset: CommittedOffset): void {
    const groupNumber = this.groups.numberOf(group);
    const topicNumber = this.topics.numberOf(topic);
    const topicId = this.topicIds.numberOf(offset.topicId);
    this.topicIds.retain(topicId);
    let row = this.index.find(groupNumber, topicNumber, partition);
    if (row === NO_ROW) row = this.add(groupNumber, topicNumber, partition);
    else this.topicIds.release(this.integers[row * INTEGERS + TOPIC_ID]);
    const number = row * NUMBERS;
    this.numbers[number + OFFSET] = offset.offset;
    this.numbers[number + COMMIT_TIME] = offset.commitTimeMs;
    this.numbers[number + EXPIRE_TIME] = offset.expireTimeMs;
    this.numbers[number + RECORD_OFFSET] = offset.recordOffset;
    const integer = row * INTEGERS;
    this.integers[integer + LEADER_EPOCH] = offset.leaderEpoch;
    this.integers[integer + TOPIC_ID] = topicId;
    this.metadata[row] = offset.metadata;
  }

  private add(group: number, topic: number, partition: number): number {
    this.groups.retain(group);
    this.topics.retain(topic);
    const row = this.free.pop() ?? this.newRow();
    this.index.add(row, group, topic, partition);
    this.link(row, group);
    return row;
  }

  private newRow(): number {
    if (this.end === this.capacity) this.grow(Math.max(CAPACITY_MIN, this.capacity * 2));
    return this.end++;
  }

  private grow(capacity: number): void {
    const numbers = new Float64Array(capacity * NUMBERS);
    numbers.set(this.numbers);
    this.numbers = numbers;
    const integers = new Int32Array(capacity * INTEGERS);
    integers.set(this.integers);
    this.integers = integers;
    this.index.grow(capacity);
    this.capacity = capacity;
  }

  /** Puts a row at the end of its group's. */
  private link(row: number, group: number): void {
    const first = this.first[group] ?? NO_ROW;
    if (first === NO_ROW) {
      this.first[group] = row;
      this.join(row, row);
    } else {
      this.join(this.integers[first * INTEGERS + PREVIOUS], row);
      this.join(row, first);
    }
  }

  private join(row: number, next: number): void {
    this.integers[row * INTEGERS + NEXT] = next;
    this.integers[next * INTEGERS + PREVIOUS] = row;
  }

  private unlink(row: number, group: number): void {
    const next = this.integers[row * INTEGERS + NEXT];
    if (next === row) {
      this.first[group] = NO_ROW;
      return;
    }
    this.join(this.integers[row * INTEGERS + PREVIOUS], next);
    if (this.first[group] === row) this.first[group] = next;
  }

  delete(group: string, topic: string, partition: number): void {
    const row = this.find(group, topic, partition);
    if (row === NO_ROW) return;
    const groupNumber = this.index.groupOf(row);
    this.unlink(row, groupNumber);
    this.groups.release(groupNumber);
    this.topics.release(this.index.topicOf(row));
    this.topicIds.release(this.integers[row * INTEGERS + TOPIC_ID]);
    this.metadata[row] = "";
    this.index.remove(row);
    this.free.push(row);
  }

  /** The offsets of a group, in the order in which their partitions were first committed. */
  *ofGroup(group: string): Generator<OffsetEntry, void> {
    const number = this.groups.find(group);
    if (number < 0) return;
    const first = this.first[number];
    let row = first;
    do {
      yield this.entryAt(row);
      row = this.integers[row * INTEGERS + NEXT];
    } while (row !== first);
  }

  /** The offsets of a topic in all groups. */
  *ofTopic(topic: string): Generator<OffsetEntry, void> {
    const number = this.topics.find(topic);
    if (number < 0) return;
    for (let row = 0; row < this.end; row++) {
      if (this.index.topicOf(row) === number && this.index.isUsed(row)) yield this.entryAt(row);
    }
  }

  private entryAt(row: number): OffsetEntry {
    return {
      group: this.groups.nameOf(this.index.groupOf(row)),
      topic: this.topics.nameOf(this.index.topicOf(row)),
      partition: this.index.partitionOf(row),
      offset: this.offsetAt(row),
    };
  }

  private offsetAt(row: number): CommittedOffset {
    const number = row * NUMBERS;
    const integer = row * INTEGERS;
    return {
      offset: this.numbers[number + OFFSET],
      leaderEpoch: this.integers[integer + LEADER_EPOCH],
      metadata: this.metadata[row],
      commitTimeMs: this.numbers[number + COMMIT_TIME],
      expireTimeMs: this.numbers[number + EXPIRE_TIME],
      topicId: this.topicIds.nameOf(this.integers[integer + TOPIC_ID]),
      recordOffset: this.numbers[number + RECORD_OFFSET],
    };
  }
}
