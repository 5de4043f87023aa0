/**
 * The timers of one shard, by key. What is due runs as a command of the shard, so that it sees and
 * changes the state like any other.
 *
 * A timer that is put off again and again, as a member's session with every heartbeat, only gets a
 * new deadline; the clock's own timer stays and looks at the deadline when it fires.
 */
import type { Clock, Timer } from "../../lib/clock.ts";
import type { CoordinatorResult } from "./shard.ts";

/** Something to be done later. */
export type TimedCommand<T> = () => CoordinatorResult<T>;

interface Pending<T> {
  deadline: number;
  command: TimedCommand<T>;
  timer: Timer;
  /** When `timer` fires: at the deadline, or before it. */
  firesAt: number;
}

export class CoordinatorTimers<T> {
  private readonly pending = new Map<string, Pending<T>>();

  /** `run` executes a command on the shard. */
  constructor(
    private readonly clock: Clock,
    private readonly run: (key: string, command: TimedCommand<T>) => void,
  ) {}

  /** How many timers are set. */
  get size(): number {
    return this.pending.size;
  }

  has(key: string): boolean {
    return this.pending.has(key);
  }

  /** Runs `command` in `delayMs` milliseconds, instead of what was set under this key. */
  schedule(key: string, delayMs: number, command: TimedCommand<T>): void {
    const deadline = this.clock.monotonic() + delayMs;
    const known = this.pending.get(key);
    if (known !== undefined && known.firesAt <= deadline) {
      known.deadline = deadline;
      known.command = command;
      return;
    }
    known?.timer.cancel();
    const timer = this.clock.schedule(delayMs, () => this.fire(key));
    this.pending.set(key, { deadline, command, timer, firesAt: deadline });
  }

  /** The same, where nothing is set under this key yet. */
  scheduleIfAbsent(key: string, delayMs: number, command: TimedCommand<T>): void {
    if (!this.pending.has(key)) this.schedule(key, delayMs, command);
  }

  cancel(key: string): void {
    this.pending.get(key)?.timer.cancel();
    this.pending.delete(key);
  }

  cancelAll(): void {
    for (const { timer } of this.pending.values()) timer.cancel();
    this.pending.clear();
  }

  private fire(key: string): void {
    const due = this.pending.get(key);
    if (due === undefined) return;
    const leftMs = due.deadline - this.clock.monotonic();
    if (leftMs > 0) {
      due.firesAt = due.deadline;
      due.timer = this.clock.schedule(leftMs, () => this.fire(key));
      return;
    }
    this.pending.delete(key);
    this.run(key, due.command);
  }
}
