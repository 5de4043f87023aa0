/**
 * The rebalances of classic groups: members are asked to join, a generation begins with those who
 * did, and they get their assignments.
 *
 * What is decided here changes the group at once. Only two moments are recorded: that a group became
 * empty, here, and that its assignment is known (`syncs.ts`).
 */
import type { ErrorName } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { GroupEnvironment } from "../group_store.ts";
import type { ClassicGroup } from "./classic_group.ts";
import type { ClassicMember } from "./classic_member.ts";
import type { LiveRecords } from "./live_records.ts";
import { joinedResponse, syncedResponse } from "./responses.ts";
import { joinKey, sessionKey, syncKey } from "./timer_keys.ts";

export type Result = CoordinatorResult<GroupRecord>;

export const NOTHING: Result = { records: [], response: undefined };

export class Rebalances {
  constructor(
    private readonly environment: GroupEnvironment,
    private readonly records: LiveRecords,
  ) {}

  // Sessions.

  /** The member lives: its session ends `timeoutMs` from now, or after its session timeout. */
  keepAlive(
    group: ClassicGroup,
    member: ClassicMember,
    timeoutMs = member.sessionTimeoutMs,
  ): void {
    this.beginSession(group, member.memberId, timeoutMs);
  }

  /** The same for an id that was given out and that nobody has joined with yet. */
  beginSession(group: ClassicGroup, memberId: string, timeoutMs: number): void {
    this.after(
      group,
      sessionKey(group.groupId, memberId),
      timeoutMs,
      () => this.expireSession(group, memberId),
    );
  }

  endSession(group: ClassicGroup, memberId: string): void {
    this.environment.context.timers.cancel(sessionKey(group.groupId, memberId));
  }

  /** The group is no more. */
  forget({ groupId, members, pendingMembers }: ClassicGroup): void {
    const { timers } = this.environment.context;
    timers.cancel(joinKey(groupId));
    timers.cancel(syncKey(groupId));
    for (const memberId of [...members.keys(), ...pendingMembers]) {
      timers.cancel(sessionKey(groupId, memberId));
    }
  }

  /** Does something later, unless the group is gone by then. */
  private after(group: ClassicGroup, key: string, delayMs: number, run: () => Result): void {
    const { context: { timers }, groups } = this.environment;
    timers.schedule(
      key,
      delayMs,
      () => groups.find(group.groupId) === group ? run() : NOTHING,
    );
  }

  private expireSession(group: ClassicGroup, memberId: string): Result {
    const member = group.members.get(memberId);
    if (member === undefined) return this.expirePending(group, memberId);
    if (group.isWaitingOnUs(member)) return NOTHING;
    this.note("member of a group shows no sign of life", group, { memberId });
    group.remove(memberId);
    return group.state === "PreparingRebalance"
      ? this.completeIfAllJoined(group)
      : this.begin(group, `session of member ${memberId} ended`);
  }

  private expirePending(group: ClassicGroup, memberId: string): Result {
    if (!group.pendingMembers.has(memberId)) return NOTHING;
    group.remove(memberId);
    return group.state === "PreparingRebalance" ? this.completeIfAllJoined(group) : NOTHING;
  }

  private completeIfAllJoined(group: ClassicGroup): Result {
    return group.hasAllJoined ? this.complete(group) : NOTHING;
  }

  // Joining.

  /** Begins a rebalance, or sees whether the one that is being prepared may go on. */
  beginOrGoOn(group: ClassicGroup, reason: string): Result {
    return group.canRebalance ? this.begin(group, reason) : this.goOn(group);
  }

  /** Goes on once everybody has joined. The first rebalance of a group waits its delay all the same. */
  goOn(group: ClassicGroup): Result {
    if (group.state !== "PreparingRebalance" || group.isInitialRebalance) return NOTHING;
    return this.completeIfAllJoined(group);
  }

