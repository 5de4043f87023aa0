/** Cleaning by hand: batches through a filter, and a log on a disk in memory that is compacted. */
import { assert } from "../../lib/assert.ts";
import { MemoryFiles } from "../../lib/memory_files.ts";
import { SeededRandom } from "../../lib/random.ts";
import { controlRecordKey, ControlType } from "../../protocol/control_records/mod.ts";
import { batchesOf, readRecords, type Record } from "../../protocol/records/read.ts";
import { type BatchOptions, buildBatch } from "../../protocol/records/builder.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { type CleaningWorld, cleanLog } from "../cleaner/clean_log.ts";
import type { CleanerSettings } from "../cleaner/cleaner_settings.ts";
import type { CleaningJob, CleaningResult } from "../cleaner/cleaning.ts";
import { KeyHash } from "../cleaner/key_hash.ts";
import { OffsetMap } from "../cleaner/offset_map.ts";
import type { LogConfig } from "../log_config.ts";
import { TEST_TIME_MS } from "./batches.ts";
import { TestLog } from "./test_log.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A record as `key=value`; `key!` is a tombstone, `=value` a record without a key. */
export type RecordText = string;

/** One batch of records from the given time. */
export function keyedBatch(
  texts: readonly RecordText[],
  options: BatchOptions & { readonly timestamp?: number } = {},
): BatchView {
  const timestamp = options.timestamp ?? TEST_TIME_MS;
  const records = texts.map((text) => {
    const [, key, kind, value] = /^(.*?)([=!])(.*)$/.exec(text)!;
    return {
      timestamp,
      key: key === "" ? null : encoder.encode(key),
      value: kind === "!" ? null : encoder.encode(value),
    };
  });
  return new BatchView(buildBatch(records, options));
}

/** The marker that ends a transaction. */
export function markerBatch(
  type: "commit" | "abort",
  producerId: number,
  baseOffset: number,
  producerEpoch = 0,
): BatchView {
  const key = controlRecordKey(type === "commit" ? ControlType.COMMIT : ControlType.ABORT);
  const value = new Uint8Array(6); // Version and coordinator's epoch.
  return new BatchView(buildBatch([{ timestamp: TEST_TIME_MS, key, value }], {
    producerId,
    producerEpoch,
    baseOffset,
    transactional: true,
    control: true,
  }));
}

export function textOf({ key, value }: Record): RecordText {
  const text = key === null ? "" : decoder.decode(key);
  return value === null ? `${text}!` : `${text}=${decoder.decode(value)}`;
}

/** The records in some batches, as `offset key=value`. */
export function textsIn(bytes: Uint8Array): string[] {
  return [...batchesOf(bytes)].flatMap((batch) => readRecords(batch))
    .map((record) => `${record.offset} ${textOf(record)}`);
}

/** A map of these keys. */
export function offsetMapOf(offsets: globalThis.Record<string, number>, latestOffset: number) {
  const map = new OffsetMap(100_000, 0.9, KeyHash.withRandomSecret(new SeededRandom(1)));
  for (const [key, offset] of Object.entries(offsets)) {
    const bytes = encoder.encode(key);
    map.put(bytes, 0, bytes.length, offset);
  }
  map.latestOffset = latestOffset;
  return map;
}

/** Long enough that the next batch begins a segment. */
const SEGMENT_MS = 1000;

/** A compacted log whose segments end where the test says. */
export class CompactedLog {
  readonly test: TestLog;
  settings: CleanerSettings = {
    backoffMs: 0,
    dedupeBufferSize: 100_000,
    ioBufferSize: 100_000,
    ioBufferLoadFactor: 1,
    ioMaxBytesPerSecond: Infinity,
  };
  /** When the next records are from. */
  private timestamp = TEST_TIME_MS;
  /** Up to where the log is compacted. */
  cleanedOffset = 0;

  constructor(config: Partial<LogConfig> = {}, files = new MemoryFiles(() => TEST_TIME_MS)) {
    const compacted = { compact: true, delete: false, segmentMs: SEGMENT_MS, ...config };
    this.test = new TestLog(compacted, {}, files);
  }

  get log() {
    return this.test.log;
  }

  /** Appends a segment of these batches, each `a=1 b!`. */
  segment(...batches: readonly string[]): this {
    this.timestamp += 2 * SEGMENT_MS;
    for (const texts of batches) this.append(keyedBatch(texts.split(" "), this.now));
    return this;
  }

  get now(): { readonly timestamp: number } {
    return { timestamp: this.timestamp };
  }

  append(batch: BatchView, leaderEpoch = 0): void {
    this.log.appendAsLeader(batch.bytes.slice(), leaderEpoch, "coordinator");
    this.log.flush();
    this.log.raiseHighWatermark(Infinity);
  }

  job(more: Partial<CleaningJob> = {}): CleaningJob {
    const { config, closedSegments, activeSegmentOffset } = this.log;
    return {
      directory: this.log.directory,
      segments: closedSegments.map(({ baseOffset, size }) => ({ baseOffset, size })),
      laterBaseOffsets: [activeSegmentOffset],
      logStartOffset: this.log.logStartOffset,
      firstDirtyOffset: this.cleanedOffset,
      firstUncleanableOffset: activeSegmentOffset,
      producers: [],
      nowMs: this.test.clock.now(),
      settings: this.settings,
      ...config,
      ...more,
    };
  }

  /** What compacting needs of the world, with the disk of the log. */
  world(more: Partial<CleaningWorld> = {}): CleaningWorld {
    return {
      files: this.test.files,
      clock: this.test.clock,
      random: new SeededRandom(1),
      pause: (ms) => this.test.clock.advance(ms),
      isAborted: () => false,
      ...more,
    };
  }

  /** Compacts the log and puts what comes of it in place. */
  clean(more: Partial<CleaningJob> = {}): CleaningResult {
    const { log } = this;
    const segments = new Map(log.closedSegments.map((segment) => [segment.baseOffset, segment]));
    const result = cleanLog(this.world(), this.job(more), (replaced) => {
      assert(log.replaceSegments(replaced.map((baseOffset) => segments.get(baseOffset)!)));
    });
    this.cleanedOffset = result.endOffset;
    return result;
  }

  /** All records as `offset key=value`. */
  get texts(): string[] {
    return this.test.records().map((record) => `${record.offset} ${textOf(record)}`);
  }

  /** The names of the segments' files, by base offset. */
  get segmentNames(): string[] {
    return this.test.names.filter((name) => /^\d{20}\./.test(name) && !name.includes("snapshot"))
      .map((name) => Number(name.slice(0, 20)) + name.slice(20));
  }
}
