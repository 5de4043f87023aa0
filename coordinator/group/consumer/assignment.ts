/**
 * Partitions that members have or are to have, by topic id, and their forms in records and messages.
 */

/** Partitions of a topic, each with the member epoch in which it was assigned (KIP-1251). */
export type PartitionEpochs = ReadonlyMap<number, number>;

/** What a member has. */
export type Assignment = ReadonlyMap<string, PartitionEpochs>;

/** What a member is to have. */
export type Target = ReadonlyMap<string, ReadonlySet<number>>;

/** Partitions of a topic as requests, responses and records list them. */
export interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

interface TopicPartitionEpochs extends TopicPartitions {
  readonly assignmentEpochs: readonly number[] | null;
}

export const NO_ASSIGNMENT: Assignment = new Map();
export const NO_TARGET: Target = new Map();

const NO_EPOCHS: PartitionEpochs = new Map();
const NO_PARTITIONS: ReadonlySet<number> = new Set();

export function epochsOf(assignment: Assignment, topicId: string): PartitionEpochs {
  return assignment.get(topicId) ?? NO_EPOCHS;
}

export function targetOf(target: Target, topicId: string): ReadonlySet<number> {
  return target.get(topicId) ?? NO_PARTITIONS;
}

/** Whether both are the same partitions, assigned in the same epochs. */
export function sameAssignment(a: Assignment, b: Assignment): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [topicId, epochs] of a) {
    const others = b.get(topicId);
    if (others === undefined || others.size !== epochs.size) return false;
    for (const [partition, epoch] of epochs) if (others.get(partition) !== epoch) return false;
  }
  return true;
}

export function sameTarget(a: Target, b: Target): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others === undefined || others.size !== partitions.size) return false;
    for (const partition of partitions) if (!others.has(partition)) return false;
  }
  return true;
}

const ascending = (a: number, b: number) => a - b;

/** The partitions without their epochs, in order. */
export function listPartitions(
  assignment: Assignment | Target,
): { topicId: string; partitions: number[] }[] {
  return [...assignment].map(([topicId, partitions]) => ({
    topicId,
    partitions: [...partitions.keys()].sort(ascending),
  }));
}

/** The form of the record ConsumerGroupCurrentMemberAssignment. */
export function listPartitionEpochs(
  assignment: Assignment,
): { topicId: string; partitions: number[]; assignmentEpochs: number[] }[] {
  return listPartitions(assignment).map(({ topicId, partitions }) => {
    const epochs = epochsOf(assignment, topicId);
    return {
      topicId,
      partitions,
      assignmentEpochs: partitions.map((partition) => epochs.get(partition)!),
    };
  });
}

/**
 * Reads that form. Records from before KIP-1251 say no epochs: their partitions count as assigned in
 * `memberEpoch`, or 0 where that is a mark of somebody who left.
 */
export function assignmentFromRecord(
  topics: readonly TopicPartitionEpochs[],
  memberEpoch: number,
): Assignment {
  const fallback = Math.max(memberEpoch, 0);
  return new Map(topics.map(({ topicId, partitions, assignmentEpochs }) => {
    const epochs = assignmentEpochs?.length === partitions.length ? assignmentEpochs : null;
    return [topicId, new Map(partitions.map((p, i) => [p, epochs?.[i] ?? fallback]))];
  }));
}

/** The same partitions, all as assigned in `epoch`. */
export function atEpoch(assignment: Assignment | Target, epoch: number): Assignment {
  return new Map([...assignment].map(([topicId, partitions]) => [
    topicId,
    new Map([...partitions.keys()].map((partition) => [partition, epoch])),
  ]));
}

export function targetFromRecord(topics: readonly TopicPartitions[]): Target {
  return new Map(topics.map(({ topicId, partitions }) => [topicId, new Set(partitions)]));
}

/** Whether a member that says it owns `owned` still has any of the assignment; null is not known. */
export function mayOwnAny(
  owned: readonly TopicPartitions[] | null,
  assignment: Assignment,
): boolean {
  if (owned === null) return true;
  return owned.some(({ topicId, partitions }) => {
    const epochs = epochsOf(assignment, topicId);
    return partitions.some((partition) => epochs.has(partition));
  });
}

/** Whether a member says that it owns nothing beyond the assignment. */
export function ownsOnly(
  owned: readonly TopicPartitions[] | null,
  assignment: Assignment,
): boolean {
  if (owned === null) return false;
  return owned.every(({ topicId, partitions }) => {
    const epochs = assignment.get(topicId);
    return epochs !== undefined && partitions.every((partition) => epochs.has(partition));
  });
}
