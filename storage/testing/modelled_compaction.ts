/**
 * A compacted log beside the simplest thing that says what it must hold: all records that were ever
 * appended. Steps are done to both, and compared; a node may be killed at any file operation.
 */
import { assert, assertEquals } from "../../lib/assert.ts";
import { inLaterTurn, ManualClock } from "../../lib/clock.ts";
import { MemoryFiles } from "../../lib/memory_files.ts";
import { SeededRandom } from "../../lib/random.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { buildBatch, type RecordInput } from "../../protocol/records/builder.ts";
import type { CompressionId } from "../../protocol/records/compression/compression.ts";
import { batchesOf, readRecords, type Record } from "../../protocol/records/read.ts";
import type { CleaningRunner } from "../cleaner/cleaning.ts";
import { ENTRY_BYTES } from "../cleaner/offset_map.ts";
import type { PartitionLog } from "../log.ts";
import { TEST_TIME_MS } from "./batches.ts";
import { bytesOf } from "./test_log.ts";
import { TestManager } from "./test_manager.ts";

const PRODUCER = 9;
const DELETE_RETENTION_MS = 10_000;
const BACKOFF_MS = 100;

const CONFIG = {
  compact: true,
  delete: false,
  segmentBytes: 700,
  indexIntervalBytes: 150,
  minCleanableDirtyRatio: 0,
  deleteRetentionMs: DELETE_RETENTION_MS,
  fileDeleteDelayMs: 3000,
};

interface ModelRecord {
  readonly key: string;
  /** Null for a tombstone. */
  readonly value: string | null;
  readonly timestamp: number;
  /** When it could be compacted for the first time. */
  cleanableMs: number;
}

/** A key to be written, and whether it is deleted. */
export type Write = readonly [key: number, isTombstone: boolean];

export type CompactionStep =
  | { do: "append"; writes: readonly Write[]; late: number; size: number; codec: CompressionId }
  | { do: "produce"; writes: readonly Write[] }
  | { do: "retry" }
  | { do: "pass time"; ms: number }
  | { do: "delete records"; before: number }
  | { do: "clean"; keysMax: number }
  /** The node is killed before the n-th file operation, or the n-th renaming, or after the last. */
  | { do: "kill while cleaning"; at: number; renaming: boolean; keysMax: number }
  | { do: "lose power after cleaning"; seed: number }
  | { do: "restart" };

/** What a test makes go wrong. */
export interface Fault {
  readonly runner?: (runner: CleaningRunner, files: MemoryFiles) => CleaningRunner;
  /** What is done to a disk before the next node is started on it. */
  readonly restart?: (files: MemoryFiles) => void;
}

/** How often each thing was done, over all logs. */
export type Counts = Map<string, number>;

export class ModelledCompaction {
  private readonly clock = new ManualClock(TEST_TIME_MS);
  private files = new MemoryFiles(() => this.clock.now());
  private node: TestManager;
  private log: PartitionLog;
  private readonly history: ModelRecord[] = [];
  private lastProduced: { firstOffset: number; bytes: Uint8Array } | null = null;
  private nextSequence = 0;
  private keysMax = 100;
  /** What lies at or beyond it was never open to compaction. */
  private openedUpTo = 0;
  /** The furthest start that the log had. */
  private startMax = 0;

  constructor(private readonly fault: Fault = {}, private readonly counts: Counts = new Map()) {
    this.node = this.startNode();
    this.log = this.openLog();
  }

  private startNode(): TestManager {
    const { clock, files, fault } = this;
    const node = new TestManager(files, ["/data"], 1000, {
      clock,
      runner: (runner) => fault.runner?.(runner, files) ?? runner,
    });
    node.cleanerSettings = {
      ...node.cleanerSettings,
      backoffMs: BACKOFF_MS,
      dedupeBufferSize: this.keysMax * ENTRY_BYTES,
      ioBufferLoadFactor: 1,
      ioBufferSize: 600,
    };
    node.manager.reconfigureCleaner();
    return node;
  }

