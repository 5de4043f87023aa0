/**
 * The reducer of the metadata log: an image and records make the next image. Pure.
 */
import { clientMetricsConfigKey } from "../../config/client_metrics_config.ts";
import { groupConfigKey } from "../../config/group_config.ts";
import { topicConfigKey } from "../../config/topic/topic_config.ts";
import type { MetadataRecord, MetadataRecordData } from "../../protocol/metadata_records/mod.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import {
  type BrokerImage,
  configResourceKey,
  ConfigResourceType,
  type ConfigsOfResource,
  type ControllerImage,
  type MetadataImage,
  type PartitionImage,
  type TopicImage,
} from "./metadata_image.ts";

/** PartitionChangeRecord's leader where the leader does not change. */
const NO_LEADER_CHANGE = -2;
const NO_RECOVERY_STATE_CHANGE = -1;

/** What a run of records changed, so that whoever follows the image need not compare it all. */
export interface ImageChanges {
  /** Ids of topics that are new or different. */
  readonly topics: ReadonlySet<string>;
  readonly removedTopics: ReadonlyMap<string, TopicImage>;
  /** By `configResourceKey`. */
  readonly configs: ReadonlySet<string>;
  readonly brokers: boolean;
  readonly features: boolean;
}

/** A record that contradicts what came before it. */
export class InconsistentRecordError extends Error {
  override name = "InconsistentRecordError";
}

/** Folds records into an image; `offset` and `epoch` are those of the last one. */
export function applyRecords(
  image: MetadataImage,
  records: Iterable<MetadataRecord>,
  offset: number,
  epoch: number,
): { image: MetadataImage; changes: ImageChanges } {
  const builder = new ImageBuilder(image);
  for (const record of records) builder.apply(record);
  return { image: builder.build(offset, epoch), changes: builder.changes };
}

class ImageBuilder {
  readonly changes = {
    topics: new Set<string>(),
    removedTopics: new Map<string, TopicImage>(),
    configs: new Set<string>(),
    brokers: false,
    features: false,
  };
  private features: Map<string, number> | null = null;
  private brokers: Map<number, BrokerImage> | null = null;
  private controllers: Map<number, ControllerImage> | null = null;
  private topicsByName: Map<string, TopicImage> | null = null;
  private topicsById: Map<string, TopicImage> | null = null;
  private configs: Map<string, ConfigsOfResource> | null = null;
  private nextProducerId: number;
  /** Partition lists that this builder made and may still change, by topic id. */
  private readonly ownPartitions = new Map<string, PartitionImage[]>();

  constructor(private readonly base: MetadataImage) {
    this.nextProducerId = base.nextProducerId;
  }

  build(offset: number, epoch: number): MetadataImage {
    const { base } = this;
    return {
      offset,
      epoch,
      features: this.features ?? base.features,
      brokers: this.brokers ?? base.brokers,
      controllers: this.controllers ?? base.controllers,
      topicsByName: this.topicsByName ?? base.topicsByName,
      topicsById: this.topicsById ?? base.topicsById,
      configs: this.configs ?? base.configs,
      nextProducerId: this.nextProducerId,
    };
  }

  apply(record: MetadataRecord): void {
    switch (record.type) {
      case "RegisterBrokerRecord":
        return this.registerBroker(record.data);
      case "UnregisterBrokerRecord":
        this.requireBroker(record.data.brokerId, record.data.brokerEpoch);
        this.writableBrokers().delete(record.data.brokerId);
        return;
      case "FenceBrokerRecord":
        return this.changeBroker(record.data.id, record.data.epoch, { fenced: true });
      case "UnfenceBrokerRecord":
        return this.changeBroker(record.data.id, record.data.epoch, { fenced: false });
      case "BrokerRegistrationChangeRecord":
        return this.changeRegistration(record.data);
      case "RegisterControllerRecord":
        return this.registerController(record.data);
      case "TopicRecord":
        return this.putTopic({
          id: record.data.topicId,
          name: record.data.name,
          partitions: [],
        });
      case "PartitionRecord":
        return this.putPartition(record.data);
      case "PartitionChangeRecord":
        return this.changePartition(record.data);
      case "RemoveTopicRecord":
        return this.removeTopic(record.data.topicId);
      case "ClearElrRecord":
        return this.clearElr(record.data.topicName);
      case "ConfigRecord":
        return this.putConfig(record.data);
      case "FeatureLevelRecord":
        return this.putFeature(record.data.name, record.data.featureLevel);
      case "ProducerIdsRecord":
        this.nextProducerId = record.data.nextProducerId;
        return;
      case "NoOpRecord":
      case "ZkMigrationStateRecord":
      case "BeginTransactionRecord":
      case "EndTransactionRecord":
      case "AbortTransactionRecord":
        return;
      // Security and quotas keep these records in the log and read them there once they are built.
      case "AccessControlEntryRecord":
      case "RemoveAccessControlEntryRecord":
      case "UserScramCredentialRecord":
      case "RemoveUserScramCredentialRecord":
      case "DelegationTokenRecord":
      case "RemoveDelegationTokenRecord":
      case "ClientQuotaRecord":
        return;
    }
  }

