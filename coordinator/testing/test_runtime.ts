/**
 * A runtime for tests of state machines: runs commands on a clock that the test moves, replays what
 * they record, and keeps the records, so that a test can replay them into another state.
 */
import { EMPTY_IMAGE, type MetadataImage } from "../../cluster/image/metadata_image.ts";
import { ManualClock } from "../../lib/clock.ts";
import { silentLog } from "../../lib/log_output.ts";
import { SeededRandom } from "../../lib/random.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { type CoordinatorResult, NO_PRODUCER_ID, type ShardContext } from "../runtime/shard.ts";
import { CoordinatorTimers } from "../runtime/timers.ts";

export class TestRuntime<T> {
  readonly clock = new ManualClock();
  readonly context: ShardContext<T>;
  /** Everything that was recorded, in order; its index is its offset. */
  readonly records: T[] = [];
  image: MetadataImage = EMPTY_IMAGE;
  /** What the state under test does with a record. */
  replay: (record: T, offset: number, producerId: number) => void = () => {};
  /** Set: the next records are refused with it, as ones that are too large for a batch. */
  refuseNext: KafkaError | null = null;
  /** Set: what is recorded is committed only when `commit` is called. */
  holdCommits = false;
  private held: ((error: KafkaError | null) => void)[] = [];
  /** How many of the records are committed. */
  private committed = 0;

  constructor(seed = 1) {
    this.context = {
      partition: 0,
      image: () => this.image,
      now: () => this.clock.now(),
      random: new SeededRandom(seed),
      logger: silentLog,
      timers: new CoordinatorTimers(this.clock, (_, command) => this.runTimed(command())),
    };
  }

  /** Takes in what a command came to. Returns its response; throws where the records are refused. */
  run<R>({ records, response, onCommitted }: CoordinatorResult<T, R>): R {
    const refusal = this.refuseNext;
    if (refusal !== null && records.length > 0) {
      this.refuseNext = null;
      onCommitted?.(refusal);
      throw refusal;
    }
    for (const record of records) {
      this.records.push(record);
      this.replay(record, this.records.length - 1, NO_PRODUCER_ID);
    }
    const end = this.records.length;
    const done = (error: KafkaError | null) => {
      this.committed = Math.max(this.committed, end);
      onCommitted?.(error);
    };
    if (this.holdCommits) this.held.push(done);
    else done(null);
    return response;
  }

  /** Timed work whose records are refused only fails. */
  private runTimed(result: CoordinatorResult<T>): void {
    const refusal = this.refuseNext;
    try {
      this.run(result);
    } catch (error) {
      if (error !== refusal) throw error;
    }
  }

  /** Whether something is recorded that is not committed. */
  get isHolding(): boolean {
    return this.committed < this.records.length;
  }

  /** Commits everything that was held back. */
  commit(): void {
    for (const done of this.held.splice(0)) done(null);
  }

  /** The same, but too late for those who waited for it. */
  commitLate(): void {
    for (const done of this.held.splice(0)) done(new KafkaError("REQUEST_TIMED_OUT"));
  }

  /** The node dies: timers and what is not committed are gone, and nobody hears of it. */
  crash(): void {
    this.held = [];
    this.records.length = this.committed;
    this.context.timers.cancelAll();
  }
}
