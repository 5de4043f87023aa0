/**
 * One shard at work: its log is replayed, commands run on its state one after the other, what they
 * record is appended together once a turn of the event loop, and answers leave when everything they
 * rest on is committed.
 *
 * State is changed before it is committed. So every answer, to a question as well, waits for what was
 * appended before it; and when an append fails, the whole state is given up and loaded anew.
 */
import type { ImageChanges } from "../../cluster/image/apply.ts";
import type { MetadataImage } from "../../cluster/image/metadata_image.ts";
import type { Clock, Timer } from "../../lib/clock.ts";
import type { LogOutput } from "../../lib/log_output.ts";
import type { Random } from "../../lib/random.ts";
import type { Reader } from "../../protocol/codec/reader.ts";
import type { EncodedRecord, RecordSpans } from "../../protocol/coordinator_record.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { BATCH_HEADER_BYTES } from "../../protocol/records/batch.ts";
import { BatchBuilder } from "../../protocol/records/builder.ts";
import type { CompressionId } from "../../protocol/records/compression/compression.ts";
import type { CoordinatorLog } from "./coordinator_log.ts";
import { loadShard } from "./loader.ts";
import {
  type CoordinatorResult,
  type CoordinatorShard,
  NO_PRODUCER_ID,
  type ShardContext,
} from "./shard.ts";
import { CoordinatorTimers } from "./timers.ts";

/** What a record takes in a batch besides key and value, in bytes, at most. */
const RECORD_OVERHEAD_BYTES_MAX = 32;

/** How the records of a coordinator's topic are written and read. */
export interface RecordFormat<T> {
  encode(record: T): EncodedRecord;
  /** Reads a record whose key and value lie at these places of the reader's bytes. */
  decodeAt(reader: Reader, at: RecordSpans): T;
}

/** What the partitions of one coordinator share. */
export interface RuntimeEnvironment<T, S extends CoordinatorShard<T>> {
  readonly format: RecordFormat<T>;
  readonly makeShard: (context: ShardContext<T>) => S;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: LogOutput;
  readonly image: () => MetadataImage;
  /** Runs something in a later turn of the event loop, after what has arrived by then. */
  readonly defer: (run: () => void) => void;
  /** How long records are gathered before they are appended, in milliseconds; up to 0: a turn. */
  readonly appendLingerMs: () => number;
  readonly compression: () => CompressionId;
  /** How long an answer may wait for its records to be committed, in milliseconds. */
  readonly commitTimeoutMs: () => number;
  /** How much is read at a time while loading, in bytes. */
  readonly loadBufferBytes: () => number;
}

/** An answer that waits until everything before `offset` is committed. */
interface Waiting {
  readonly offset: number;
  readonly deadline: number;
  readonly done: (error: KafkaError | null) => void;
}

type State = "loading" | "active" | "failed" | "stopped" | "closed";

/** A failure as `KafkaError`; what is none is a mistake of ours and told in the log. */
function asKafkaError(error: unknown): KafkaError {
  return error instanceof KafkaError
    ? error
    : new KafkaError("UNKNOWN_SERVER_ERROR", error instanceof Error ? error.message : undefined);
}

export class PartitionRuntime<T, S extends CoordinatorShard<T>> {
  private state: State = "loading";
  private readonly shard: S;
  private readonly timers: CoordinatorTimers<T>;
  private unwatch: () => void = () => {};
  /** The offset of the next record, counting those that are not appended yet. */
  private nextOffset = 0;
  private batch: BatchBuilder | null = null;
  private flushScheduled = false;
  /** Ascending by offset. */
  private readonly waiting: Waiting[] = [];
  private commitTimer: Timer | null = null;

  constructor(
    readonly partition: number,
    private readonly log: CoordinatorLog,
    private readonly environment: RuntimeEnvironment<T, S>,
    /** Told when an append has failed: the partition is closed and has to be loaded anew. */
    private readonly onFailed: (runtime: PartitionRuntime<T, S>) => void,
  ) {
    const { clock, random, logger, image, makeShard } = environment;
    this.timers = new CoordinatorTimers(clock, (key, command) => {
      this.write(() => command()).catch((error) => {
        logger.warn("timed work of a coordinator failed", { partition, key, error: String(error) });
      });
    });
    this.shard = makeShard({
      partition,
      image,
      now: () => clock.now(),
      random,
      logger,
      timers: this.timers,
    });
  }

  get leaderEpoch(): number {
    return this.log.leaderEpoch;
  }

  get isActive(): boolean {
    return this.state === "active";
  }

  /** Replays the log and begins to serve. Does not throw: a log that cannot be read serves nothing. */
  async load(): Promise<void> {
    const { log, shard, environment: { logger, format, clock, defer, loadBufferBytes } } = this;
    const begin = clock.monotonic();
    try {
      const records = await loadShard({
        log,
        shard,
        decode: (reader, at) => format.decodeAt(reader, at),
        bufferBytes: loadBufferBytes(),
        isWanted: () => this.state === "loading",
        pause: () => new Promise<void>((resolve) => defer(resolve)),
        onUnknown: (error) => {
          logger.warn("record of a coordinator is passed over", {
            partition: this.partition,
            error: error.message,
          });
        },
      });
      if (records === null) return;
      this.nextOffset = log.endOffset;
      this.unwatch = log.watch(() => this.settleCommitted());
      this.state = "active";
      shard.onLoaded();
      if (records > 0) {
        const took = Math.round(clock.monotonic() - begin);
        logger.debug("coordinator loaded", { partition: this.partition, records, ms: took });
      }
    } catch (error) {
      if (this.state === "loading") this.state = "failed";
      logger.error("coordinator cannot be loaded; its keys are not served", {
        partition: this.partition,
        error: error instanceof Error ? error.stack : String(error),
      });
    }
  }

