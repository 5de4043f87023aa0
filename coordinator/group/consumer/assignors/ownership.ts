/** Who has which partitions: the tables that both forms of the uniform assignor start from. */
import { type AssignmentSpec, type MemberSpec, partitionCountOf } from "./assignor.ts";
import { hashOfString, hashOrder } from "./hash_order.ts";

export interface Member extends MemberSpec {
  readonly memberId: string;
}

/** Stands for a partition without an owner. */
export const NOBODY = -1;

/** For each partition of a topic, the index of the member that has it, or `NOBODY`. */
export type Owners = Int32Array;

/** Members are known by their index in this order from here on. */
export function membersInOrder({ members }: AssignmentSpec): Member[] {
  return hashOrder(members, ([memberId]) => hashOfString(memberId))
    .map(([memberId, member]) => ({ ...member, memberId }));
}

/**
 * The present owners of the partitions of the topics. Members lose what they are not subscribed to,
 * and partitions that do not exist or that another member has too: a group that came from the classic
 * protocol starts with what its clients said. Throws `PartitionAssignorError`.
 */
export function presentOwners(
  spec: AssignmentSpec,
  members: readonly Member[],
  topicIds: Iterable<string>,
): Map<string, Owners> {
  const owners = new Map<string, Owners>();
  for (const topicId of topicIds) {
    owners.set(topicId, new Int32Array(partitionCountOf(spec.topics, topicId)).fill(NOBODY));
  }
  members.forEach(({ assigned, subscribedTopicIds }, member) => {
    for (const [topicId, partitions] of assigned) {
      if (!subscribedTopicIds.has(topicId)) continue;
      const ofTopic = owners.get(topicId)!;
      for (const partition of partitions) ofTopic[partition] = member;
    }
  });
  return owners;
}