  private writableBrokers(): Map<number, BrokerImage> {
    this.changes.brokers = true;
    return this.brokers ??= new Map(this.base.brokers);
  }

  private requireBroker(id: number, epoch: number): BrokerImage {
    const broker = (this.brokers ?? this.base.brokers).get(id);
    if (broker === undefined || broker.epoch !== epoch) {
      throw new InconsistentRecordError(`No broker ${id} of epoch ${epoch} is registered`);
    }
    return broker;
  }

  private registerBroker(data: MetadataRecordData<"RegisterBrokerRecord">): void {
    this.writableBrokers().set(data.brokerId, {
      id: data.brokerId,
      epoch: data.brokerEpoch,
      incarnationId: data.incarnationId,
      endpoints: data.endPoints.map(endpointOf),
      features: data.features.map(featureOf),
      rack: data.rack,
      fenced: data.fenced,
      inControlledShutdown: data.inControlledShutdown,
      directories: data.logDirs,
      cordonedDirectories: data.cordonedLogDirs,
    });
  }

  private changeBroker(id: number, epoch: number, change: Partial<BrokerImage>): void {
    const broker = this.requireBroker(id, epoch);
    this.writableBrokers().set(id, { ...broker, ...change });
  }

  private changeRegistration(data: MetadataRecordData<"BrokerRegistrationChangeRecord">): void {
    const change: { -readonly [K in keyof BrokerImage]?: BrokerImage[K] } = {};
    if (data.fenced !== 0) change.fenced = data.fenced > 0;
    if (data.inControlledShutdown !== 0) {
      change.inControlledShutdown = data.inControlledShutdown > 0;
    }
    if (data.logDirs.length > 0) change.directories = data.logDirs;
    if (data.cordonedLogDirs !== null) change.cordonedDirectories = data.cordonedLogDirs;
    this.changeBroker(data.brokerId, data.brokerEpoch, change);
  }

  private registerController(data: MetadataRecordData<"RegisterControllerRecord">): void {
    this.controllers ??= new Map(this.base.controllers);
    this.controllers.set(data.controllerId, {
      id: data.controllerId,
      incarnationId: data.incarnationId,
      endpoints: data.endPoints.map(endpointOf),
      features: data.features.map(featureOf),
    });
  }

  private putTopic(topic: TopicImage): void {
    this.topicsByName ??= new Map(this.base.topicsByName);
    this.topicsById ??= new Map(this.base.topicsById);
    this.topicsByName.set(topic.name, topic);
    this.topicsById.set(topic.id, topic);
    this.changes.topics.add(topic.id);
  }

  private requireTopic(id: string): TopicImage {
    const topic = (this.topicsById ?? this.base.topicsById).get(id);
    if (topic === undefined) throw new InconsistentRecordError(`No topic has the id ${id}`);
    return topic;
  }

  private setPartition(topicId: string, index: number, partition: PartitionImage): void {
    const topic = this.requireTopic(topicId);
    let partitions = this.ownPartitions.get(topicId);
    if (partitions === undefined) {
      partitions = topic.partitions.slice();
      this.ownPartitions.set(topicId, partitions);
      this.putTopic({ ...topic, partitions });
    }
    partitions[index] = partition;
  }

  private putPartition(data: MetadataRecordData<"PartitionRecord">): void {
    this.setPartition(data.topicId, data.partitionId, {
      replicas: data.replicas,
      directories: directoriesFor(data.directories, data.replicas),
      isr: data.isr,
      removingReplicas: data.removingReplicas,
      addingReplicas: data.addingReplicas,
      leader: data.leader,
      leaderRecoveryState: data.leaderRecoveryState,
      leaderEpoch: data.leaderEpoch,
      partitionEpoch: data.partitionEpoch,
      elr: data.eligibleLeaderReplicas ?? [],
      lastKnownElr: data.lastKnownElr ?? [],
    });
  }

