/** What clients are told of a partition: Metadata (3) and DescribeTopicPartitions (75). */
import type {
  BrokerImage,
  MetadataImage,
  PartitionImage,
} from "../cluster/image/metadata_image.ts";
import { ZERO_UUID } from "../protocol/codec/uuid.ts";

/** Ids that stand for no directory (`DirectoryId`). */
const MIGRATING = ZERO_UUID;
const UNASSIGNED = "AAAAAAAAAAAAAAAAAAAAAQ";
const LOST = "AAAAAAAAAAAAAAAAAAAAAg";

/** Whether clients of a listener can reach a broker that is alive. */
export function isReachable(broker: BrokerImage | undefined, listener: string): boolean {
  return broker !== undefined && !broker.fenced && hasListener(broker, listener);
}

export function hasListener(broker: BrokerImage, listener: string): boolean {
  return broker.endpoints.some(({ name }) => name === listener);
}

/** The leader as clients of a listener know it: -1 where they cannot. */
export function leaderFor(
  image: MetadataImage,
  partition: PartitionImage,
  listener: string,
): number {
  const broker = image.brokers.get(partition.leader);
  return broker !== undefined && hasListener(broker, listener) ? partition.leader : -1;
}

/** Replicas that no client of a listener can reach at present. */
export function offlineReplicas(
  image: MetadataImage,
  { replicas, directories }: PartitionImage,
  listener: string,
): number[] {
  return replicas.filter((id, i) => {
    const broker = image.brokers.get(id);
    return !isReachable(broker, listener) || !hasDirectory(broker!, directories[i]);
  });
}

/** A directory that is not yet told counts as one that works. */
function hasDirectory(broker: BrokerImage, directory: string): boolean {
  if (directory === UNASSIGNED || directory === MIGRATING) return true;
  if (directory === LOST) return false;
  return broker.directories.length === 0 || broker.directories.includes(directory);
}
