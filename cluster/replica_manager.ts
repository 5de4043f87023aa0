/**
 * The partitions that this node has replicas of, kept in step with the metadata image: logs are
 * opened and given up, leaders appointed, settings changed, as the image says.
 */
import type { BrokerConfig } from "../config/broker_config.ts";
import { TopicConfig } from "../config/topic/topic_config.ts";
import type { LogOutput } from "../lib/log_output.ts";
import { KafkaError } from "../protocol/errors.ts";
import type { PartitionLog } from "../storage/log.ts";
import { type LogConfig, logConfigOf } from "../storage/log_config.ts";
import type { LogDirectory } from "../storage/log_directory.ts";
import type { LogManager } from "../storage/log_manager.ts";
import { parsePartitionDirectoryName, partitionDirectoryName } from "../storage/topic_partition.ts";
import type { ImageChanges } from "./image/apply.ts";
import {
  configResourceKey,
  ConfigResourceType,
  configsOf,
  EMPTY_IMAGE,
  type MetadataImage,
  partitionOf,
  type TopicImage,
} from "./image/metadata_image.ts";
import { Partition } from "./partition.ts";

/** A replica of this node that lies in another directory than the image says (KIP-858). */
export interface DirectoryAssignment {
  readonly topicId: string;
  readonly partition: number;
  readonly directoryId: string;
}

export interface ReplicaManagerOptions {
  readonly nodeId: number;
  readonly config: BrokerConfig;
  readonly logs: LogManager;
  readonly logger: LogOutput;
  /** Told of replicas whose directory the controller does not know yet. */
  readonly onAssigned: (assignments: readonly DirectoryAssignment[]) => void;
}

/** A replica whose log cannot be used. */
const OFFLINE = Symbol("offline");

type Replica = Partition | typeof OFFLINE;

export class ReplicaManager {
  private image: MetadataImage = EMPTY_IMAGE;
  /** By topic name, then partition number; holes where this node has no replica. */
  private readonly replicas = new Map<string, (Replica | undefined)[]>();
  private readonly byLog = new Map<PartitionLog, Partition>();
  private folders = new Map<string, LogDirectory>();
  private assignments: DirectoryAssignment[] = [];

  constructor(private readonly options: ReplicaManagerOptions) {
    options.logs.onFlushed = (log, endOffset) => this.byLog.get(log)?.flushed(endOffset);
    options.logs.onOffline = (log) => this.byLog.get(log)?.notify();
    options.config.onChange(() => this.reconfigureAll());
  }

  /** Opens everything that the image gives to this node; other folders are put aside. */
  start(image: MetadataImage): void {
    const { logs } = this.options;
    logs.removeDeletedFolders();
    this.image = image;
    this.folders = logs.folders();
    for (const [name, directory] of this.folders) this.putAsideStray(name, directory);
    for (const topic of image.topicsByName.values()) this.applyTopic(topic);
    this.folders.clear();
    this.tellAssignments();
  }

  /** A folder of a topic that is gone, or of an earlier one of its name, is kept under another name. */
  private putAsideStray(name: string, directory: LogDirectory): void {
    const { logs, nodeId, logger } = this.options;
    const named = parsePartitionDirectoryName(name);
    const topic = named === null ? undefined : this.image.topicsByName.get(named.topic);
    const replicas = named === null ? undefined : topic?.partitions[named.partition]?.replicas;
    const mayBeOurs = replicas?.includes(nodeId) === true;
    if (mayBeOurs && logs.mayBelongTo(directory, name, topic!.id)) return;
    const kept = logs.putAside(directory, name);
    this.folders.delete(name);
    logger.warn("folder belongs to no partition of this node; it is kept aside", {
      folder: name,
      keptAs: kept,
    });
  }

  /** Follows one new image. */
  applyImage(image: MetadataImage, changes: ImageChanges): void {
    this.image = image;
    for (const topic of changes.removedTopics.values()) this.removeTopic(topic);
    for (const id of changes.topics) {
      const topic = image.topicsById.get(id);
      if (topic !== undefined) this.applyTopic(topic);
    }
    for (const name of this.replicas.keys()) {
      const key = configResourceKey(ConfigResourceType.TOPIC, name);
      if (changes.configs.has(key)) this.reconfigure(name);
    }
    this.tellAssignments();
  }

