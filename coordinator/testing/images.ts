/** Metadata images for tests of coordinators. */
import {
  type BrokerImage,
  EMPTY_IMAGE,
  type MetadataImage,
  type PartitionImage,
  type TopicImage,
} from "../../cluster/image/metadata_image.ts";

function partitionImage(replicas: readonly number[]): PartitionImage {
  return {
    replicas,
    directories: [],
    isr: replicas,
    removingReplicas: [],
    addingReplicas: [],
    leader: replicas[0] ?? -1,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    elr: [],
    lastKnownElr: [],
  };
}

function brokerImage(id: number, rack: string | null): BrokerImage {
  return {
    id,
    epoch: 1,
    incarnationId: "AAAAAAAAAAAAAAAAAAAAAQ",
    endpoints: [],
    features: [],
    rack,
    fenced: false,
    inControlledShutdown: false,
    directories: [],
    cordonedDirectories: null,
  };
}

/** A topic whose partitions have these replicas. */
export function topicImage(
  name: string,
  id: string,
  replicas: readonly (readonly number[])[],
): TopicImage {
  return { id, name, partitions: replicas.map(partitionImage) };
}

/** An image with these topics, and a broker in each of the racks, the first with id 0. */
export function imageOf(
  topics: readonly TopicImage[],
  racks: readonly (string | null)[] = [],
  offset = 0,
): MetadataImage {
  return {
    ...EMPTY_IMAGE,
    offset,
    epoch: 1,
    topicsByName: new Map(topics.map((topic) => [topic.name, topic])),
    topicsById: new Map(topics.map((topic) => [topic.id, topic])),
    brokers: new Map(racks.map((rack, id) => [id, brokerImage(id, rack)])),
  };
}
