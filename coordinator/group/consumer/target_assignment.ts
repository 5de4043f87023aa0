/** Computing what each member of a group is to have. */
import type { MetadataImage } from "../../../cluster/image/metadata_image.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import { NO_TARGET, sameTarget, type Target } from "./assignment.ts";
import {
  type AssignmentSpec,
  type Assignor,
  type GroupAssignment,
  type MemberSpec,
  PartitionAssignorError,
  type TopicDescriber,
} from "./assignors/mod.ts";
import type { ConsumerGroup } from "./consumer_group.ts";
import type { ConsumerMember } from "./member.ts";
import { targetMetadataRecord, targetRecord } from "./records.ts";
import type { SubscriptionType } from "./subscriptions.ts";
import { TopicIds } from "./topic_ids.ts";

/** A group in which `updated` has taken its place, perhaps that of a member with its instance id. */
function memberSpecs(
  group: ConsumerGroup,
  updated: ConsumerMember,
  image: MetadataImage,
): Map<string, MemberSpec> {
  const topicIds = new TopicIds(image, group.subscriptions.resolvedPatterns);
  const specOf = (member: ConsumerMember, assigned: Target): MemberSpec => ({
    instanceId: member.instanceId,
    subscribedTopicIds: topicIds.of(member),
    assigned,
  });
  const replaced = updated.instanceId === null ? undefined : group.staticMember(updated.instanceId);
  const specs = new Map<string, MemberSpec>();
  for (const member of group.members.values()) {
    if (member === replaced || member.memberId === updated.memberId) continue;
    specs.set(member.memberId, specOf(member, group.targetOf(member.memberId) ?? NO_TARGET));
  }
  const holder = replaced?.memberId ?? updated.memberId;
  specs.set(updated.memberId, specOf(updated, group.targetOf(holder) ?? NO_TARGET));
  return specs;
}

/** What to compute a target assignment from. */
export interface TargetInput {
  readonly group: ConsumerGroup;
  readonly groupEpoch: number;
  readonly updated: ConsumerMember;
  readonly subscription: SubscriptionType;
  readonly assignor: Assignor;
  readonly image: MetadataImage;
  readonly nowMs: number;
}

/**
 * Assigns all partitions anew, adds the records of what changed, and returns `updated`'s share.
 * Throws UNKNOWN_SERVER_ERROR where the assignor finds no assignment.
 */
export function computeTarget(input: TargetInput, records: GroupRecord[]): Target {
  const { group, groupEpoch, updated, subscription, assignor, image, nowMs } = input;
  const members = memberSpecs(group, updated, image);
  const assigned = assign(assignor, { members, subscription, topics: topicsOf(image) });
  for (const memberId of members.keys()) {
    const before = group.targetOf(memberId);
    const target = assigned.get(memberId) ?? NO_TARGET;
    if (before === undefined || !sameTarget(before, target)) {
      records.push(targetRecord(group.groupId, memberId, target));
    }
  }
  records.push(targetMetadataRecord(group.groupId, groupEpoch, nowMs));
  return assigned.get(updated.memberId) ?? NO_TARGET;
}

function topicsOf({ topicsById }: MetadataImage): TopicDescriber {
  return { partitionCount: (topicId) => topicsById.get(topicId)?.partitions.length ?? -1 };
}

function assign(assignor: Assignor, spec: AssignmentSpec): GroupAssignment {
  try {
    return assignor.assign(spec);
  } catch (error) {
    if (!(error instanceof PartitionAssignorError)) throw error;
    throw new KafkaError("UNKNOWN_SERVER_ERROR", error.message);
  }
}
