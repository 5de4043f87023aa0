/**
 * The consumer groups of one shard (KIP-848): decides ConsumerGroupHeartbeat and ConsumerGroupDescribe,
 * and replays what was decided.
 */
import type { ImageChanges } from "../../../cluster/image/apply.ts";
import type { MetadataImage } from "../../../cluster/image/metadata_image.ts";
import { codeOf, KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { ConsumerGroupHeartbeatRequest } from "../../../protocol/messages/68_consumer_group_heartbeat.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { RequestOrigin } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { ConsumerGroup } from "./consumer_group.ts";
import { type DescribedGroup, describeGroup } from "./describe.ts";
import { Fencing } from "./fencing.ts";
import { type HeartbeatResponse, Heartbeats } from "./heartbeat.ts";
import { MemberState } from "./member.ts";
import { MetadataHasher } from "./metadata_hash.ts";
import { Patterns } from "./patterns.ts";
import type { ProtocolMigration } from "./protocol_migration.ts";
import { Rebalancing } from "./rebalancing.ts";
import { type ConsumerGroupRecord, ConsumerReplay } from "./replay.ts";

export class ConsumerGroups {
  /** Unset: groups with members keep to their protocol. */
  migration: ProtocolMigration | null = null;
  readonly hasher: MetadataHasher;
  readonly patterns: Patterns;
  readonly fencing: Fencing;
  readonly rebalancing: Rebalancing;
  private readonly heartbeats: Heartbeats;
  private readonly replayed: ConsumerReplay;
  /** The image that changes are seen against. */
  private image: MetadataImage | null = null;

  constructor(private readonly env: GroupEnvironment) {
    const migration = () => this.migration;
    this.hasher = new MetadataHasher(env.context.image);
    this.patterns = new Patterns(env, this.hasher);
    this.fencing = new Fencing(env, this.hasher, migration);
    this.rebalancing = new Rebalancing(env, this.hasher, this.fencing);
    this.heartbeats = new Heartbeats(env, this, migration);
    this.replayed = new ConsumerReplay(env);
  }

  /** See `Heartbeats.handle` for the errors. */
  heartbeat(
    origin: RequestOrigin,
    request: ConsumerGroupHeartbeatRequest,
  ): CoordinatorResult<GroupRecord, HeartbeatResponse> {
    return this.heartbeats.handle(origin, request);
  }

  /** The group, or GROUP_ID_NOT_FOUND in its place. */
  describe(groupId: string): DescribedGroup {
    const { groups, settings, context } = this.env;
    try {
      const group = groups.require(groupId);
      if (group instanceof ConsumerGroup) {
        return describeGroup(group, settings.consumerAssignors[0], context.image());
      }
      throw new KafkaError("GROUP_ID_NOT_FOUND", `Group ${groupId} is not a consumer group.`);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return { groupId, errorCode: codeOf(error), errorMessage: error.message };
    }
  }

  replay(record: ConsumerGroupRecord): void {
    this.replayed.apply(record);
  }

  /** Everything is replayed: members have their whole session and rebalance timeouts from now. */
  onLoaded(): void {
    const { groups, settings, context } = this.env;
    this.image = context.image();
    this.patterns.newTopicsAt = this.image.offset;
    for (const group of groups.all) {
      if (!(group instanceof ConsumerGroup)) continue;
      const { groupId } = group;
      const sessionTimeoutMs = settings.consumerSessionTimeoutMs(groupId);
      for (const member of group.members.values()) {
        this.fencing.awaitHeartbeat(groupId, member.memberId, sessionTimeoutMs);
        if (member.state === MemberState.UNREVOKED_PARTITIONS) {
          this.fencing.awaitRevocation(groupId, member);
        }
      }
    }
  }

  onUnloaded(_error: KafkaError): void {
    // Nobody waits: every request was answered, or waits for its records to be committed.
  }

  /** Groups look at their topics anew with the next heartbeat after one of them has changed. */
  onImage(image: MetadataImage, { topics, removedTopics }: ImageChanges): void {
    const before = this.image?.topicsById;
    this.image = image;
    if ([...topics].some((id) => !before?.has(id))) this.patterns.newTopicsAt = image.offset;
    const names = new Set([...removedTopics.values()].map(({ name }) => name));
    for (const id of topics) {
      const topic = image.topicsById.get(id);
      if (topic !== undefined) names.add(topic.name);
    }
    if (names.size === 0) return;
    for (const group of this.env.groups.all) {
      if (!(group instanceof ConsumerGroup)) continue;
      if (group.subscriptions.hasTopicOf(names)) group.requestMetadataRefresh();
    }
  }
}