  private requireActive(): void {
    if (this.state === "active") return;
    throw new KafkaError(
      this.state === "loading" ? "COORDINATOR_LOAD_IN_PROGRESS" : "NOT_COORDINATOR",
    );
  }

  /**
   * Runs a command; its answer comes once its records are committed.
   * Throws what the command throws, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR,
   * RECORD_LIST_TOO_LARGE, REQUEST_TIMED_OUT, or why the append failed.
   */
  write<R>(command: (shard: S) => CoordinatorResult<T, R>): Promise<R> {
    return new Promise((resolve, reject) => {
      this.requireActive();
      const { records, response, onCommitted, separable } = command(this.shard);
      try {
        this.append(records, separable === true);
      } catch (error) {
        onCommitted?.(asKafkaError(error));
        throw error;
      }
      this.whenCommitted((error) => {
        onCommitted?.(error);
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  }

  /** Asks a question; the answer comes once everything that it may rest on is committed. */
  read<R>(question: (shard: S) => R): Promise<R> {
    return new Promise((resolve, reject) => {
      this.requireActive();
      const answer = question(this.shard);
      this.whenCommitted((error) => error === null ? resolve(answer) : reject(error));
    });
  }

  /** Replays records and puts them into the batch of this turn. Throws before anything is changed. */
  private append(records: readonly T[], separable: boolean): void {
    if (records.length === 0) return;
    const encoded = records.map((record) => this.environment.format.encode(record));
    const sizes = encoded.map(({ key, value }) =>
      key.length + (value?.length ?? 0) + RECORD_OVERHEAD_BYTES_MAX
    );
    const bytesMax = this.log.batchBytesMax - BATCH_HEADER_BYTES;
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (separable ? sizes.some((size) => size > bytesMax) : total > bytesMax) {
      throw new KafkaError(
        "RECORD_LIST_TOO_LARGE",
        `${records.length} records of ${total} bytes; a batch may have ${bytesMax}`,
      );
    }
    if (!separable && this.batchBytes + total > bytesMax) this.flush();
    const timestamp = this.environment.clock.now();
    try {
      encoded.forEach(({ key, value }, i) => {
        if (separable && this.batchBytes + sizes[i] > bytesMax) this.flush();
        this.requireActive(); // The flush may have failed.
        this.shard.replay(records[i], this.nextOffset, NO_PRODUCER_ID);
        this.batch ??= new BatchBuilder({ compression: this.environment.compression() });
        this.batch.append({ key, value, timestamp });
        this.nextOffset++;
      });
    } catch (error) {
      this.fail(error);
      throw error;
    }
    this.scheduleFlush();
  }

  private get batchBytes(): number {
    const { batch } = this;
    return batch === null ? 0 : batch.recordBytes;
  }

  private scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    const { clock, defer, appendLingerMs } = this.environment;
    const lingerMs = appendLingerMs();
    const run = () => {
      this.flushScheduled = false;
      this.flush();
    };
    if (lingerMs > 0) clock.schedule(lingerMs, run);
    else defer(run);
  }

  /** Appends what commands recorded since the last time, as one batch. */
  private flush(): void {
    const { batch } = this;
    if (batch === null || this.state !== "active") return;
    this.batch = null;
    try {
      const end = this.log.append(batch.build());
      if (end !== this.nextOffset) {
        throw new Error(`The log ends at ${end}, not ${this.nextOffset}`);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** The state is ahead of the log and cannot be used any more. */
  private fail(error: unknown): void {
    if (this.state === "closed") return;
    this.environment.logger.error("append of a coordinator failed; its state is loaded anew", {
      partition: this.partition,
      error: error instanceof KafkaError ? error.message : (error as Error)?.stack ?? String(error),
    });
    this.unload(asKafkaError(error));
    this.onFailed(this);
  }

  private whenCommitted(done: (error: KafkaError | null) => void): void {
    const offset = this.nextOffset;
    if (this.waiting.length === 0 && offset <= this.log.committedOffset) return done(null);
    const { clock, commitTimeoutMs } = this.environment;
    this.waiting.push({ offset, deadline: clock.monotonic() + commitTimeoutMs(), done });
    if (this.commitTimer === null) this.scheduleTimeout();
  }

  private settleCommitted(): void {
    const committed = this.log.committedOffset;
    while (this.waiting.length > 0 && this.waiting[0].offset <= committed) {
      this.waiting.shift()!.done(null);
    }
  }

  private scheduleTimeout(): void {
    const [first] = this.waiting;
    if (first === undefined) {
      this.commitTimer = null;
      return;
    }
    const { clock } = this.environment;
    const leftMs = Math.max(0, first.deadline - clock.monotonic());
    this.commitTimer = clock.schedule(leftMs, () => {
      const now = clock.monotonic();
      while (this.waiting.length > 0 && this.waiting[0].deadline <= now) {
        this.waiting.shift()!.done(new KafkaError("REQUEST_TIMED_OUT"));
      }
      this.scheduleTimeout();
    });
  }

  onImage(image: MetadataImage, changes: ImageChanges): void {
    if (this.state === "active") this.shard.onImage(image, changes);
  }

  /** Appends what is still to be appended; from now on nothing is served. */
  stop(): void {
    this.flush();
    if (this.state !== "closed") this.state = "stopped";
  }

  /**
   * Gives the state up; whoever waits is answered with `error`. The shard hears of it before the
   * commands that are not committed fail, so that it does not deal with each failure for itself.
   */
  unload(error: KafkaError): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.unwatch();
    this.commitTimer?.cancel();
    this.batch = null;
    this.shard.onUnloaded(error);
    for (const { done } of this.waiting.splice(0)) done(error);
    this.timers.cancelAll();
  }
}
