/** A partition's log on a disk in memory, with a clock that the test moves. */
import { ManualClock } from "../../lib/clock.ts";
import { MemoryFiles } from "../../lib/memory_files.ts";
import { SeededRandom } from "../../lib/random.ts";
import { batchesOf, readRecords, type Record } from "../../protocol/records/read.ts";
import type { AppendInfo, LogEnvironment, PartitionLog } from "../log.ts";
import { DEFAULT_LOG_CONFIG, type LogConfig } from "../log_config.ts";
import { loadLog, type LoadOptions } from "../log_loader.ts";
import type { LogSlice } from "../log_slice.ts";
import { OpenFiles } from "../open_files.ts";
import { TailCache } from "../tail.ts";
import { TEST_TIME_MS, textBatch } from "./batches.ts";

export const TEST_DIRECTORY = "/data/topic-0";
export const TEST_TOPIC_ID = "dTUmRe_tSbeOeVGLK5nQPg";

const OPEN_FILES_MAX = 100;

const decoder = new TextDecoder();

/** All bytes of a slice. */
export function bytesOf(slice: LogSlice | null): Uint8Array {
  const bytes = new Uint8Array(slice?.byteLength ?? 0);
  return bytes.subarray(0, slice?.copyTo(bytes, 0) ?? 0);
}

/** The records of the whole batches in a slice. */
export function recordsIn(slice: LogSlice | null): Record[] {
  return [...batchesOf(bytesOf(slice))].flatMap((batch) => readRecords(batch));
}

/** The values in a slice, as text. */
export function valuesIn(slice: LogSlice | null): string[] {
  return recordsIn(slice).map(({ value }) => decoder.decode(value!));
}

export class TestLog {
  readonly clock = new ManualClock(TEST_TIME_MS);
  /** What recovery said. */
  readonly reports: string[] = [];
  /** What took the log offline. */
  readonly failures: unknown[] = [];
  /** How often bytes to be flushed were announced. */
  dirtied = 0;
  readonly config: LogConfig;
  log: PartitionLog;

  constructor(
    config: Partial<LogConfig> = {},
    options: Partial<LoadOptions> = {},
    /** The disk; another one to go on with what a crash left. */
    public files: MemoryFiles = new MemoryFiles(),
    private readonly tailBytesMax = 1 << 20,
  ) {
    this.config = { ...DEFAULT_LOG_CONFIG, ...config };
    this.log = this.load({ clean: true, ...options });
  }

  get environment(): LogEnvironment {
    return {
      files: this.files,
      openFiles: new OpenFiles(this.files, OPEN_FILES_MAX),
      clock: this.clock,
      random: new SeededRandom(1),
      tail: new TailCache(this.tailBytesMax),
      onDirty: () => this.dirtied++,
      onFailure: (_, error) => this.failures.push(error),
    };
  }

  private load(options: Partial<LoadOptions>): PartitionLog {
    return loadLog(this.environment, {
      partition: { topic: "topic", partition: 0 },
      directory: TEST_DIRECTORY,
      topicId: TEST_TOPIC_ID,
      config: this.config,
      clean: false,
      logStartOffset: 0,
      recoveryPoint: 0,
      highWatermark: 0,
      report: (message) => void this.reports.push(message),
      ...options,
    });
  }

  /** Kills the process and starts anew on what it had written, unclean unless `options` says so. */
  crash(options: Partial<LoadOptions> = {}): PartitionLog {
    this.files = this.files.copy();
    return this.log = this.load(options);
  }

  /** Closes the log in order and opens it again. */
  async reopen(options: Partial<LoadOptions> = {}): Promise<PartitionLog> {
    await this.log.close();
    return this.log = this.load({ clean: true, ...options });
  }

  /** Appends one batch of these values as the leader of epoch 0, and flushes. */
  append(...values: string[]): AppendInfo {
    return this.appendAt(TEST_TIME_MS, ...values);
  }

  /** The same, with records of another time. */
  appendAt(timestamp: number, ...values: string[]): AppendInfo {
    return this.appendBatch(textBatch(values, { timestamp }));
  }

  /** Appends a client's batch and flushes. */
  appendBatch(bytes: Uint8Array, leaderEpoch = 0): AppendInfo {
    const info = this.log.appendAsLeader(bytes, leaderEpoch, "client");
    this.log.flush();
    return info;
  }

  /** The slice from `offset` on. */
  read(offset: number, bytesMax = Infinity, minOneBatch = true): LogSlice | null {
    return this.log.read(offset, bytesMax, Infinity, minOneBatch);
  }

  /** Everything from `offset` on, read in pieces of about `bytesMax`, as records. */
  records(offset: number = this.log.logStartOffset, bytesMax = 1 << 20): Record[] {
    const all: Record[] = [];
    for (let at = offset;;) {
      const batches = [...batchesOf(bytesOf(this.read(at, bytesMax)))];
      if (batches.length === 0) return all;
      const records = batches.flatMap((batch) => readRecords(batch));
      all.push(...records.filter((record) => record.offset >= at));
      at = batches.at(-1)!.nextOffset; // Compacted batches may be empty.
    }
  }

  /** The values of everything from `offset` on. */
  values(offset?: number): string[] {
    return this.records(offset).map(({ value }) => decoder.decode(value!));
  }

  path(name: string): string {
    return `${TEST_DIRECTORY}/${name}`;
  }

  /** The names of the files in the log's folder. */
  get names(): string[] {
    return this.files.list(TEST_DIRECTORY).map(({ name }) => name).sort();
  }
}
