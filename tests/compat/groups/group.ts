/** A group that runs: its members, everything they told, and waiting until they are where they should be. */
import { joinPath } from "../../../lib/files.ts";
import { requireTrue } from "../report.ts";
import type { MemberEvent } from "./events.ts";
import { type GroupEvent, inOrder, justAfter } from "./history.ts";
import type { ClientKind } from "./kinds.ts";
import { Member } from "./member.ts";

/** How long anything that is waited for may take, in milliseconds. */
const WAIT_MS_MAX = 90_000;

export interface GroupOptions {
  readonly kind: ClientKind;
  readonly bootstrap: string;
  readonly group: string;
  readonly topic: string;
  readonly partitions: number;
  /** Where the members' standard errors go. */
  readonly folder: string;
}

/** An event in words, with a map as a list. */
const lineOf = (event: GroupEvent) =>
  JSON.stringify(event, (_, value) => value instanceof Map ? [...value].join(" ") : value);

export class Group implements AsyncDisposable {
  readonly events: GroupEvent[] = [];
  /** By partition, up to where records are consumed, and up to where members said to have committed. */
  readonly consumed = new Map<number, number>();
  readonly committed = new Map<number, number>();
  private readonly present = new Set<Member>();
  private started = 0;
  private changed = Promise.withResolvers<void>();

  constructor(private readonly options: GroupOptions) {}

  /** Starts a member. */
  join(): Member {
    const { kind, bootstrap, group, topic, folder } = this.options;
    const number = ++this.started;
    const member = Member.start(
      number,
      kind.command(bootstrap, group, topic),
      joinPath(folder, `member-${number}.log`),
      (member, events) => {
        for (const event of events) {
          this.events.push({ ...event, member: member.number });
          this.note(event);
        }
        this.changed.resolve();
        this.changed = Promise.withResolvers();
      },
    );
    this.present.add(member);
    return member;
  }

  private note(event: MemberEvent): void {
    if (event.what === "record") {
      const { partition, offset } = event;
      this.consumed.set(partition, Math.max(this.consumed.get(partition) ?? 0, offset + 1));
    } else if (event.what === "committed") {
      for (const [partition, offset] of event.offsets) this.committed.set(partition, offset);
    }
  }

  /** Has a member leave in order. */
  async leave(member: Member): Promise<void> {
    this.present.delete(member);
    await member.leave();
    this.end(member, false);
  }

  async kill(member: Member): Promise<void> {
    this.present.delete(member);
    await member.kill();
    this.end(member, true);
  }

  private end({ number }: Member, isKilled: boolean): void {
    this.events.push({ what: "ended", at: justAfter(), member: number, isKilled });
  }

  /** All who are there leave at once. */
  async dissolve(): Promise<void> {
    await Promise.all([...this.present].map((member) => this.leave(member)));
  }

  /**
   * Waits until the members share all partitions evenly, and each has consumed and said to have
   * committed since that came about and since a time, in microseconds since 1970.
   */
  async settle(since: number): Promise<void> {
    await this.until("the members share the partitions and consume", () => {
      const members = [...this.present];
      const { partitions, kind: { commitsByItself } } = this.options;
      const shares = members.map(({ owned }) => owned.size);
      const all = new Set(members.flatMap(({ owned }) => [...owned]));
      if (all.size !== partitions || shares.reduce((sum, share) => sum + share) !== partitions) {
        return false;
      }
      if (Math.max(...shares) - Math.min(...shares) > 1) return false;
      const begin = Math.max(since, ...members.map(({ changedAt }) => changedAt));
      return members.every(({ consumedAt, committedAt }) =>
        consumedAt > begin && (committedAt > begin || commitsByItself)
      );
    });
  }

  /** Waits for something that members tell. Throws `CheckError` that says how they stand. */
  async until(what: string, holds: () => boolean): Promise<void> {
    let isLate = false;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      isLate = true;
      late.resolve();
    }, WAIT_MS_MAX);
    try {
      for (;;) {
        for (const member of this.present) member.requireAlive();
        if (holds()) return;
        requireTrue(!isLate, `${what}: not within ${WAIT_MS_MAX} ms; ${this.describe()}`);
        await Promise.race([this.changed.promise, late.promise]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private describe(): string {
    const members = [...this.present].map(({ number, owned, consumedAt }) => {
      const seconds = consumedAt === 0 ? "never" : `${(justAfter() - consumedAt) / 1e6} s ago`;
      return `member ${number} owns ${[...owned].join(",") || "nothing"}, consumed ${seconds}`;
    });
    const failed = this.events.findLast(({ what }) => what === "failed");
    if (failed?.what === "failed") {
      members.push(`the last failure was told by member ${failed.member}: ${failed.text}`);
    }
    return members.join("; ");
  }

  /** Ends all who are still there, and leaves what was told, but for the records, in a file. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.present) await member.kill();
    const told = inOrder(this.events).filter(({ what }) => what !== "record");
    const path = joinPath(this.options.folder, "events.log");
    await Deno.writeTextFile(path, `${told.map(lineOf).join("\n")}\n`);
  }
}
