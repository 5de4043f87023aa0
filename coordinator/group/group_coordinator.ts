/**
 * The group coordinator: groups and their committed offsets, on the partitions of
 * `__consumer_offsets` that this node leads.
 */
import type { ImageChanges } from "../../cluster/image/apply.ts";
import type { MetadataImage } from "../../cluster/image/metadata_image.ts";
import type { ReplicaManager } from "../../cluster/replica_manager.ts";
import type { BrokerConfig } from "../../config/broker_config.ts";
import type { Clock } from "../../lib/clock.ts";
import type { LogOutput } from "../../lib/log_output.ts";
import type { Random } from "../../lib/random.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { type GroupRecord, groupRecords } from "../../protocol/group_records/mod.ts";
import type { CompressionId } from "../../protocol/records/compression/compression.ts";
import { CoordinatorRuntime } from "../runtime/coordinator_runtime.ts";
import type { CoordinatorResult } from "../runtime/shard.ts";
import { GroupSettings } from "./group_settings.ts";
import { GroupShard } from "./group_shard.ts";
import { toldAs } from "./told_error.ts";

export const GROUP_METADATA_TOPIC = "__consumer_offsets";

/** The version of the feature `group.version` from which on the new protocol is spoken (KIP-848). */
const CONSUMER_PROTOCOL_LEVEL = 1;

function asTold(error: unknown): unknown {
  return error instanceof KafkaError ? toldAs(error) : error;
}

export interface GroupCoordinatorOptions {
  readonly config: BrokerConfig;
  readonly replicas: ReplicaManager;
  readonly image: () => MetadataImage;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: LogOutput;
  /** Runs something in a later turn of the event loop. */
  readonly defer: (run: () => void) => void;
}

export class GroupCoordinator {
  readonly settings: GroupSettings;
  private readonly runtime: CoordinatorRuntime<GroupRecord, GroupShard>;

  constructor(private readonly options: GroupCoordinatorOptions) {
    const { config, replicas, image } = options;
    this.settings = new GroupSettings(config, image);
    this.runtime = new CoordinatorRuntime<GroupRecord, GroupShard>({
      ...options,
      topic: GROUP_METADATA_TOPIC,
      findPartition: (partition) => replicas.find(GROUP_METADATA_TOPIC, partition),
      format: groupRecords,
      makeShard: (context) => new GroupShard(context, this.settings),
      appendLingerMs: () => config.number("group.coordinator.append.linger.ms"),
      compression: () => config.number("offsets.topic.compression.codec") as CompressionId,
      commitTimeoutMs: () => config.number("offsets.commit.timeout.ms"),
      loadBufferBytes: () => config.number("offsets.load.buffer.size"),
    });
  }

  /** Whether groups of the new protocol are served. */
  get speaksConsumerProtocol(): boolean {
    const { config, image } = this.options;
    return config.list("group.coordinator.rebalance.protocols").includes("consumer") &&
      (image().features.get("group.version") ?? 0) >= CONSUMER_PROTOCOL_LEVEL;
  }

  /** The partition of `__consumer_offsets` that a group lives in; undefined while there is none. */
  partitionOf(groupId: string): number | undefined {
    return this.runtime.partitionOf(groupId);
  }

  start(): void {
    this.runtime.start();
  }

  onImage(image: MetadataImage, changes: ImageChanges): void {
    this.runtime.onImage(image, changes);
  }

  /**
   * Runs a command on the shard of a group. Throws `KafkaError`: what the command refuses, or
   * COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR.
   */
  async write<R>(
    groupId: string,
    command: (shard: GroupShard) => CoordinatorResult<GroupRecord, R>,
  ): Promise<R> {
    try {
      return await this.runtime.write(groupId, command);
    } catch (error) {
      throw asTold(error);
    }
  }

  /** Asks the shard of a group. Throws as `write` does. */
  async read<R>(groupId: string, question: (shard: GroupShard) => R): Promise<R> {
    try {
      return await this.runtime.read(groupId, question);
    } catch (error) {
      throw asTold(error);
    }
  }

  /** Asks every shard of this node. */
  async readAll<R>(question: (shard: GroupShard) => R): Promise<R[]> {
    try {
      return await this.runtime.readAll(question);
    } catch (error) {
      throw asTold(error);
    }
  }

  /** Stops in order: what was recorded is appended, whoever waits is answered NOT_COORDINATOR. */
  close(): Promise<void> {
    return this.runtime.close();
  }

  /** Lets go of everything at once, as a crash would. */
  abandon(): void {
    this.runtime.abandon();
  }
}
