/** `log.cleaner.io.max.bytes.per.second`: pauses that keep reading and writing to a rate on average. */
import type { Clock } from "../../lib/clock.ts";

/** How often the rate is looked at, in milliseconds; Kafka's value. */
const CHECK_MS = 300;

const MS_PER_SECOND = 1000;

export class Throttle {
  private periodStartMs: number;
  private bytes = 0;

  /** `pause` waits for so many milliseconds before it returns. */
  constructor(
    private readonly clock: Clock,
    private readonly pause: (ms: number) => void,
    private readonly bytesPerSecond: number,
  ) {
    this.periodStartMs = clock.monotonic();
  }

  /** Counts bytes that were read or written; waits where there were too many. */
  add(bytes: number): void {
    this.bytes += bytes;
    const elapsedMs = this.clock.monotonic() - this.periodStartMs;
    if (elapsedMs <= CHECK_MS) return;
    const wantedMs = this.bytes / this.bytesPerSecond * MS_PER_SECOND;
    if (wantedMs > elapsedMs) this.pause(Math.round(wantedMs - elapsedMs));
    this.periodStartMs = this.clock.monotonic();
    this.bytes = 0;
  }
}
