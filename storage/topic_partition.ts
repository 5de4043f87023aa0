/** Naming of partitions, in memory and on disk. */

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The folder of a partition's log: `TOPIC-N`. */
export function partitionDirectoryName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/** The partition that a folder holds, or null where the name is not of that form. */
export function parsePartitionDirectoryName(name: string): TopicPartition | null {
  const match = /^(.+)-(\d+)$/.exec(name);
  return match === null ? null : { topic: match[1], partition: Number(match[2]) };
}

/** The longest topic name (`Topic.MAX_NAME_LENGTH`). */
export const TOPIC_NAME_LENGTH_MAX = 249;

/** Why a topic may not have this name, or null where it may. */
export function topicNameProblem(name: string): string | null {
  if (name === "") return "the empty string is not allowed";
  if (name === "." || name === "..") return "'.' or '..' is not allowed";
  if (name.length > TOPIC_NAME_LENGTH_MAX) {
    return `the length of '${name}' is longer than the max allowed length ${TOPIC_NAME_LENGTH_MAX}`;
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`;
  }
  return null;
}

/** Topics that coordinators keep; clients may not write to them (`Topic.isInternal`). */
const INTERNAL_TOPICS = new Set([
  "__consumer_offsets",
  "__transaction_state",
  "__share_group_state",
]);

export function isInternalTopic(name: string): boolean {
  return INTERNAL_TOPICS.has(name);
}

/** The topic of the metadata log; it is in no image and no client may touch it. */
export const CLUSTER_METADATA_TOPIC = "__cluster_metadata";
