/** A group's committed offsets: read, and written for a group without members. */
import { ErrorCode } from "../protocol/errors.ts";
import { OffsetCommit } from "../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../protocol/messages/09_offset_fetch.ts";
import { type ClusterClient, requireNoError } from "./cluster.ts";

/**
 * The last version that names topics instead of giving their ids: with ids, OffsetFetch leaves out
 * what is committed for topics that are deleted.
 */
const TOPIC_NAMES_VERSION_MAX = 9;

const NO_OFFSET = -1;

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

export interface CommittedOffset extends PartitionOffset {
  /** Of the last record that was consumed; null where it was not told. */
  readonly leaderEpoch: number | null;
  readonly metadata: string;
}

/** A partition's name in Kafka's own notation. */
export function partitionName(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** Orders by topic, then by partition. */
export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}

/** All that a group has committed, by `partitionName`. Throws `KafkaError`. */
export function committedOffsets(
  cluster: ClusterClient,
  groupId: string,
): Promise<Map<string, CommittedOffset>> {
  return cluster.retrying(async () => {
    const answer = await cluster.askCoordinator(
      groupId,
      OffsetFetch,
      { groups: [{ groupId, topics: null }] },
      TOPIC_NAMES_VERSION_MAX,
    );
    const [{ errorCode, topics }] = answer.groups;
    requireNoError(errorCode);
    const committed = new Map<string, CommittedOffset>();
    for (const { name: topic, partitions } of topics) {
      for (const { partitionIndex: partition, errorCode, metadata, ...p } of partitions) {
        requireNoError(errorCode);
        if (p.committedOffset === NO_OFFSET) continue;
        committed.set(partitionName(topic, partition), {
          topic,
          partition,
          offset: p.committedOffset,
          leaderEpoch: p.committedLeaderEpoch < 0 ? null : p.committedLeaderEpoch,
          metadata: metadata ?? "",
        });
      }
    }
    return committed;
  });
}

/** An offset that was not committed, and the error code. */
export interface FailedCommit extends TopicPartition {
  readonly errorCode: number;
}

const COORDINATOR_ERRORS: readonly number[] = [
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
];

/**
 * Commits offsets as no member of the group, which the coordinator takes only while the group has
 * none. A group that there is not comes about. Returns what failed, UNKNOWN_MEMBER_ID where there
 * are members.
 */
export function commitOffsets(
  cluster: ClusterClient,
  groupId: string,
  offsets: readonly PartitionOffset[],
): Promise<FailedCommit[]> {
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, own]) => ({
    name,
    partitions: own.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedMetadata: "",
    })),
  }));
  return cluster.retrying(async () => {
    const answer = await cluster.askCoordinator(
      groupId,
      OffsetCommit,
      { groupId, topics },
      TOPIC_NAMES_VERSION_MAX,
    );
    const failed = answer.topics.flatMap(({ name: topic, partitions }) =>
      partitions
        .filter(({ errorCode }) => errorCode !== ErrorCode.NONE)
        .map(({ partitionIndex: partition, errorCode }) => ({ topic, partition, errorCode }))
    );
    for (const { errorCode } of failed) {
      if (COORDINATOR_ERRORS.includes(errorCode)) requireNoError(errorCode);
    }
    return failed;
  });
}
