/** The configs that groups go by: the broker's, and a group's own over them. */
import {
  ConfigResourceType,
  configsOf,
  type MetadataImage,
} from "../../cluster/image/metadata_image.ts";
import type { BrokerConfig } from "../../config/broker_config.ts";
import { groupConfigText } from "../../config/group_config.ts";
import type { GroupConfigName } from "../../config/group_configs.ts";
import { numberOf } from "../../config/parse.ts";

const MINUTE_MS = 60_000;

/** Which protocol a group with members may turn to (`group.consumer.migration.policy`). */
export interface MigrationPolicy {
  readonly upgrade: boolean;
  readonly downgrade: boolean;
}

/** Values are read when they are asked for, since many may be altered at run time. */
export class GroupSettings {
  constructor(
    private readonly config: BrokerConfig,
    private readonly image: () => MetadataImage,
  ) {}

  get initialRebalanceDelayMs(): number {
    return this.config.number("group.initial.rebalance.delay.ms");
  }

  get minSessionTimeoutMs(): number {
    return this.config.number("group.min.session.timeout.ms");
  }

  get maxSessionTimeoutMs(): number {
    return this.config.number("group.max.session.timeout.ms");
  }

  /** Members that a classic group may have. */
  get classicSizeMax(): number {
    return this.config.number("group.max.size");
  }

  /** Members that a consumer group may have. */
  get consumerSizeMax(): number {
    return this.config.number("group.consumer.max.size");
  }

  /** Assignors on offer; the first one is the default. */
  get consumerAssignors(): readonly string[] {
    return this.config.list("group.consumer.assignors");
  }

  get migrationPolicy(): MigrationPolicy {
    const policy = this.config.text("group.consumer.migration.policy")!.toUpperCase();
    return {
      upgrade: policy === "UPGRADE" || policy === "BIDIRECTIONAL",
      downgrade: policy === "DOWNGRADE" || policy === "BIDIRECTIONAL",
    };
  }

  /** Time between two matchings of patterns against the topics there are, in milliseconds. */
  get regexRefreshIntervalMs(): number {
    return this.config.number("group.consumer.regex.refresh.interval.ms");
  }

  consumerSessionTimeoutMs(groupId: string): number {
    return this.ofGroup(groupId, "consumer.session.timeout.ms");
  }

  consumerHeartbeatIntervalMs(groupId: string): number {
    return this.ofGroup(groupId, "consumer.heartbeat.interval.ms");
  }

  consumerAssignmentIntervalMs(groupId: string): number {
    return this.ofGroup(groupId, "consumer.assignment.interval.ms");
  }

  private ofGroup(groupId: string, name: GroupConfigName): number {
    const own = configsOf(this.image(), ConfigResourceType.GROUP, groupId);
    return numberOf(groupConfigText(name, own, this.config)!);
  }

  get offsetMetadataBytesMax(): number {
    return this.config.number("offset.metadata.max.bytes");
  }

  get offsetsRetentionMs(): number {
    return this.config.number("offsets.retention.minutes") * MINUTE_MS;
  }

  get offsetsRetentionCheckIntervalMs(): number {
    return this.config.number("offsets.retention.check.interval.ms");
  }
}
