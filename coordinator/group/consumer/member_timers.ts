/** The timers of a group's members. What comes due is a command of the shard. */
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { CoordinatorTimers, TimedCommand } from "../../runtime/timers.ts";

/**
 * `session`: no heartbeat came. `rebalance`: partitions were not given up. `join`, `sync`: a member of
 * the classic protocol did not do its part of a rebalance.
 */
export type MemberTimer = "session" | "rebalance" | "join" | "sync";

const ALL: readonly MemberTimer[] = ["session", "rebalance", "join", "sync"];

export class MemberTimers {
  constructor(
    private readonly timers: CoordinatorTimers<GroupRecord>,
    private readonly groupId: string,
  ) {}

  /** Whatever the ids are made of, two members never share a key. */
  private key(timer: MemberTimer, memberId: string): string {
    return `consumer-${timer} ${this.groupId.length} ${this.groupId} ${memberId}`;
  }

  schedule(
    timer: MemberTimer,
    memberId: string,
    delayMs: number,
    command: TimedCommand<GroupRecord>,
  ): void {
    this.timers.schedule(this.key(timer, memberId), delayMs, command);
  }

  scheduleIfAbsent(
    timer: MemberTimer,
    memberId: string,
    delayMs: number,
    command: TimedCommand<GroupRecord>,
  ): void {
    this.timers.scheduleIfAbsent(this.key(timer, memberId), delayMs, command);
  }

  cancel(timer: MemberTimer, memberId: string): void {
    this.timers.cancel(this.key(timer, memberId));
  }

  cancelAll(memberId: string): void {
    for (const timer of ALL) this.cancel(timer, memberId);
  }
}
