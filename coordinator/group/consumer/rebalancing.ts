/**
 * The three steps from a change of a member to its next assignment: the group epoch goes up, a target
 * is computed for it, the member is reconciled with the target (KIP-848).
 */
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { GroupEnvironment } from "../group_store.ts";
import type { Target, TopicPartitions } from "./assignment.ts";
import { assignorNamed } from "./assignors/mod.ts";
import type { ConsumerGroup } from "./consumer_group.ts";
import type { Fencing } from "./fencing.ts";
import { type ConsumerMember, isReconciledTo, MemberState, sameProgress } from "./member.ts";
import type { MetadataHasher } from "./metadata_hash.ts";
import { reconcile } from "./reconciliation.ts";
import { assignmentRecord, epochRecord, partitionMetadataTombstone } from "./records.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { computeTarget } from "./target_assignment.ts";
import { TopicIds } from "./topic_ids.ts";

/** A member that came or said something new, with what it was before. */
export interface MemberChange {
  readonly group: ConsumerGroup;
  readonly before: ConsumerMember;
  readonly after: ConsumerMember;
}

/** What a member is to have, and in which epoch. */
export interface TargetProgress {
  readonly targetEpoch: number;
  readonly target: Target;
}

export class Rebalancing {
  constructor(
    private readonly env: GroupEnvironment,
    private readonly hasher: MetadataHasher,
    private readonly fencing: Fencing,
  ) {}

  /**
   * The group epoch goes up where it has to (`bump`), or where the topics that the group is
   * subscribed to are not what they were. Returns the epoch.
   */
  updateSubscription(change: MemberChange, bump: boolean, records: GroupRecord[]): number {
    const { group } = change;
    const { groupId } = group;
    const now = this.env.context.now();
    if (!bump && !group.needsMetadataRefresh(now)) return group.groupEpoch;
    const metadataHash = this.hasher.hash(subscriptionsAfter(change).topicNames);
    let { groupEpoch } = group;
    if (bump || metadataHash !== group.metadataHash) {
      groupEpoch++;
      records.push(epochRecord(groupId, groupEpoch, metadataHash));
    }
    group.metadataSeen(now, groupEpoch);
    if (group.hasPartitionMetadataRecord) records.push(partitionMetadataTombstone(groupId));
    return groupEpoch;
  }

  /** Computes a target for the group epoch where there is none yet, but not too often. */
  updateTarget(
    change: MemberChange,
    groupEpoch: number,
    records: GroupRecord[],
  ): TargetProgress {
    const { group, before, after } = change;
    const { context, settings } = this.env;
    const { groupId, assignmentEpoch } = group;
    const nowMs = context.now();
    const intervalMs = settings.consumerAssignmentIntervalMs(groupId);
    if (assignmentEpoch >= groupEpoch || !mayAssign(group, intervalMs, nowMs)) {
      return { targetEpoch: assignmentEpoch, target: group.targetFor(after) };
    }
    const name = group.preferredAssignor(before, after) ?? settings.consumerAssignors[0];
    const assignor = assignorNamed(name);
    if (assignor === undefined) {
      throw new KafkaError("UNKNOWN_SERVER_ERROR", `There is no assignor ${name}.`);
    }
    const image = context.image();
    const subscription = subscriptionsAfter(change).type(memberCountAfter(change));
    const input = { group, groupEpoch, updated: after, subscription, assignor, image, nowMs };
    return { targetEpoch: groupEpoch, target: computeTarget(input, records) };
  }

  /**
   * Moves a member on towards its target. Throws FENCED_MEMBER_EPOCH for a member in a state of a
   * later Kafka.
   */
  reconcile(
    group: ConsumerGroup,
    member: ConsumerMember,
    { targetEpoch, target }: TargetProgress,
    subscriptionChanged: boolean,
    owned: readonly TopicPartitions[] | null,
    records: GroupRecord[],
  ): ConsumerMember {
    if (!subscriptionChanged && isReconciledTo(member, targetEpoch)) return member;
    const { resolvedPatterns } = group.subscriptions;
    const next = reconcile(member, {
      targetEpoch,
      target,
      owned,
      subscriptionChanged,
      subscribedTopicIds: new TopicIds(this.env.context.image(), resolvedPatterns).of(member),
      isOwned: (topicId, partition) => group.isOwned(topicId, partition),
    });
    if (sameProgress(next, member)) return member;
    records.push(assignmentRecord(group.groupId, next));
    // Members of the classic protocol have a time to join and one to sync instead.
    if (next.classic !== null) return next;
    if (next.state === MemberState.UNREVOKED_PARTITIONS) {
      this.fencing.awaitRevocation(group.groupId, next);
    } else {
      this.fencing.timersOf(group.groupId).cancel("rebalance", next.memberId);
    }
    return next;
  }
}

/** What the group is subscribed to once the member is what it says. */
function subscriptionsAfter({ group, before, after }: MemberChange): Subscriptions {
  const subscriptions = group.subscriptions.copy();
  subscriptions.replace(before, after);
  const pattern = before.subscribedTopicRegex;
  if (pattern !== "" && subscriptions.membersOf(pattern) === 0) {
    subscriptions.setResolved(pattern, null);
  }
  return subscriptions;
}

function memberCountAfter({ group, after: { memberId, instanceId } }: MemberChange): number {
  const isKnown = group.hasMember(memberId) ||
    (instanceId !== null && group.staticMember(instanceId) !== undefined);
  return group.memberCount + (isKnown ? 0 : 1);
}

/** Whether enough time has passed since the last assignment; a time that is not known is long ago. */
function mayAssign(group: ConsumerGroup, intervalMs: number, nowMs: number): boolean {
  const { assignmentTimestamp } = group;
  return assignmentTimestamp === 0 || intervalMs === 0 || nowMs >= assignmentTimestamp + intervalMs;
}
