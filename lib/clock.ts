/** Time as a parameter: what is pure takes a `Clock`, so that tests and simulations own it. */
import { setImmediate } from "node:timers";

/** A pending call, to be cancelled. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall-clock time, in milliseconds since 1970. */
  now(): number;
  /** Time that only grows, in milliseconds from an arbitrary beginning. */
  monotonic(): number;
  /** Calls `run` once, `delayMs` milliseconds from now. */
  schedule(delayMs: number, run: () => void): Timer;
}

/** The largest delay that the runtime's timers take, in milliseconds. */
const DELAY_MS_MAX = 0x7fffffff;

/** The machine's own time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, run) {
    const id = setTimeout(run, Math.min(Math.max(0, delayMs), DELAY_MS_MAX));
    Deno.unrefTimer(id);
    return { cancel: () => clearTimeout(id) };
  },
};

/** Calls `run` in a later turn of the event loop, after what has arrived by then. */
export function inLaterTurn(run: () => void): void {
  setImmediate(run);
}

/** Calls `run` every `periodMs` milliseconds until cancelled. */
export function every(clock: Clock, periodMs: number, run: () => void): Timer {
  let timer = clock.schedule(periodMs, tick);
  let cancelled = false;
  function tick() {
    run();
    if (!cancelled) timer = clock.schedule(periodMs, tick);
  }
  return {
    cancel() {
      cancelled = true;
      timer.cancel();
    },
  };
}

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is advanced: for tests and simulations. */
export class ManualClock implements Clock {
  private time: number;
  private order = 0;
  private readonly pending = new Set<Scheduled>();

  constructor(startMs = 1_700_000_000_000) {
    this.time = startMs;
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  schedule(delayMs: number, run: () => void): Timer {
    const scheduled = { at: this.time + Math.max(0, delayMs), order: this.order++, run };
    this.pending.add(scheduled);
    return { cancel: () => void this.pending.delete(scheduled) };
  }

  /** Moves time on by `ms`, running what comes due, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = [...this.pending]
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined) break;
      this.pending.delete(next);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
}
