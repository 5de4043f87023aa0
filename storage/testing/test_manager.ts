/** A node's logs on a disk in memory, with a clock and turns of the event loop that the test ends. */
import { ManualClock } from "../../lib/clock.ts";
import type { LogFields } from "../../lib/log_output.ts";
import { type DiskOperation, MemoryFiles } from "../../lib/memory_files.ts";
import { SeededRandom } from "../../lib/random.ts";
import type { CleanerSettings } from "../cleaner/cleaner_settings.ts";
import type { CleaningRunner } from "../cleaner/cleaning.ts";
import { CleaningInProcess } from "../cleaner/cleaning_in_process.ts";
import type { PartitionLog } from "../log.ts";
import { DEFAULT_LOG_CONFIG, type LogConfig } from "../log_config.ts";
import { LogDirectory } from "../log_directory.ts";
import { LogManager } from "../log_manager.ts";
import { TEST_TIME_MS, textBatch } from "./batches.ts";
import { TEST_TOPIC_ID } from "./test_log.ts";

/** How often checkpoints of recovery points, log starts and high watermarks are written. */
export const CHECKPOINT_MS = 60_000;
export const START_CHECKPOINT_MS = 61_000;
export const HIGH_WATERMARK_MS = 5_000;
export const PRODUCER_EXPIRY_MS = 600_000;
export const RETENTION_CHECK_MS = 300_000;
export const FLUSH_CHECK_MS = 1000;
export const INITIAL_DELAY_MS = 30_000;
export const CLEANER_BACKOFF_MS = 15_000;

/** What else a test may have in its hand. */
export interface TestWorld {
  readonly clock?: ManualClock;
  /** What compacts, made from what does so in this thread. */
  readonly runner?: (runner: CleaningRunner) => CleaningRunner;
}

export class TestManager {
  readonly clock: ManualClock;
  readonly lines: { level: string; message: string; fields?: LogFields }[] = [];
  readonly manager: LogManager;
  readonly released: string[] = [];
  cleanerSettings: CleanerSettings = {
    backoffMs: CLEANER_BACKOFF_MS,
    dedupeBufferSize: 100_000,
    ioBufferSize: 100_000,
    ioBufferLoadFactor: 0.9,
    ioMaxBytesPerSecond: Infinity,
  };
  private deferred: (() => void)[] = [];

  constructor(
    readonly files = new MemoryFiles(),
    readonly paths: readonly string[] = ["/data"],
    private readonly openFilesMax = 1000,
    world: TestWorld = {},
  ) {
    this.clock = world.clock ?? new ManualClock(TEST_TIME_MS);
    const inProcess = new CleaningInProcess({
      files,
      clock: this.clock,
      random: new SeededRandom(1),
      pause: (ms) => this.clock.advance(ms),
    });
    const note = (level: string) => (message: string, fields?: LogFields) =>
      void this.lines.push({ level, message, fields });
    this.manager = new LogManager({
      files,
      clock: this.clock,
      random: new SeededRandom(1),
      directories: paths.map((path) => this.directory(path)),
      logger: {
        debug: note("debug"),
        info: note("info"),
        warn: note("warn"),
        error: note("error"),
      },
      defer: (run) => void this.deferred.push(run),
      openFilesMax,
      checkpointIntervalMs: CHECKPOINT_MS,
      startCheckpointIntervalMs: START_CHECKPOINT_MS,
      highWatermarkIntervalMs: HIGH_WATERMARK_MS,
      producerExpiryIntervalMs: PRODUCER_EXPIRY_MS,
      flushCheckIntervalMs: FLUSH_CHECK_MS,
      retentionCheckIntervalMs: RETENTION_CHECK_MS,
      initialTaskDelayMs: INITIAL_DELAY_MS,
      cleaner: {
        runner: world.runner?.(inProcess) ?? inProcess,
        settings: () => this.cleanerSettings,
      },
    });
  }

  private directory(path: string): LogDirectory {
    this.files.makeDirectory(path);
    const properties = { clusterId: "abc", nodeId: 1, directoryId: `id-of-${path}` };
    return new LogDirectory(this.files, path, properties, {
      release: () => void this.released.push(path),
    });
  }

  /** Ends the turn of the event loop. */
  endTurn(): void {
    const { deferred } = this;
    this.deferred = [];
    for (const run of deferred) run();
  }

  open(topic: string, partition = 0, config: Partial<LogConfig> = {}) {
    return this.manager.open({ topic, partition }, TEST_TOPIC_ID, {
      ...DEFAULT_LOG_CONFIG,
      ...config,
    });
  }

  /** Appends a batch and flushes it. */
  append(log: PartitionLog, ...values: string[]): void {
    log.appendAsLeader(textBatch(values), 0, "client");
    this.endTurn();
  }

  /** The node after it was killed. */
  crashed(): TestManager {
    return new TestManager(this.files.copy(), this.paths, this.openFilesMax);
  }

  /** The node after an orderly stop. */
  async restarted(): Promise<TestManager> {
    await this.manager.close(7);
    return new TestManager(this.files, this.paths, this.openFilesMax);
  }

  folderNames(path = "/data"): string[] {
    return this.files.list(path).filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  }

  failOn(operation: DiskOperation, part: string): void {
    this.files.failure = (each, path) =>
      each === operation && path.includes(part) ? new Error(`${part} is broken`) : null;
  }
}
