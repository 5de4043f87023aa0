/**
 * What an assignor of the consumer protocol (KIP-848) is given, and what it answers. Assignors are
 * pure functions; topic ids are uuids in Kafka's text form.
 *
 * Racks are not part of it: the KIP would let an assignor see them, and no assignor of Kafka 4.3.1
 * looks.
 */

/** Partitions of one member, by topic id. */
export type MemberAssignment = ReadonlyMap<string, ReadonlySet<number>>;

export interface MemberSpec {
  /** Null for dynamic members. */
  readonly instanceId: string | null;
  /** Only topics that exist. */
  readonly subscribedTopicIds: ReadonlySet<string>;
  /** Its present target. A static member that came back has the target of its former member id. */
  readonly assigned: MemberAssignment;
}

export interface TopicDescriber {
  /** -1 where there is no such topic. */
  partitionCount(topicId: string): number;
}

export interface AssignmentSpec {
  /** By member id. */
  readonly members: ReadonlyMap<string, MemberSpec>;
  readonly topics: TopicDescriber;
  /** Whether all members are subscribed to the same topics. */
  readonly subscription: "homogeneous" | "heterogeneous";
}

/** The new target of every member, by member id; empty for those that get nothing. */
export type GroupAssignment = ReadonlyMap<string, MemberAssignment>;

export interface Assignor {
  /** As members ask for it (`group.remote.assignor`). */
  readonly name: string;
  /** Throws `PartitionAssignorError` where no target can be computed. */
  assign(spec: AssignmentSpec): GroupAssignment;
}

export class PartitionAssignorError extends Error {
  override readonly name = "PartitionAssignorError";
}

/** The number of partitions of a subscribed topic. Throws `PartitionAssignorError` if it is gone. */
export function partitionCountOf(topics: TopicDescriber, topicId: string): number {
  const count = topics.partitionCount(topicId);
  if (count === -1) {
    throw new PartitionAssignorError(`Cannot assign topic ${topicId}: it does not exist`);
  }
  return count;
}
