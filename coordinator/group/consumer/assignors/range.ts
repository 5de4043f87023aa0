/**
 * The range assignor: each topic is cut into ranges of nearly equal size, one for each subscriber.
 * Topics with the same subscribers and the same number of partitions are cut alike, so that they are
 * co-partitioned.
 *
 * As in Kafka 4.3.1, the present target has no say: what makes it sticky is the order of the members.
 * Static ones come first, by instance id, and so keep their ranges over restarts. Racks are ignored.
 */
import {
  type AssignmentSpec,
  type Assignor,
  type GroupAssignment,
  type MemberSpec,
  partitionCountOf,
} from "./assignor.ts";

export const rangeAssignor: Assignor = { name: "range", assign };

/** What is left of a topic, and for how many subscribers. */
interface Remainder {
  readonly partitionCount: number;
  start: number;
  subscribers: number;
}

function assign({ members, topics }: AssignmentSpec): GroupAssignment {
  const remainders = new Map<string, Remainder>();
  for (const { subscribedTopicIds } of members.values()) {
    for (const topicId of subscribedTopicIds) {
      const remainder = remainders.get(topicId);
      if (remainder !== undefined) {
        remainder.subscribers++;
        continue;
      }
      const partitionCount = partitionCountOf(topics, topicId);
      remainders.set(topicId, { partitionCount, start: 0, subscribers: 1 });
    }
  }
  const result = new Map<string, Map<string, Set<number>>>();
  for (const [memberId, { subscribedTopicIds }] of [...members].sort(staticFirst)) {
    const assigned = new Map<string, Set<number>>();
    for (const topicId of subscribedTopicIds) {
      const range = takeRange(remainders.get(topicId)!);
      if (range.size > 0) assigned.set(topicId, range);
    }
    result.set(memberId, assigned);
  }
  return result;
}

function staticFirst([idA, a]: [string, MemberSpec], [idB, b]: [string, MemberSpec]): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId);
  if (a.instanceId !== null) return -1;
  if (b.instanceId !== null) return 1;
  return compare(idA, idB);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rounded up, so that the first ranges are the longer ones where it does not come out even. */
function takeRange(remainder: Remainder): Set<number> {
  const { partitionCount, start, subscribers } = remainder;
  const length = Math.ceil((partitionCount - start) / subscribers);
  remainder.start += length;
  remainder.subscribers--;
  return new Set(Array.from({ length }, (_, i) => start + i));
}
