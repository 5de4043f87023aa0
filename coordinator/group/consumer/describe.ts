/** A consumer group as ConsumerGroupDescribe (69) shows it. */
import type { MetadataImage } from "../../../cluster/image/metadata_image.ts";
import type { ConsumerGroupDescribeResponse } from "../../../protocol/messages/69_consumer_group_describe.ts";
import { type Assignment, listPartitions, NO_TARGET, type Target } from "./assignment.ts";
import type { ConsumerGroup } from "./consumer_group.ts";
import type { ConsumerMember } from "./member.ts";

export type DescribedGroup = NonNullable<ConsumerGroupDescribeResponse["groups"]>[number];
type DescribedMember = NonNullable<DescribedGroup["members"]>[number];
type DescribedAssignment = NonNullable<DescribedMember["assignment"]>;

const MemberType = { CLASSIC: 0, CONSUMER: 1 } as const;

export function describeGroup(
  group: ConsumerGroup,
  defaultAssignor: string,
  image: MetadataImage,
): DescribedGroup {
  return {
    groupId: group.groupId,
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: group.preferredAssignor() ?? defaultAssignor,
    members: [...group.members.values()].map((member) =>
      describeMember(member, group.targetOf(member.memberId) ?? NO_TARGET, image)
    ),
  };
}

function describeMember(
  member: ConsumerMember,
  target: Target,
  image: MetadataImage,
): DescribedMember {
  return {
    memberId: member.memberId,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.memberEpoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...member.subscribedTopicNames].sort(),
    subscribedTopicRegex: member.subscribedTopicRegex,
    // What it has yet to give up is still its own.
    assignment: describeAssignment(held(member), image),
    targetAssignment: describeAssignment(target, image),
    memberType: member.classic === null ? MemberType.CONSUMER : MemberType.CLASSIC,
  };
}

function held({ assigned, pendingRevocation }: ConsumerMember): Target {
  const partitions = new Map<string, Set<number>>();
  for (const assignment of [assigned, pendingRevocation]) {
    for (const [topicId, epochs] of assignment) {
      const before = partitions.get(topicId) ?? [];
      partitions.set(topicId, new Set([...before, ...epochs.keys()]));
    }
  }
  return partitions;
}

/** Topics that do not exist any more are left out: they have no name. */
function describeAssignment(
  assignment: Assignment | Target,
  { topicsById }: MetadataImage,
): DescribedAssignment {
  return {
    topicPartitions: listPartitions(assignment).flatMap(({ topicId, partitions }) => {
      const topic = topicsById.get(topicId);
      return topic === undefined ? [] : [{ topicId, topicName: topic.name, partitions }];
    }),
  };
}
