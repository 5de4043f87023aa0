/**
 * The cluster's metadata at one offset of the metadata log: what the records up to there come to.
 * Immutable; the next image shares with it whatever did not change.
 */
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";

export const NO_LEADER = -1;

/** Whether a leader was elected from outside the in-sync set and has yet to recover. */
export const LeaderRecoveryState = { RECOVERED: 0, RECOVERING: 1 } as const;

export interface PartitionImage {
  readonly replicas: readonly number[];
  /** The log directory of each replica, by directory id. */
  readonly directories: readonly string[];
  readonly isr: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly addingReplicas: readonly number[];
  /** -1 where there is none. */
  readonly leader: number;
  readonly leaderRecoveryState: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  /** Eligible leader replicas (KIP-966). */
  readonly elr: readonly number[];
  readonly lastKnownElr: readonly number[];
}

export interface TopicImage {
  readonly id: string;
  readonly name: string;
  /** By partition number. */
  readonly partitions: readonly PartitionImage[];
}

/** An address under which a node is reached. */
export interface Endpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Kafka's `SecurityProtocol` id: 0 is PLAINTEXT. */
  readonly securityProtocol: number;
}

/** The levels of a feature that a node supports. */
export interface FeatureRange {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface BrokerImage {
  readonly id: number;
  readonly epoch: number;
  readonly incarnationId: string;
  readonly endpoints: readonly Endpoint[];
  readonly features: readonly FeatureRange[];
  readonly rack: string | null;
  readonly fenced: boolean;
  readonly inControlledShutdown: boolean;
  /** Ids of its log directories. */
  readonly directories: readonly string[];
  /** Those of them that get no new replicas (KIP-1066); null where the broker has not said yet. */
  readonly cordonedDirectories: readonly string[] | null;
}

export interface ControllerImage {
  readonly id: number;
  readonly incarnationId: string;
  readonly endpoints: readonly Endpoint[];
  readonly features: readonly FeatureRange[];
}

/** The kinds of resources that have configs (`ConfigResource.Type`). */
export const ConfigResourceType = {
  UNKNOWN: 0,
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const;

export type ConfigsOfResource = ReadonlyMap<string, string>;

export interface MetadataImage {
  /** Offset and epoch of the last record that is in the image; -1 for none. */
  readonly offset: number;
  readonly epoch: number;
  /** Finalised feature levels by name; a level of 0 is absent. */
  readonly features: ReadonlyMap<string, number>;
  readonly brokers: ReadonlyMap<number, BrokerImage>;
  readonly controllers: ReadonlyMap<number, ControllerImage>;
  readonly topicsByName: ReadonlyMap<string, TopicImage>;
  readonly topicsById: ReadonlyMap<string, TopicImage>;
  /** By `configResourceKey`. */
  readonly configs: ReadonlyMap<string, ConfigsOfResource>;
  /** The first producer id that is not handed out yet. */
  readonly nextProducerId: number;
}

export const EMPTY_IMAGE: MetadataImage = {
  offset: -1,
  epoch: -1,
  features: new Map(),
  brokers: new Map(),
  controllers: new Map(),
  topicsByName: new Map(),
  topicsById: new Map(),
  configs: new Map(),
  nextProducerId: 0,
};

/** The key of a resource's configs in an image. */
export function configResourceKey(type: number, name: string): string {
  return `${type}/${name}`;
}

const NO_CONFIGS: ConfigsOfResource = new Map();

/** The configs of a resource that were set at run time. */
export function configsOf(image: MetadataImage, type: number, name: string): ConfigsOfResource {
  return image.configs.get(configResourceKey(type, name)) ?? NO_CONFIGS;
}

/** Whether a broker may lead and be in sync: registered, not fenced, not shutting down. */
export function isActive(image: MetadataImage, brokerId: number): boolean {
  const broker = image.brokers.get(brokerId);
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown;
}

export function partitionOf(
  image: MetadataImage,
  topic: string,
  partition: number,
): PartitionImage | undefined {
  return image.topicsByName.get(topic)?.partitions[partition];
}

/** The name of the topic with this id, or undefined; the zero id has none. */
export function topicNameOf(image: MetadataImage, topicId: string): string | undefined {
  return topicId === ZERO_UUID ? undefined : image.topicsById.get(topicId)?.name;
}
