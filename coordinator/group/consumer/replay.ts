/** Replaying the records of consumer groups. */
import type { GroupRecord, GroupRecordOf } from "../../../protocol/group_records/mod.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { targetFromRecord } from "./assignment.ts";
import { ConsumerGroup } from "./consumer_group.ts";
import { newMember, withAssignment, withMetadata, withoutAssignment } from "./member.ts";

/** The records that are of consumer groups. */
export type ConsumerGroupRecord = Extract<GroupRecord, { type: `ConsumerGroup${string}` }>;

export class ConsumerReplay {
  constructor(private readonly env: GroupEnvironment) {}

  apply(record: ConsumerGroupRecord): void {
    const { groupId } = record.key;
    const group = record.value === null ? this.known(groupId) : this.knownOrNew(groupId);
    if (group === null) return;
    switch (record.type) {
      case "ConsumerGroupMetadata":
        return this.metadata(group, record.value);
      case "ConsumerGroupPartitionMetadata":
        group.hasPartitionMetadataRecord = record.value !== null;
        return;
      case "ConsumerGroupMemberMetadata":
        return member(group, record);
      case "ConsumerGroupTargetAssignmentMetadata":
        group.assignmentEpoch = record.value?.assignmentEpoch ?? -1;
        group.assignmentTimestamp = record.value?.assignmentTimestamp ?? 0;
        return;
      case "ConsumerGroupTargetAssignmentMember": {
        const { key, value } = record;
        const target = value === null ? null : targetFromRecord(value.topicPartitions);
        return group.setTarget(key.memberId, target);
      }
      case "ConsumerGroupCurrentMemberAssignment":
        return assignment(group, record);
      case "ConsumerGroupRegularExpression":
        return pattern(group, record);
    }
  }

  private known(groupId: string): ConsumerGroup | null {
    const group = this.env.groups.find(groupId);
    return group instanceof ConsumerGroup ? group : null;
  }

  /**
   * A group of the other protocol gives way where it has no members: one that only holds offsets has
   * no records of its own that would have removed it.
   */
  private knownOrNew(groupId: string): ConsumerGroup | null {
    const { groups, context } = this.env;
    const before = groups.find(groupId);
    if (before instanceof ConsumerGroup) return before;
    if (before !== undefined && !before.isEmpty) {
      context.logger.error("record of a consumer group is passed over; the group is another kind", {
        groupId,
      });
      return null;
    }
    const group = new ConsumerGroup(groupId);
    groups.set(group);
    return group;
  }

  private metadata(
    group: ConsumerGroup,
    value: GroupRecordOf<"ConsumerGroupMetadata">["value"],
  ): void {
    if (value === null) return this.env.groups.remove(group.groupId);
    group.groupEpoch = value.epoch;
    group.metadataHash = value.metadataHash;
  }
}

function member(
  group: ConsumerGroup,
  { key: { memberId }, value }: GroupRecordOf<"ConsumerGroupMemberMetadata">,
): void {
  if (value === null) return group.removeMember(memberId);
  group.setMember(withMetadata(group.members.get(memberId) ?? newMember(memberId), value));
}

function assignment(
  group: ConsumerGroup,
  { key: { memberId }, value }: GroupRecordOf<"ConsumerGroupCurrentMemberAssignment">,
): void {
  const before = group.members.get(memberId);
  if (value !== null) group.setMember(withAssignment(before ?? newMember(memberId), value));
  else if (before !== undefined) group.setMember(withoutAssignment(before));
}

function pattern(
  group: ConsumerGroup,
  { key, value }: GroupRecordOf<"ConsumerGroupRegularExpression">,
): void {
  const { regularExpression } = key;
  if (value === null) return group.setResolvedPattern(regularExpression, null);
  const { topics, version, timestamp } = value;
  group.setResolvedPattern(regularExpression, { topics: new Set(topics), version, timestamp });
}
