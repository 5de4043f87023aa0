/** A classic group becomes a consumer group when the first consumer joins it (KIP-848). */
import { DecodeError } from "../../../protocol/codec/reader.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import { ClassicGroup } from "../classic/classic_group.ts";
import type { ClassicMember } from "../classic/classic_member.ts";
import { groupTombstone } from "../classic/group_record.ts";
import { atEpoch, NO_TARGET, type Target } from "../consumer/assignment.ts";
import { ConsumerGroup } from "../consumer/consumer_group.ts";
import type { ConsumerGroups } from "../consumer/consumer_groups.ts";
import { type ConsumerMember, MemberState, newMember } from "../consumer/member.ts";
import {
  assignmentRecord,
  epochRecord,
  memberRecord,
  targetMetadataRecord,
  targetRecord,
} from "../consumer/records.ts";
import { readAssignment, readSubscription } from "../embedded_protocol.ts";
import type { Group } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { listTopicIds } from "./topic_names.ts";

export class Upgrades {
  constructor(
    private readonly env: GroupEnvironment,
    private readonly consumer: ConsumerGroups,
  ) {}

  /**
   * The group as one of the consumer protocol, with its records. Members that wait are told to join
   * again: the consumer that comes causes a rebalance in any case.
   * Throws GROUP_ID_NOT_FOUND, or UNKNOWN_SERVER_ERROR for a group in its first rebalance.
   */
  upgrade(group: Group, records: GroupRecord[]): ConsumerGroup {
    const classic = this.requireFit(group);
    classic.refuseAll("REBALANCE_IN_PROGRESS");
    const upgraded = this.convert(classic);
    records.push(groupTombstone(group.groupId), ...recordsOf(upgraded));
    this.beginSessions(upgraded);
    this.env.context.logger.info("classic group becomes a consumer group", {
      groupId: group.groupId,
      members: upgraded.memberCount,
    });
    return upgraded;
  }

  private requireFit(group: Group): ClassicGroup {
    const { settings } = this.env;
    if (!(group instanceof ClassicGroup)) throw refused(group, "it is not a classic group");
    if (!settings.migrationPolicy.upgrade) throw refused(group, "upgrades are disabled");
    if (!group.isOfConsumers) throw refused(group, "its members are not consumers");
    if (group.memberCount > settings.consumerSizeMax) throw refused(group, "it is too large");
    return group;
  }

  /** The group with what its members have now as what they are to have. */
  private convert(classic: ClassicGroup): ConsumerGroup {
    const { groupId, generation } = classic;
    const group = new ConsumerGroup(groupId);
    group.groupEpoch = generation;
    group.assignmentEpoch = generation;
    try {
      for (const member of classic.members.values()) {
        const target = this.assignedTo(classic, member);
        group.setMember(consumerMember(classic, member, target));
        group.setTarget(member.memberId, target);
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw refused(classic, `what its members say cannot be read: ${error.message}`);
    }
    group.metadataHash = this.consumer.hasher.hash(group.subscriptions.topicNames);
    return group;
  }

  /** A member that has never asked for its assignment has none. */
  private assignedTo(group: ClassicGroup, { assignment }: ClassicMember): Target {
    if (assignment.length === 0) return NO_TARGET;
    const { assignedPartitions, userData } = readAssignment(assignment);
    if (userData !== null && userData.length > 0) {
      throw refused(group, "its assignor hands out data of its own, which would be lost");
    }
    const known = listTopicIds(assignedPartitions, this.env.context.image());
    return new Map(known.map(({ topicId, partitions }) => [topicId, new Set(partitions)]));
  }

  private beginSessions({ groupId, members }: ConsumerGroup): void {
    const { fencing } = this.consumer;
    for (const { memberId, classic } of members.values()) {
      // Those of an earlier life as a consumer group mean nothing any more.
      fencing.timersOf(groupId).cancelAll(memberId);
      fencing.awaitHeartbeat(groupId, memberId, classic!.sessionTimeoutMs);
    }
  }
}

function refused({ groupId }: Group, why: string): KafkaError {
  return new KafkaError(
    "GROUP_ID_NOT_FOUND",
    `Classic group ${groupId} cannot become a consumer group: ${why}.`,
  );
}

function consumerMember(
  { generation, protocolName }: ClassicGroup,
  member: ClassicMember,
  target: Target,
): ConsumerMember {
  if (protocolName === null) {
    throw new KafkaError("UNKNOWN_SERVER_ERROR", "The group has not chosen a protocol yet.");
  }
  const subscription = readSubscription(member.metadataOf(protocolName));
  return {
    ...newMember(member.memberId),
    instanceId: member.instanceId,
    rackId: subscription.rackId || null,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    subscribedTopicNames: new Set(subscription.topics),
    classic: {
      sessionTimeoutMs: member.sessionTimeoutMs,
      supportedProtocols: member.protocols.map(({ name, metadata }) => ({ name, metadata })),
    },
    memberEpoch: generation,
    previousMemberEpoch: generation,
    state: MemberState.STABLE,
    assigned: atEpoch(target, generation),
  };
}

/** Everything of a group, in the order that Kafka writes it. */
function recordsOf(group: ConsumerGroup): GroupRecord[] {
  const { groupId, groupEpoch, metadataHash, assignmentEpoch, assignmentTimestamp } = group;
  const members = [...group.members.values()];
  return [
    ...members.map((member) => memberRecord(groupId, member)),
    epochRecord(groupId, groupEpoch, metadataHash),
    ...members.map(({ memberId }) =>
      targetRecord(groupId, memberId, group.targetOf(memberId) ?? NO_TARGET)
    ),
    targetMetadataRecord(groupId, assignmentEpoch, assignmentTimestamp),
    ...members.map((member) => assignmentRecord(groupId, member)),
  ];
}