  private changePartition(data: MetadataRecordData<"PartitionChangeRecord">): void {
    const old = this.requireTopic(data.topicId).partitions[data.partitionId];
    if (old === undefined) {
      throw new InconsistentRecordError(`${data.topicId} has no partition ${data.partitionId}`);
    }
    const replicas = data.replicas ?? old.replicas;
    const leads = data.leader !== NO_LEADER_CHANGE;
    this.setPartition(data.topicId, data.partitionId, {
      replicas,
      directories: directoriesFor(data.directories ?? old.directories, replicas),
      isr: data.isr ?? old.isr,
      removingReplicas: data.removingReplicas ?? old.removingReplicas,
      addingReplicas: data.addingReplicas ?? old.addingReplicas,
      leader: leads ? data.leader : old.leader,
      leaderRecoveryState: data.leaderRecoveryState === NO_RECOVERY_STATE_CHANGE
        ? old.leaderRecoveryState
        : data.leaderRecoveryState,
      leaderEpoch: leads ? old.leaderEpoch + 1 : old.leaderEpoch,
      partitionEpoch: old.partitionEpoch + 1,
      elr: data.eligibleLeaderReplicas ?? old.elr,
      lastKnownElr: data.lastKnownElr ?? old.lastKnownElr,
    });
  }

  private removeTopic(id: string): void {
    const topic = this.requireTopic(id);
    this.topicsByName ??= new Map(this.base.topicsByName);
    this.topicsById ??= new Map(this.base.topicsById);
    this.topicsByName.delete(topic.name);
    this.topicsById.delete(id);
    this.ownPartitions.delete(id);
    this.changes.topics.delete(id);
    this.changes.removedTopics.set(id, topic);
    const key = configResourceKey(ConfigResourceType.TOPIC, topic.name);
    if ((this.configs ?? this.base.configs).has(key)) this.writableConfigs(key).delete(key);
  }

  /** Forgets eligible leader replicas: of one topic, or of all where no name is given. */
  private clearElr(topicName: string): void {
    const topics = this.topicsByName ?? this.base.topicsByName;
    const one = topics.get(topicName);
    const affected = topicName === "" ? [...topics.values()] : one === undefined ? [] : [one];
    for (const topic of affected) {
      if (topic.partitions.every((p) => p.elr.length === 0 && p.lastKnownElr.length === 0)) {
        continue;
      }
      const partitions = topic.partitions.map((p) => ({ ...p, elr: [], lastKnownElr: [] }));
      this.ownPartitions.set(topic.id, partitions);
      this.putTopic({ ...topic, partitions });
    }
  }

  private writableConfigs(key: string): Map<string, ConfigsOfResource> {
    this.changes.configs.add(key);
    return this.configs ??= new Map(this.base.configs);
  }

  private putConfig(data: MetadataRecordData<"ConfigRecord">): void {
    if (!isSupportedConfig(data.resourceType, data.name)) return;
    const key = configResourceKey(data.resourceType, data.resourceName);
    const configs = this.writableConfigs(key);
    const values = new Map(configs.get(key));
    if (data.value === null) values.delete(data.name);
    else values.set(data.name, data.value);
    if (values.size === 0) configs.delete(key);
    else configs.set(key, values);
  }

  private putFeature(name: string, level: number): void {
    this.changes.features = true;
    this.features ??= new Map(this.base.features);
    if (level === 0) this.features.delete(name);
    else this.features.set(name, level);
  }
}

/**
 * Whether there is such a config (`DefaultSupportedConfigChecker`). An older Kafka may have written
 * one that is gone since, like a topic's message.format.version; a broker's may belong to a plugin.
 */
function isSupportedConfig(type: number, name: string): boolean {
  switch (type) {
    case ConfigResourceType.TOPIC:
      return topicConfigKey(name) !== undefined;
    case ConfigResourceType.GROUP:
      return groupConfigKey(name) !== undefined;
    case ConfigResourceType.CLIENT_METRICS:
      return clientMetricsConfigKey(name) !== undefined;
    default:
      return type === ConfigResourceType.BROKER;
  }
}

function endpointOf(
  { name, host, port, securityProtocol }: {
    name: string;
    host: string;
    port: number;
    securityProtocol: number;
  },
) {
  return { name, host, port, securityProtocol };
}

function featureOf(
  { name, minSupportedVersion, maxSupportedVersion }: {
    name: string;
    minSupportedVersion: number;
    maxSupportedVersion: number;
  },
) {
  return { name, min: minSupportedVersion, max: maxSupportedVersion };
}

/** Records older than metadata version 3.7-IV2 do not say in which directory a replica is. */
function directoriesFor(
  directories: readonly string[],
  replicas: readonly number[],
): readonly string[] {
  return directories.length === replicas.length ? directories : replicas.map(() => ZERO_UUID);
}
