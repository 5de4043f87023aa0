/**
 * A consumer group becomes a classic group once its last member of the consumer protocol is gone and
 * some of the classic protocol are left (KIP-848).
 */
import { DecodeError } from "../../../protocol/codec/reader.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import { ClassicGroup } from "../classic/classic_group.ts";
import type { ClassicGroups } from "../classic/classic_groups.ts";
import { ClassicMember } from "../classic/classic_member.ts";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.ts";
import { NO_TARGET } from "../consumer/assignment.ts";
import type { ConsumerGroup } from "../consumer/consumer_group.ts";
import type { ConsumerMember } from "../consumer/member.ts";
import { groupTombstones } from "../consumer/records.ts";
import { writeAssignment } from "../embedded_protocol.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { listTopicNames } from "./topic_names.ts";

/** A member of the classic group, and whose target assignment it has. */
interface Remaining {
  readonly member: ConsumerMember;
  readonly targetOf: string;
}

export class Downgrades {
  constructor(
    private readonly env: GroupEnvironment,
    private readonly classic: ClassicGroups,
  ) {}

  /** See `ProtocolMigration.downgrade`. What is left rebalances. */
  without(group: ConsumerGroup, leaving: readonly ConsumerMember[]): GroupRecord[] | null {
    const gone = new Set(leaving.map(({ memberId }) => memberId));
    const stay = [...group.members.values()].filter(({ memberId }) => !gone.has(memberId));
    if (stay.length === 0 || !this.isPossible(stay)) return null;
    const remaining = stay.map((member) => ({ member, targetOf: member.memberId }));
    return this.convert(group, [...group.members.keys()], remaining, "consumers have left");
  }

  /** Whether the group becomes a classic one when a classic member takes the place of `replaced`. */
  isDueWithReplaced(group: ConsumerGroup, replaced: ConsumerMember): boolean {
    if (replaced.classic !== null) return false;
    const members = [...group.members.values()];
    return this.isPossible(members, replaced);
  }

  private isPossible(members: readonly ConsumerMember[], except?: ConsumerMember): boolean {
    const { settings, context: { logger } } = this.env;
    if (members.some((member) => member.classic === null && member !== except)) return false;
    if (settings.migrationPolicy.downgrade && members.length <= settings.classicSizeMax) {
      return true;
    }
    logger.info("consumer group of classic members only does not become a classic group", {
      policy: settings.migrationPolicy,
      members: members.length,
    });
    return false;
  }

  /**
   * The records of the classic group in which `member` is in the place of `replaced`. They come after
   * those that replaced it in the consumer group. The group rebalances where `reason` is not null.
   * Throws GROUP_ID_NOT_FOUND where a subscription cannot be read.
   */
  withReplaced(
    group: ConsumerGroup,
    replaced: ConsumerMember,
    member: ConsumerMember,
    reason: string | null,
  ): GroupRecord[] {
    const memberIds: string[] = [];
    const remaining: Remaining[] = [];
    for (const other of group.members.values()) {
      const isReplaced = other.memberId === replaced.memberId;
      memberIds.push(isReplaced ? member.memberId : other.memberId);
      if (!isReplaced) remaining.push({ member: other, targetOf: other.memberId });
    }
    remaining.push({ member, targetOf: replaced.memberId });
    return this.convert(group, memberIds, remaining, reason);
  }

  private convert(
    group: ConsumerGroup,
    memberIds: readonly string[],
    remaining: readonly Remaining[],
    reason: string | null,
  ): GroupRecord[] {
    const { context } = this.env;
    const { groupId, groupEpoch } = group;
    const classic = ClassicGroup.ofMembers(
      groupId,
      CONSUMER_PROTOCOL_TYPE,
      groupEpoch,
      remaining.map(({ member }) => classicMember(member)),
      context.now(),
    );
    classic.setAssignments(this.assignments(group, classic, remaining));
    const records = [...groupTombstones(group, memberIds), this.classic.adopt(classic)];
    context.logger.info("consumer group becomes a classic group", {
      groupId,
      members: classic.memberCount,
    });
    if (reason !== null) records.push(...this.classic.rebalance(classic, reason).records);
    return records;
  }

  private assignments(
    group: ConsumerGroup,
    classic: ClassicGroup,
    remaining: readonly Remaining[],
  ): Map<string, Uint8Array> {
    const image = this.env.context.image();
    try {
      return new Map(remaining.map(({ member: { memberId }, targetOf }) => {
        const subscription = classic.members.get(memberId)!.metadataOf(classic.protocolName);
        const named = listTopicNames(group.targetOf(targetOf) ?? NO_TARGET, image);
        return [memberId, writeAssignment(named, subscription)];
      }));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new KafkaError(
        "GROUP_ID_NOT_FOUND",
        `Consumer group ${group.groupId} cannot become a classic group: ${error.message}.`,
      );
    }
  }
}

function classicMember(member: ConsumerMember): ClassicMember {
  const { memberId, instanceId, clientId, clientHost, rebalanceTimeoutMs, classic } = member;
  return new ClassicMember({
    memberId,
    instanceId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    sessionTimeoutMs: classic!.sessionTimeoutMs,
    protocols: classic!.supportedProtocols,
  });
}
