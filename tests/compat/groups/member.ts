/** A member of a group as a process: what it tells, what it owns, and how it is ended. */
import { PROJECT } from "../paths.ts";
import { ProgramError } from "../processes.ts";
import { type MemberEvent, parseEvent } from "./events.ts";

/** How long a member may take to leave, in milliseconds. */
const LEAVE_MS_MAX = 60_000;

/** Gets what a member told, a piece of its output at a time. */
export type EventsListener = (member: Member, events: readonly MemberEvent[]) => void;

export class Member {
  /** The partitions that it owns by what it told. */
  readonly owned = new Set<number>();
  /** When its share last changed, in microseconds since 1970. */
  changedAt = 0;
  /** When it last consumed, and committed, in microseconds since 1970. */
  consumedAt = 0;
  committedAt = 0;

  private pid: number | null = null;
  private hasLeft = false;
  private isEnding = false;
  private hasEnded = false;
  private failure: Error | null = null;
  private readonly ended: Promise<Deno.CommandStatus>;

  private constructor(
    /** Members are numbered in the order in which they joined, from 1. */
    readonly number: number,
    private readonly child: Deno.ChildProcess,
    private readonly logPath: string,
    private readonly listener: EventsListener,
  ) {
    this.ended = this.follow();
  }

  /** Starts a member. What it writes to its standard error goes to a file. */
  static start(
    number: number,
    [program, ...args]: readonly string[],
    logPath: string,
    listener: EventsListener,
  ): Member {
    const child = new Deno.Command(program, {
      args,
      cwd: PROJECT,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new Member(number, child, logPath, listener);
  }

  /** Throws where it ended without being asked to, or told what nobody understands. */
  requireAlive(): void {
    if (this.failure !== null) throw this.failure;
  }

  private async follow(): Promise<Deno.CommandStatus> {
    const log = await Deno.open(this.logPath, { create: true, write: true, truncate: true });
    const [, , status] = await Promise.all([
      this.readEvents().catch((error: Error) => this.failure ??= error),
      this.child.stderr.pipeTo(log.writable),
      this.child.status,
    ]);
    this.hasEnded = true;
    if (!this.isEnding) {
      const how = status.signal ?? status.code;
      this.failure ??= new ProgramError(
        `member ${this.number} ended with ${how}; see ${this.logPath}`,
      );
      this.listener(this, []);
    }
    return status;
  }

  private async readEvents(): Promise<void> {
    let rest = "";
    for await (const text of this.child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      const events = lines.map(parseEvent);
      for (const event of events) this.apply(event);
      this.listener(this, events);
    }
  }

  private apply(event: MemberEvent): void {
    switch (event.what) {
      case "started":
        this.pid = event.pid;
        break;
      case "assigned":
        for (const partition of event.partitions) this.owned.add(partition);
        this.changedAt = event.at;
        break;
      case "revoked":
      case "lost":
        for (const partition of event.partitions) this.owned.delete(partition);
        this.changedAt = event.at;
        break;
      case "record":
        this.consumedAt = event.at;
        break;
      case "committed":
        this.committedAt = event.at;
        break;
      case "left":
        this.hasLeft = true;
    }
  }

  /** Tells it to leave, and waits. Throws `ProgramError` where it does not do so in order. */
  async leave(): Promise<void> {
    this.isEnding = true;
    const input = this.child.stdin.getWriter();
    await input.write(new TextEncoder().encode("leave\n"));
    await input.close();
    const timer = setTimeout(() => this.kill(), LEAVE_MS_MAX);
    const { code, signal } = await this.ended;
    clearTimeout(timer);
    if (this.failure !== null) throw this.failure;
    if (code === 0 && this.hasLeft) return;
    throw new ProgramError(
      `member ${this.number} left with ${signal ?? code}; see ${this.logPath}`,
    );
  }

  /** `kill -9`. All that it told until then has been heard when this fulfils. */
  async kill(): Promise<void> {
    this.isEnding = true;
    try {
      if (this.pid === null) this.child.kill("SIGKILL");
      else if (!this.hasEnded) Deno.kill(this.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.ended;
  }
}
