/** The records of consumer groups, as decisions write them. */
import { type GroupRecord, groupRecords } from "../../../protocol/group_records/mod.ts";
import { listPartitionEpochs, listPartitions, type Target } from "./assignment.ts";
import type { ConsumerGroup } from "./consumer_group.ts";
import type { ConsumerMember } from "./member.ts";
import type { ResolvedPattern } from "./subscriptions.ts";

export function epochRecord(groupId: string, epoch: number, metadataHash: bigint): GroupRecord {
  return groupRecords.record("ConsumerGroupMetadata", { groupId }, { epoch, metadataHash });
}

export function memberRecord(groupId: string, member: ConsumerMember): GroupRecord {
  const { memberId } = member;
  return groupRecords.record("ConsumerGroupMemberMetadata", { groupId, memberId }, {
    instanceId: member.instanceId,
    rackId: member.rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...member.subscribedTopicNames].sort(),
    subscribedTopicRegex: member.subscribedTopicRegex,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    serverAssignor: member.serverAssignor,
    classicMemberMetadata: member.classic,
  });
}

export function targetRecord(groupId: string, memberId: string, target: Target): GroupRecord {
  return groupRecords.record("ConsumerGroupTargetAssignmentMember", { groupId, memberId }, {
    topicPartitions: listPartitions(target),
  });
}

export function targetMetadataRecord(
  groupId: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): GroupRecord {
  return groupRecords.record("ConsumerGroupTargetAssignmentMetadata", { groupId }, {
    assignmentEpoch,
    assignmentTimestamp,
  });
}

export function assignmentRecord(groupId: string, member: ConsumerMember): GroupRecord {
  const { memberId } = member;
  return groupRecords.record("ConsumerGroupCurrentMemberAssignment", { groupId, memberId }, {
    memberEpoch: member.memberEpoch,
    previousMemberEpoch: member.previousMemberEpoch,
    state: member.state,
    assignedPartitions: listPartitionEpochs(member.assigned),
    partitionsPendingRevocation: listPartitionEpochs(member.pendingRevocation),
  });
}

export function patternRecord(
  groupId: string,
  regularExpression: string,
  resolved: ResolvedPattern,
): GroupRecord {
  return groupRecords.record("ConsumerGroupRegularExpression", { groupId, regularExpression }, {
    topics: [...resolved.topics].sort(),
    version: resolved.version,
    timestamp: resolved.timestamp,
  });
}

export function patternTombstone(groupId: string, regularExpression: string): GroupRecord {
  return groupRecords.tombstone("ConsumerGroupRegularExpression", { groupId, regularExpression });
}

export function partitionMetadataTombstone(groupId: string): GroupRecord {
  return groupRecords.tombstone("ConsumerGroupPartitionMetadata", { groupId });
}

/** What takes a member back. A replay needs this order: it owns nothing before it is gone. */
export function memberTombstones(groupId: string, memberId: string): GroupRecord[] {
  const key = { groupId, memberId };
  return [
    groupRecords.tombstone("ConsumerGroupCurrentMemberAssignment", key),
    groupRecords.tombstone("ConsumerGroupTargetAssignmentMember", key),
    groupRecords.tombstone("ConsumerGroupMemberMetadata", key),
  ];
}

/**
 * What takes a whole group back, in the order that Kafka replays. `memberIds` are those it has when
 * these records come: others than its present ones where records before them replace a member.
 */
export function groupTombstones(
  group: ConsumerGroup,
  memberIds: readonly string[] = [...group.members.keys()],
): GroupRecord[] {
  const { groupId } = group;
  const keys = memberIds.map((memberId) => ({ groupId, memberId }));
  return [
    ...keys.map((key) => groupRecords.tombstone("ConsumerGroupCurrentMemberAssignment", key)),
    ...keys.map((key) => groupRecords.tombstone("ConsumerGroupTargetAssignmentMember", key)),
    groupRecords.tombstone("ConsumerGroupTargetAssignmentMetadata", { groupId }),
    ...keys.map((key) => groupRecords.tombstone("ConsumerGroupMemberMetadata", key)),
    ...[...group.subscriptions.resolvedPatterns.keys()].map((pattern) =>
      patternTombstone(groupId, pattern)
    ),
    partitionMetadataTombstone(groupId),
    groupRecords.tombstone("ConsumerGroupMetadata", { groupId }),
  ];
}