  private applyTopic(topic: TopicImage): void {
    const { nodeId } = this.options;
    const known = this.replicas.get(topic.name) ?? [];
    topic.partitions.forEach((image, index) => {
      const mine = image.replicas.indexOf(nodeId);
      if (mine < 0) return this.giveUp(known, topic.name, index);
      const replica = known[index] ??= this.open(topic, index, image.directories[mine]);
      if (replica !== OFFLINE && replica.image !== image) replica.applyImage(image);
    });
    if (known.some((replica) => replica !== undefined)) this.replicas.set(topic.name, known);
    else this.replicas.delete(topic.name);
  }

  private open(topic: TopicImage, index: number, directoryId: string): Replica {
    const { logs, nodeId, logger } = this.options;
    const at = { topic: topic.name, partition: index };
    const directory = this.folders.get(partitionDirectoryName(at)) ??
      logs.directories.find(({ id }) => id === directoryId);
    try {
      const log = logs.open(at, topic.id, this.logConfig(topic.name), directory);
      const partition = new Partition(topic.name, topic.id, index, log, nodeId);
      this.byLog.set(log, partition);
      const actual = logs.directoryIdOf(log);
      if (actual !== directoryId) {
        this.assignments.push({ topicId: topic.id, partition: index, directoryId: actual });
      }
      return partition;
    } catch (error) {
      logger.error("log cannot be opened; the partition is offline", {
        log: partitionDirectoryName(at),
        error: error instanceof Error ? error.message : String(error),
      });
      return OFFLINE;
    }
  }

  private tellAssignments(): void {
    if (this.assignments.length === 0) return;
    const told = this.assignments;
    this.assignments = [];
    this.options.onAssigned(told);
  }

  private giveUp(known: (Replica | undefined)[], topic: string, index: number): void {
    const replica = known[index];
    if (replica === undefined) return;
    known[index] = undefined;
    if (replica === OFFLINE) return;
    this.byLog.delete(replica.log);
    this.options.logs.delete({ topic, partition: index });
    replica.notify();
  }

  private removeTopic({ name }: TopicImage): void {
    const known = this.replicas.get(name);
    if (known === undefined) return;
    this.replicas.delete(name);
    known.forEach((_, index) => this.giveUp(known, name, index));
  }

  private logConfig(topic: string): LogConfig {
    const { config } = this.options;
    const overrides = configsOf(this.image, ConfigResourceType.TOPIC, topic);
    return logConfigOf(new TopicConfig(overrides, config), config);
  }

  private reconfigure(topic: string): void {
    const config = this.logConfig(topic);
    for (const replica of this.replicas.get(topic) ?? []) {
      if (replica !== undefined && replica !== OFFLINE) replica.log.config = config;
    }
  }

  private reconfigureAll(): void {
    for (const topic of this.replicas.keys()) this.reconfigure(topic);
  }

  /** The partition, where this node has a usable replica of it. */
  find(topic: string, index: number): Partition | undefined {
    const replica = this.replicas.get(topic)?.[index];
    return replica === OFFLINE ? undefined : replica;
  }

  /**
   * The partition. Throws KAFKA_STORAGE_ERROR where its log cannot be used, NOT_LEADER_OR_FOLLOWER
   * where other nodes have it, UNKNOWN_TOPIC_OR_PARTITION where there is none.
   */
  require(topic: string, index: number): Partition {
    const replica = this.replicas.get(topic)?.[index];
    if (replica === OFFLINE) {
      throw new KafkaError(
        "KAFKA_STORAGE_ERROR",
        `Partition ${topic}-${index} is in an offline log directory`,
      );
    }
    if (replica !== undefined) return replica;
    throw new KafkaError(
      partitionOf(this.image, topic, index) === undefined
        ? "UNKNOWN_TOPIC_OR_PARTITION"
        : "NOT_LEADER_OR_FOLLOWER",
    );
  }
}
