/** A clock for tests of what is tried again. */
import { type Clock, systemClock } from "../../lib/clock.ts";

/** The longest delay that is taken for a pause before a retry, in milliseconds. */
const PAUSE_MS_MAX = 1000;

/** A clock on which everything that is scheduled for a retry happens at once; it keeps the pauses. */
export function hurriedClock(): { readonly clock: Clock; readonly pauses: number[] } {
  const pauses: number[] = [];
  const clock: Clock = {
    ...systemClock,
    schedule(delayMs, run) {
      if (delayMs > PAUSE_MS_MAX) return systemClock.schedule(delayMs, run);
      pauses.push(delayMs);
      queueMicrotask(run);
      return { cancel() {} };
    },
  };
  return { clock, pauses };
}
