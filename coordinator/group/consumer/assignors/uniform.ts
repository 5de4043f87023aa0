/**
 * The uniform assignor: members get equally many partitions, whichever their topics are, and keep
 * what they have as far as that allows.
 *
 * This file has the case in which all members are subscribed to the same topics. No two members
 * differ by more than one partition then, and only as many partitions move as that needs. Results
 * are those of Kafka 4.3.1, which looks at no racks.
 */
import type { AssignmentSpec, Assignor, GroupAssignment } from "./assignor.ts";
import { hashOfUuid, hashOrder } from "./hash_order.ts";
import { membersInOrder, NOBODY, presentOwners } from "./ownership.ts";
import { assignHeterogeneous } from "./uniform_heterogeneous.ts";

export const uniformAssignor: Assignor = {
  name: "uniform",
  assign(spec) {
    if (spec.members.size === 0) return new Map();
    return spec.subscription === "homogeneous"
      ? assignHomogeneous(spec)
      : assignHeterogeneous(spec);
  },
};

interface TopicPartition {
  readonly topicId: string;
  readonly partition: number;
}

/** A member that is to get more partitions, and how many. */
interface Unfilled {
  readonly memberId: string;
  readonly room: number;
}

function assignHomogeneous(spec: AssignmentSpec): GroupAssignment {
  const members = membersInOrder(spec);
  const subscribed = members[0].subscribedTopicIds;
  const topicIds = hashOrder(subscribed, hashOfUuid, subscribed.size + 1);
  const owners = presentOwners(spec, members, topicIds);

  const free: TopicPartition[] = [];
  let partitionCount = 0;
  for (const [topicId, ofTopic] of owners) {
    partitionCount += ofTopic.length;
    ofTopic.forEach((owner, partition) => {
      if (owner === NOBODY) free.push({ topicId, partition });
    });
  }

  const shareMin = Math.floor(partitionCount / members.length);
  /** How many members have still to get one partition more than the others. */
  let extras = partitionCount % members.length;
  const result = new Map<string, Map<string, Set<number>>>();
  const unfilled: Unfilled[] = [];
  members.forEach(({ memberId, assigned }, member) => {
    let room = extras > 0 ? shareMin + 1 : shareMin;
    const kept = new Map<string, Set<number>>();
    for (const [topicId, partitions] of hashOrder(assigned, ([id]) => hashOfUuid(id))) {
      const ofTopic = owners.get(topicId);
      if (ofTopic === undefined) continue;
      const own = inHashOrder(partitions).filter((partition) => ofTopic[partition] === member);
      const keeps = own.slice(0, room);
      room -= keeps.length;
      if (keeps.length > 0) kept.set(topicId, new Set(keeps));
      for (const partition of own.slice(keeps.length)) free.push({ topicId, partition });
    }
    if (extras > 0) {
      // Whoever is not full leaves the extra partition to somebody who may have it already, while
      // enough members follow to take them all.
      const enoughFollow = members.length - member > extras;
      if (room > 0 && enoughFollow) room--;
      else extras--;
    }
    if (room > 0) unfilled.push({ memberId, room });
    result.set(memberId, kept);
  });

  fill(unfilled, free, result);
  return result;
}

/** Gives each member as many of the free partitions as it has room for. */
function fill(
  unfilled: readonly Unfilled[],
  free: readonly TopicPartition[],
  result: ReadonlyMap<string, Map<string, Set<number>>>,
): void {
  let next = 0;
  for (const { memberId, room } of unfilled) {
    const assignment = result.get(memberId)!;
    for (const { topicId, partition } of free.slice(next, next + room)) {
      const partitions = assignment.get(topicId);
      if (partitions !== undefined) partitions.add(partition);
      else assignment.set(topicId, new Set([partition]));
    }
    next += room;
  }
}

function inHashOrder(partitions: ReadonlySet<number>): number[] {
  return hashOrder(partitions, (partition) => partition, partitions.size + 1);
}
