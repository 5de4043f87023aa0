/** Removing members: those that leave, and those that were silent or slow for too long. */
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { ConsumerGroupHeartbeatRequest } from "../../../protocol/messages/68_consumer_group_heartbeat.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { atEpoch, NO_ASSIGNMENT } from "./assignment.ts";
import { ConsumerGroup } from "./consumer_group.ts";
import { type ConsumerMember, MemberEpoch } from "./member.ts";
import { MemberTimers } from "./member_timers.ts";
import type { MetadataHasher } from "./metadata_hash.ts";
import { assignmentRecord, epochRecord, memberTombstones, patternTombstone } from "./records.ts";
import type { ProtocolMigration } from "./protocol_migration.ts";
import type { HeartbeatResponse } from "./heartbeat.ts";

export class Fencing {
  constructor(
    private readonly env: GroupEnvironment,
    private readonly hasher: MetadataHasher,
    private readonly migration: () => ProtocolMigration | null,
  ) {}

  timersOf(groupId: string): MemberTimers {
    return new MemberTimers(this.env.context.timers, groupId);
  }

  /** Removes a member that is not heard of for `timeoutMs`. */
  awaitHeartbeat(groupId: string, memberId: string, timeoutMs: number): void {
    this.timersOf(groupId).schedule(
      "session",
      memberId,
      timeoutMs,
      () => this.fenceLate(groupId, memberId, "session timeout"),
    );
  }

  /** Removes a member that does not get beyond its epoch within its rebalance timeout. */
  awaitRevocation(groupId: string, member: ConsumerMember): void {
    const { memberId, memberEpoch, rebalanceTimeoutMs } = member;
    this.timersOf(groupId).schedule(
      "rebalance",
      memberId,
      rebalanceTimeoutMs,
      () => this.fenceLate(groupId, memberId, "rebalance timeout", memberEpoch),
    );
  }

  /** Removes a classic member that does not join again within `timeoutMs` of first being asked to. */
  awaitJoin(groupId: string, memberId: string, timeoutMs: number): void {
    this.timersOf(groupId).scheduleIfAbsent(
      "join",
      memberId,
      timeoutMs,
      () => this.fenceLate(groupId, memberId, "did not join again in time"),
    );
  }

  /** Removes a classic member that does not ask for its assignment within `timeoutMs`. */
  awaitSync(groupId: string, memberId: string, timeoutMs: number): void {
    this.timersOf(groupId).schedule(
      "sync",
      memberId,
      timeoutMs,
      () => this.fenceLate(groupId, memberId, "did not ask for its assignment in time"),
    );
  }

  /** Does nothing where the member has gone meanwhile, or is in another epoch than `inEpoch`. */
  private fenceLate(
    groupId: string,
    memberId: string,
    reason: string,
    inEpoch?: number,
  ): CoordinatorResult<GroupRecord> {
    const group = this.env.groups.find(groupId);
    const member = group instanceof ConsumerGroup ? group.members.get(memberId) : undefined;
    if (member === undefined || member.memberEpoch !== (inEpoch ?? member.memberEpoch)) {
      return { records: [], response: undefined };
    }
    this.env.context.logger.info("member of a group is removed", { groupId, memberId, reason });
    return this.fence(group as ConsumerGroup, [member], undefined);
  }

  /**
   * Removes members; the group epoch goes up, so that others get their partitions. Where only members
   * of the classic protocol are left, the group may become a classic one instead.
   */
  fence<R>(
    group: ConsumerGroup,
    members: readonly ConsumerMember[],
    response: R,
  ): CoordinatorResult<GroupRecord, R> {
    if (members.length === 0) return { records: [], response };
    const downgraded = this.migration()?.downgrade(group, members) ?? null;
    if (downgraded !== null) return { records: downgraded, response };
    const { groupId } = group;
    const records = members.flatMap(({ memberId }) => memberTombstones(groupId, memberId));
    const subscriptions = group.subscriptions.copy();
    for (const member of members) subscriptions.replace(member, null);
    for (const pattern of new Set(members.map((member) => member.subscribedTopicRegex))) {
      if (pattern === "" || subscriptions.membersOf(pattern) > 0) continue;
      records.push(patternTombstone(groupId, pattern));
      subscriptions.setResolved(pattern, null);
    }
    const metadataHash = this.hasher.hash(subscriptions.topicNames);
    records.push(epochRecord(groupId, group.groupEpoch + 1, metadataHash));
    const timers = this.timersOf(groupId);
    for (const { memberId } of members) timers.cancelAll(memberId);
    return { records, response };
  }

  /**
   * A heartbeat that says goodbye. Throws GROUP_ID_NOT_FOUND, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID.
   */
  leave(
    group: ConsumerGroup,
    { instanceId, memberId, memberEpoch }: ConsumerGroupHeartbeatRequest,
  ): CoordinatorResult<GroupRecord, HeartbeatResponse> {
    const response = { memberId, memberEpoch };
    if (instanceId === null) return this.fence(group, [group.requireMember(memberId)], response);
    const member = requireStaticMember(group, instanceId, memberId);
    if (memberEpoch !== MemberEpoch.LEAVE_STATIC) return this.fence(group, [member], response);
    // Whoever comes back with the instance id has the partitions from the beginning.
    const away = {
      ...member,
      memberEpoch: MemberEpoch.LEAVE_STATIC,
      assigned: atEpoch(member.assigned, 0),
      pendingRevocation: NO_ASSIGNMENT,
    };
    return { records: [assignmentRecord(group.groupId, away)], response };
  }
}

/** The member with an instance id. Throws UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID for another member. */
export function requireStaticMember(
  group: ConsumerGroup,
  instanceId: string,
  memberId: string,
): ConsumerMember {
  const member = group.staticMember(instanceId);
  if (member === undefined) {
    throw new KafkaError("UNKNOWN_MEMBER_ID", `No member has the instance id ${instanceId}.`);
  }
  if (member.memberId !== memberId) {
    throw new KafkaError(
      "FENCED_INSTANCE_ID",
      `Member ${member.memberId} took the instance id ${instanceId} over from ${memberId}.`,
    );
  }
  return member;
}
