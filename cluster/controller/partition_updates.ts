/**
 * What a change of a broker's state means for the partitions: leaving in-sync sets, new leaders
 * (`generateLeaderAndIsrUpdates` in Kafka).
 */
import type { MetadataRecord } from "../../protocol/metadata_records/mod.ts";
import {
  areDirectoriesAssigned,
  isElrEnabled,
  isEpochBumpedOnShrink,
  partitionRecordVersion,
} from "../features.ts";
import {
  isActive,
  type MetadataImage,
  NO_LEADER,
  type PartitionImage,
  type TopicImage,
} from "../image/metadata_image.ts";
import {
  changePartition,
  type PartitionChangeContext,
  type PartitionTarget,
} from "../partition_change.ts";
import type { ControllerContext } from "./decision.ts";
import { defaultDirectory, isInOnlineDirectory } from "./directories.ts";
import { effectiveMinIsr, isUncleanElectionEnabled } from "./topic_config_values.ts";

/** Facts about a partition's topic and cluster that deciding a change needs. */
export function changeContext(
  topic: TopicImage,
  partitionId: number,
  context: ControllerContext,
  isAlive = (replica: number) => isActive(context.image, replica),
): PartitionChangeContext {
  const { image } = context;
  const partition = topic.partitions[partitionId];
  return {
    topicId: topic.id,
    partitionId,
    isAcceptableLeader: (replica) =>
      isAlive(replica) && isInOnlineDirectory(image, partition, replica),
    minIsr: effectiveMinIsr(topic.name, context),
    elrEnabled: isElrEnabled(image),
    recordVersion: partitionRecordVersion(image),
    directoriesAssigned: areDirectoriesAssigned(image),
    epochBumpedOnShrink: isEpochBumpedOnShrink(image),
    defaultDirectory: (replica) => defaultDirectory(image, replica),
  };
}

/** A broker's change of state, as the partitions see it. -1 stands for none. */
export interface BrokerTransition {
  /** Leaves the in-sync sets and may not lead. */
  readonly removed?: number;
  /** May lead from now on, though the image still has it fenced. */
  readonly added?: number;
  /** Was killed: what it had may be incomplete, so it is no longer eligible either. */
  readonly unclean?: number;
}

/** The records for all partitions that `concerns` picks. */
export function partitionUpdates(
  transition: BrokerTransition,
  concerns: (partition: PartitionImage) => boolean,
  context: ControllerContext,
): MetadataRecord[] {
  const { image } = context;
  const { removed = NO_LEADER, added = NO_LEADER, unclean = NO_LEADER } = transition;
  const isAlive = (replica: number) =>
    replica !== removed && replica !== unclean &&
    (replica === added || isActive(image, replica));
  const records: MetadataRecord[] = [];
  for (const [topic, partitionId, partition] of partitionsOf(image)) {
    if (!concerns(partition)) continue;
    const target: PartitionTarget = {
      isr: partition.isr.filter((replica) => replica !== removed && replica !== unclean),
      election: isUncleanElectionEnabled(topic.name, context) ? "unclean" : "online",
      uncleanShutdownReplicas: unclean === NO_LEADER ? [] : [unclean],
    };
    const facts = changeContext(topic, partitionId, context, isAlive);
    const record = changePartition(partition, target, facts);
    if (record !== null) records.push(record);
  }
  return records;
}

/** All partitions of the cluster. */
export function* partitionsOf(
  image: MetadataImage,
): Generator<[topic: TopicImage, partitionId: number, partition: PartitionImage]> {
  for (const topic of image.topicsById.values()) {
    for (let i = 0; i < topic.partitions.length; i++) yield [topic, i, topic.partitions[i]];
  }
}
