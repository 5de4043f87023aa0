/**
 * What a coordinator is to the runtime: a state machine over the records of one partition.
 *
 * A command looks at the state and says which records change it; replaying these records changes it,
 * now and after every restart alike.
 */
import type { ImageChanges } from "../../cluster/image/apply.ts";
import type { MetadataImage } from "../../cluster/image/metadata_image.ts";
import type { LogOutput } from "../../lib/log_output.ts";
import type { Random } from "../../lib/random.ts";
import type { KafkaError } from "../../protocol/errors.ts";
import type { CoordinatorTimers } from "./timers.ts";

/** What a command comes to. */
export interface CoordinatorResult<T, R = void> {
  /** To be replayed at once and appended together: all of them are kept, or none. */
  readonly records: readonly T[];
  /** The answer; it leaves once the records, and all before them, are committed. */
  readonly response: R;
  /**
   * Called once the records are committed (null), or were refused and not replayed (why): for those
   * who are answered by a callback of their own.
   */
  readonly onCommitted?: (error: KafkaError | null) => void;
  /**
   * The records need not be kept together: what does not fit one batch goes into several. Set where
   * each record stands for itself (expired offsets).
   */
  readonly separable?: true;
}

/** What the runtime gives to a shard. */
export interface ShardContext<T> {
  /** Which partition of the coordinator's topic this is the state of. */
  readonly partition: number;
  /** The cluster's metadata as it is known now. */
  readonly image: () => MetadataImage;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly random: Random;
  readonly logger: LogOutput;
  readonly timers: CoordinatorTimers<T>;
}

/** The state machine of one partition. */
export interface CoordinatorShard<T> {
  /**
   * Applies a record. `offset` is where it stands in the log; `producerId` is that of the transaction
   * it belongs to, or -1. Records that make no sense are passed over: they are in the log to stay.
   */
  replay(record: T, offset: number, producerId: number): void;

  /** A transaction of this producer has ended. */
  replayEndTransaction(producerId: number, committed: boolean): void;

  /** Everything is replayed; commands and timers may begin. */
  onLoaded(): void;

  /** The state is given up; whoever still waits is to be answered with `error`. */
  onUnloaded(error: KafkaError): void;

  /** The cluster's metadata has changed. */
  onImage(image: MetadataImage, changes: ImageChanges): void;
}

export const NO_PRODUCER_ID = -1;