  private openLog(): PartitionLog {
    const log = this.node.open("t", 0, CONFIG);
    this.node.manager.start();
    log.raiseHighWatermark(Infinity);
    return log;
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  async run(step: CompactionStep): Promise<void> {
    this.count(step.do);
    switch (step.do) {
      case "append":
        return void this.append(step);
      case "produce":
        return this.produce(step.writes);
      case "retry":
        return this.retry();
      case "pass time":
        return await this.passTime(step.ms);
      case "delete records":
        return this.deleteRecords(step.before);
      case "clean":
        return await this.clean(step.keysMax);
      case "kill while cleaning":
        return await this.killWhileCleaning(step);
      case "lose power after cleaning":
        return await this.losePower(step.seed);
      case "restart":
        return await this.restart();
    }
  }

  private recordsOf(writes: readonly Write[], late: number, size: number): RecordInput[] {
    const encoder = new TextEncoder();
    return writes.map(([key, isTombstone], i) => {
      const record: ModelRecord = {
        key: `key ${key}`,
        value: isTombstone ? null : `${this.history.length}:${"x".repeat(size)}`,
        timestamp: this.clock.now() - late * i,
        cleanableMs: Infinity,
      };
      this.history.push(record);
      return {
        key: encoder.encode(record.key),
        value: record.value === null ? null : encoder.encode(record.value),
        timestamp: record.timestamp,
      };
    });
  }

  private appendBytes(bytes: Uint8Array): number {
    const { firstOffset } = this.log.appendAsLeader(bytes, 0, "client");
    this.node.endTurn();
    this.log.raiseHighWatermark(Infinity);
    return firstOffset;
  }

  private append({ writes, late, size, codec }: CompactionStep & { do: "append" }): void {
    const firstOffset = this.history.length;
    const bytes = buildBatch(this.recordsOf(writes, late, size), { compression: codec });
    assertEquals(this.appendBytes(bytes), firstOffset);
  }

  private produce(writes: readonly Write[]): void {
    const firstOffset = this.history.length;
    const bytes = buildBatch(this.recordsOf(writes, 0, 5), {
      producerId: PRODUCER,
      producerEpoch: 0,
      baseSequence: this.nextSequence,
    });
    const sent = bytes.slice();
    assertEquals(this.appendBytes(bytes), firstOffset);
    this.nextSequence += writes.length;
    this.lastProduced = { firstOffset, bytes: sent };
  }

  /** A producer that repeats its last batch is told where it is, however much was compacted. */
  private retry(): void {
    if (this.lastProduced === null) return;
    const { firstOffset, bytes } = this.lastProduced;
    const info = this.log.appendAsLeader(bytes.slice(), 0, "client");
    assertEquals([info.duplicate, info.firstOffset], [true, firstOffset], "a batch repeated");
  }

  private deleteRecords(before: number): void {
    const { logStartOffset, logEndOffset } = this.log;
    const offset = logStartOffset + Math.floor(before * (logEndOffset - logStartOffset));
    this.log.raiseLogStart(offset);
    this.startMax = Math.max(this.startMax, offset);
    // A producer whose batches are all deleted may be forgotten.
    if ((this.lastProduced?.firstOffset ?? Infinity) < offset) this.lastProduced = null;
  }

  /** Notes what is open to compaction from now on. */
  private noteOpen(): void {
    const { activeSegmentOffset } = this.log;
    for (let offset = this.openedUpTo; offset < activeSegmentOffset; offset++) {
      this.history[offset].cleanableMs = this.clock.now();
    }
    this.openedUpTo = Math.max(this.openedUpTo, activeSegmentOffset);
  }

  /** Lets time pass, in which the cleaner may have its turn. */
  private async passTime(ms: number): Promise<void> {
    this.noteOpen();
    this.clock.advance(ms);
    await new Promise<void>((resolve) => inLaterTurn(resolve));
  }

  private async pass(keysMax: number): Promise<void> {
    this.keysMax = keysMax;
    const dedupeBufferSize = keysMax * ENTRY_BYTES;
    this.node.cleanerSettings = { ...this.node.cleanerSettings, dedupeBufferSize };
    await this.passTime(BACKOFF_MS);
  }

  private async clean(keysMax: number): Promise<void> {
    await this.pass(keysMax);
    assertEquals(this.node.lines.filter(({ level }) => level === "error"), []);
  }

  private async killWhileCleaning(
    { at, renaming, keysMax }: CompactionStep & { do: "kill while cleaning" },
  ): Promise<void> {
    const { files } = this;
    let left = at;
    let killed: MemoryFiles | null = null;
    files.failure = (operation) => {
      const counts = !renaming || operation === "rename";
      if (counts) killed ??= left-- === 0 ? files.copy() : null;
      return killed === null ? null : new Error("killed");
    };
    try {
      await this.pass(keysMax);
    } catch {
      // Whatever the dead node says is heard by nobody.
    }
    files.failure = () => null;
    this.count(killed === null ? "killed after cleaning" : "killed while cleaning");
    this.node.manager.abandon();
    this.beginOn(killed ?? files.copy());
  }

  private async losePower(seed: number): Promise<void> {
    await this.log.sync();
    await this.pass(this.keysMax);
    this.node.manager.abandon();
    this.beginOn(this.files.afterPowerLoss(new SeededRandom(seed)));
  }

  private async restart(): Promise<void> {
    await this.node.manager.close(1);
    this.beginOn(this.files);
  }

  /** Notes how many logs the node has compacted, before it is gone. */
  countCompacted(): void {
    const { lines } = this.node;
    const compacted = lines.filter(({ message }) => message === "log compacted").length;
    this.counts.set("compacted", (this.counts.get("compacted") ?? 0) + compacted);
  }

  private beginOn(files: MemoryFiles): void {
    this.countCompacted();
    this.fault.restart?.(files);
    this.files = files;
    this.node = this.startNode();
    this.log = this.openLog();
    // What lies before the last segment that a producer wrote to may be all that was known of it.
    if ((this.lastProduced?.firstOffset ?? 0) < this.log.logStartOffset) this.lastProduced = null;
    this.nextSequence = (this.log.producerState.entries.get(PRODUCER)?.batches.at(-1)
      ?.lastSequence ?? -1) + 1;
  }

  private read(from: number): Record[] {
    const all: Record[] = [];
    for (let at = from;;) {
      const slice = this.log.read(at, 500, Infinity, true);
      const batches = [...batchesOf(bytesOf(slice))];
      if (batches.length === 0) return all;
      for (const batch of batches) {
        assert(new BatchView(batch.bytes, batch.at).isValid, "a batch has a wrong checksum");
        all.push(...readRecords(batch).filter(({ offset }) => offset >= at));
      }
      at = batches.at(-1)!.nextOffset;
    }
  }

  /** Holds the whole log against the model. */
  check(): void {
    const { log, history } = this;
    assertEquals(log.logEndOffset, history.length, "the log's end");
    const records = this.read(log.logStartOffset);
    this.checkRecords(records);
    this.checkState(records);
    this.checkTombstones(records);
    this.checkUntouched(records);
    this.checkCompacted(records);
    this.checkIndexes(records);
  }

  private checkRecords(records: readonly Record[]): void {
    const decoder = new TextDecoder();
    let last = this.log.logStartOffset - 1;
    for (const { offset, key, value, timestamp } of records) {
      assert(offset > last, `offset ${offset} comes after ${last}`);
      last = offset;
      const { key: wanted, value: expected, timestamp: time } = this.history[offset];
      const found = [
        decoder.decode(key!),
        value === null ? null : decoder.decode(value),
        timestamp,
      ];
      assertEquals(found, [wanted, expected, time], `the record at ${offset}`);
    }
  }

  /** Whoever reads from the start has the last value of each key. */
  private checkState(records: readonly Record[]): void {
    const state = new Map<string, string>();
    const fold = (map: Map<string, string>, { key, value }: ModelRecord) =>
      value === null ? map.delete(key) : map.set(key, value);
    const expected = new Map<string, string>();
    for (const record of this.history.slice(this.log.logStartOffset)) fold(expected, record);
    for (const { offset } of records) fold(state, this.history[offset]);
    assertEquals([...state].sort(), [...expected].sort(), "the last values");
  }

  /** The last tombstone of a key is there for `delete.retention.ms` since it could be compacted. */
  private checkTombstones(records: readonly Record[]): void {
    const present = new Set(records.map(({ offset }) => offset));
    const last = new Map<string, number>();
    this.history.forEach(({ key }, offset) => last.set(key, offset));
    for (const offset of last.values()) {
      const { value, cleanableMs } = this.history[offset];
      if (value !== null || offset < this.log.logStartOffset) continue;
      if (this.clock.now() < cleanableMs + DELETE_RETENTION_MS) {
        assert(present.has(offset), `the tombstone at ${offset} is gone too early`);
      }
    }
  }

  private checkUntouched(records: readonly Record[]): void {
    const from = Math.max(this.openedUpTo, this.log.logStartOffset);
    const offsets = records.map(({ offset }) => offset).filter((offset) => offset >= from);
    const expected = Array.from({ length: this.history.length - from }, (_, i) => from + i);
    assertEquals(offsets, expected, "what was never compacted");
  }

  /** Up to where the checkpoint says that the log is compacted, each key is there once. */
  private checkCompacted(records: readonly Record[]): void {
    const { log } = this;
    if (log.logStartOffset < this.startMax) return; // A kill has brought deleted records back.
    const cleaned = this.node.manager.directories[0].cleanedOffset(log) ?? 0;
    const keys = records.filter(({ offset }) => offset < cleaned)
      .map(({ offset }) => this.history[offset].key);
    assertEquals(keys.length, new Set(keys).size, `each key is there once before ${cleaned}`);
  }

  private checkIndexes(records: readonly Record[]): void {
    for (const [i, { offset, timestamp }] of records.entries()) {
      if (i % 3 !== 0) continue;
      assertEquals(this.firstFrom(offset), offset, `reading from ${offset}`);
      const expected = records.find((record) => record.timestamp >= timestamp)!.offset;
      const found = this.log.findByTimestamp(timestamp)?.offset;
      assertEquals(found, expected, `looking for the time ${timestamp}`);
    }
  }

  private firstFrom(from: number): number | undefined {
    const [batch] = batchesOf(bytesOf(this.log.read(from, 1, Infinity, true)));
    return readRecords(batch).find(({ offset }) => offset >= from)?.offset;
  }
}