  /** Asks all members to join anew. Whoever waits for an assignment is told so. */
  begin(group: ClassicGroup, reason: string): Result {
    const { context, settings } = this.environment;
    if (group.state === "CompletingRebalance") this.refuseSyncs(group, "REBALANCE_IN_PROGRESS");
    group.pendingSyncs.clear();
    context.timers.cancel(syncKey(group.groupId));
    const isInitial = group.isEmpty;
    group.transitionTo("PreparingRebalance", context.now());
    this.note("rebalance of a group begins", group, { reason });
    if (isInitial) {
      const delayMs = settings.initialRebalanceDelayMs;
      this.delayInitial(group, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0));
      return NOTHING;
    }
    if (group.hasAllJoined) return this.complete(group);
    this.completeLater(group);
    return NOTHING;
  }

  private completeLater(group: ClassicGroup): void {
    const complete = () => this.complete(group);
    this.after(group, joinKey(group.groupId), group.rebalanceTimeoutMs, complete);
  }

  /**
   * The first rebalance waits for `group.initial.rebalance.delay.ms`, and again as long as members
   * keep coming, up to the rebalance timeout (KIP-134). `leftMs`: how much of this there is after the
   * present delay, in milliseconds.
   */
  private delayInitial(group: ClassicGroup, delayMs: number, leftMs: number): void {
    this.after(group, joinKey(group.groupId), delayMs, () => {
      if (!group.newMemberAdded || leftMs === 0) return this.complete(group);
      group.newMemberAdded = false;
      const nextMs = Math.min(this.environment.settings.initialRebalanceDelayMs, leftMs);
      this.delayInitial(group, nextMs, Math.max(leftMs - delayMs, 0));
      return NOTHING;
    });
  }

  /**
   * Begins the next generation with those who have joined. Dynamic members that did not are removed;
   * static ones stay until their session ends (KIP-345). Where nobody joined, this is tried again.
   */
  complete(group: ClassicGroup): Result {
    const { context } = this.environment;
    context.timers.cancel(joinKey(group.groupId));
    for (const { memberId, isStatic } of [...group.members.values()]) {
      if (isStatic || group.joins.has(memberId)) continue;
      this.note("member of a group did not join in time", group, { memberId });
      group.remove(memberId);
      this.endSession(group, memberId);
    }
    if (!group.electJoinedLeader() && group.memberCount > 0) {
      this.completeLater(group);
      return NOTHING;
    }
    group.beginGeneration(context.now());
    this.note("generation of a group begins", group, { members: group.memberCount });
    if (group.isEmpty) return { records: [this.records.of(group)], response: undefined };
    for (const member of group.members.values()) {
      group.joins.answer(member.memberId, joinedResponse(group, member.memberId));
      this.keepAlive(group, member);
      member.isNew = false;
      group.pendingSyncs.add(member.memberId);
    }
    const { generation } = group;
    this.after(
      group,
      syncKey(group.groupId),
      group.rebalanceTimeoutMs,
      () => this.expireSyncs(group, generation),
    );
    return NOTHING;
  }

  // Assignments.

  /** A member has asked for its assignment, or need not any more. */
  synced(group: ClassicGroup, memberId: string): void {
    group.pendingSyncs.delete(memberId);
    if (group.pendingSyncs.size === 0) {
      this.environment.context.timers.cancel(syncKey(group.groupId));
    }
  }

  /** The assignments are kept: everybody who waits gets its own. */
  assign(group: ClassicGroup, assignments: ReadonlyMap<string, Uint8Array>): void {
    group.setAssignments(assignments);
    for (const member of group.members.values()) {
      // No session ended while the member waited; it begins anew.
      if (group.syncs.answer(member.memberId, syncedResponse(group, member))) {
        this.keepAlive(group, member);
      }
    }
    group.transitionTo("Stable", this.environment.context.now());
  }

  /** There will be no assignment in this generation: everybody who waits for it is told why. */
  refuseSyncs(group: ClassicGroup, error: ErrorName): void {
    group.setAssignments(new Map());
    for (const member of group.members.values()) {
      if (group.syncs.refuse(member.memberId, error)) this.keepAlive(group, member);
    }
  }

  /** Removes the members that did not ask for their assignment within the rebalance timeout. */
  private expireSyncs(group: ClassicGroup, generation: number): Result {
    const isAwaited = group.state === "CompletingRebalance" || group.state === "Stable";
    if (group.generation !== generation || !isAwaited || group.pendingSyncs.size === 0) {
      return NOTHING;
    }
    const late = [...group.pendingSyncs];
    for (const memberId of late) {
      group.remove(memberId);
      this.endSession(group, memberId);
    }
    return this.begin(group, `members ${late.join(", ")} did not ask for their assignment`);
  }

  private note(message: string, group: ClassicGroup, fields: Record<string, unknown>): void {
    this.environment.context.logger.info(message, {
      group: group.groupId,
      state: group.state,
      generation: group.generation,
      ...fields,
    });
  }
}
