/** Which member of a group a heartbeat is from: a new one, a known one, or one in another's place. */
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { ConsumerGroupHeartbeatRequest } from "../../../protocol/messages/68_consumer_group_heartbeat.ts";
import { NO_TARGET, ownsOnly } from "./assignment.ts";
import type { ConsumerGroup } from "./consumer_group.ts";
import { requireStaticMember } from "./fencing.ts";
import { type ConsumerMember, MemberEpoch, newMember } from "./member.ts";
import { assignmentRecord, memberRecord, memberTombstones, targetRecord } from "./records.ts";

/** Throws GROUP_MAX_SIZE_REACHED for one member more than `sizeMax`. */
export function requireRoom(group: ConsumerGroup, memberId: string, sizeMax: number): void {
  if (group.memberCount < sizeMax || group.hasMember(memberId)) return;
  throw new KafkaError("GROUP_MAX_SIZE_REACHED", `The group may have ${sizeMax} members.`);
}

/** The member that a heartbeat in epoch 0 is from. Throws UNRELEASED_INSTANCE_ID. */
export function joiningMember(
  group: ConsumerGroup,
  memberId: string,
  { instanceId }: ConsumerGroupHeartbeatRequest,
  records: GroupRecord[],
): ConsumerMember {
  const holder = instanceId === null ? undefined : group.staticMember(instanceId);
  if (holder === undefined) return group.members.get(memberId) ?? newMember(memberId);
  if (holder.classic === null && holder.memberEpoch !== MemberEpoch.LEAVE_STATIC) {
    throw new KafkaError(
      "UNRELEASED_INSTANCE_ID",
      `Member ${holder.memberId} has not left, and has the instance id ${instanceId}.`,
    );
  }
  return takeOver(group, holder, memberId, records);
}

/** A member takes the place of the one whose instance id it has, with all that this one had. */
export function takeOver(
  group: ConsumerGroup,
  holder: ConsumerMember,
  memberId: string,
  records: GroupRecord[],
): ConsumerMember {
  const { groupId } = group;
  const member = { ...holder, memberId, memberEpoch: MemberEpoch.JOIN, previousMemberEpoch: 0 };
  records.push(
    ...memberTombstones(groupId, holder.memberId),
    memberRecord(groupId, member),
    targetRecord(groupId, memberId, group.targetOf(holder.memberId) ?? NO_TARGET),
    assignmentRecord(groupId, member),
  );
  return member;
}

/**
 * The member that any other heartbeat is from. Throws UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID,
 * FENCED_MEMBER_EPOCH.
 */
export function knownMember(
  group: ConsumerGroup,
  memberId: string,
  request: ConsumerGroupHeartbeatRequest,
): ConsumerMember {
  const { instanceId } = request;
  const member = instanceId === null
    ? group.requireMember(memberId)
    : requireStaticMember(group, instanceId, memberId);
  requireEpoch(member, request);
  return member;
}

/**
 * A member that says its epoch before the last one has perhaps not got the answer; it is heard while
 * it owns nothing beyond its assignment.
 */
function requireEpoch(
  { memberEpoch, previousMemberEpoch, assigned }: ConsumerMember,
  { memberEpoch: said, topicPartitions }: ConsumerGroupHeartbeatRequest,
): void {
  if (said === memberEpoch) return;
  const answerLost = said < memberEpoch && said === previousMemberEpoch &&
    ownsOnly(topicPartitions, assigned);
  if (answerLost) return;
  throw new KafkaError(
    "FENCED_MEMBER_EPOCH",
    `The member says epoch ${said} and is in ${memberEpoch}; it has to give up its partitions and ` +
      "join again.",
  );
}
