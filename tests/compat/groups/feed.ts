/**
 * Records for a group to consume, by kcat's idempotent producer: at a pace that outlasts what is done
 * to the group, and the rest at once in the end. The n-th record's value is n.
 */
import { every, systemClock, type Timer } from "../../../lib/clock.ts";
import { PROJECT } from "../paths.ts";
import { messageOf, ProgramError } from "../processes.ts";

/** How many records are produced per second, until only a reserve is left, and then. */
const PACE = 3000;
const PACE_OF_RESERVE = 500;
const RESERVE_RECORDS = 40_000;

/** How often records are handed over, in milliseconds. */
const PERIOD_MS = 50;

/** How many records are handed over at once where pace does not matter. */
const CHUNK_RECORDS = 10_000;

/** How long the producer goes on trying to bring a record to the broker, in milliseconds. */
const MESSAGE_MS_MAX = 120_000;

export class Feed implements AsyncDisposable {
  private readonly input: WritableStreamDefaultWriter<Uint8Array>;
  private readonly encoder = new TextEncoder();
  private readonly timer: Timer;
  private readonly said: Promise<string>;
  private isPaused = false;
  private fraction = 0;
  private produced = 0;
  private handing: Promise<void> = Promise.resolve();
  private failure: Error | null = null;

  private constructor(private readonly child: Deno.ChildProcess, private readonly records: number) {
    this.input = child.stdin.getWriter();
    this.said = new Response(child.stderr).text();
    let last = systemClock.monotonic();
    this.timer = every(systemClock, PERIOD_MS, () => {
      const now = systemClock.monotonic();
      const isReserve = this.records - this.produced <= RESERVE_RECORDS;
      this.fraction += (now - last) / 1000 * (isReserve ? PACE_OF_RESERVE : PACE);
      last = now;
      if (this.isPaused) return;
      const count = Math.floor(this.fraction);
      this.fraction -= count;
      this.handOver(count);
    });
  }

  static start(bootstrap: string, topic: string, records: number): Feed {
    const settings = [
      "enable.idempotence=true",
      "acks=all",
      "linger.ms=5",
      "reconnect.backoff.max.ms=500",
      `message.timeout.ms=${MESSAGE_MS_MAX}`,
    ];
    const args = ["-P", "-E", "-b", bootstrap, "-t", topic, "-K", "\t"];
    const child = new Deno.Command("kcat", {
      args: [...args, ...settings.flatMap((each) => ["-X", each])],
      cwd: PROJECT,
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return new Feed(child, records);
  }

  /** Hands over the next records, after those that are on their way. */
  private handOver(count: number): void {
    let lines = "";
    const end = Math.min(this.produced + count, this.records);
    for (; this.produced < end; this.produced++) lines += `${this.produced}\t${this.produced}\n`;
    this.handing = this.handing
      .then(() => this.input.write(this.encoder.encode(lines)))
      .catch((error) => {
        this.failure ??= new ProgramError(`kcat takes no records: ${messageOf(error)}`);
      });
  }

  /** Has no more records handed over for a while. */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.fraction = 0;
  }

  /** Produces the rest. Fulfils when the broker has acknowledged every record. */
  async finish(): Promise<void> {
    this.timer.cancel();
    while (this.produced < this.records) {
      this.handOver(CHUNK_RECORDS);
      await this.handing;
    }
    if (this.failure !== null) throw this.failure;
    await this.input.close();
    const { code } = await this.child.status;
    if (code !== 0) throw new ProgramError(`kcat ended with ${code}: ${await this.said}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.timer.cancel();
    try {
      this.child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // It has ended by itself.
    }
    await this.child.status;
    await this.said;
  }
}
