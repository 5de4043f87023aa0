/**
 * The state machine of one partition of `__consumer_offsets`: its groups, classic and new, and their
 * committed offsets.
 */
import type { ImageChanges } from "../../cluster/image/apply.ts";
import type { MetadataImage } from "../../cluster/image/metadata_image.ts";
import { codeOf, ErrorCode, KafkaError } from "../../protocol/errors.ts";
import type { GroupRecord } from "../../protocol/group_records/mod.ts";
import type { DeleteGroupsResponse } from "../../protocol/messages/42_delete_groups.ts";
import type { CoordinatorResult, CoordinatorShard, ShardContext } from "../runtime/shard.ts";
import { ClassicGroups } from "./classic/classic_groups.ts";
import { ConsumerGroups } from "./consumer/consumer_groups.ts";
import type { Group, ListedGroup } from "./group.ts";
import type { GroupSettings } from "./group_settings.ts";
import { type GroupEnvironment, GroupStore } from "./group_store.ts";
import { connectProtocols } from "./migration/migration.ts";
import { OffsetManager } from "./offsets/offset_manager.ts";

const EXPIRATION_TIMER = "expiration of offsets";
const DELETED_TOPICS_TIMER = "offsets of deleted topics";

type DeletedGroup = NonNullable<DeleteGroupsResponse["results"]>[number];

export class GroupShard implements CoordinatorShard<GroupRecord> {
  readonly groups = new GroupStore();
  readonly classic: ClassicGroups;
  readonly consumer: ConsumerGroups;
  readonly offsets: OffsetManager;
  /** Topics that are gone, by id, and whose offsets are to be deleted. */
  private readonly deletedTopics = new Map<string, string>();

  constructor(
    private readonly context: ShardContext<GroupRecord>,
    private readonly settings: GroupSettings,
  ) {
    const environment: GroupEnvironment = { context, settings, groups: this.groups };
    this.classic = new ClassicGroups(environment);
    this.consumer = new ConsumerGroups(environment);
    connectProtocols(environment, this.classic, this.consumer);
    this.offsets = new OffsetManager(environment, {
      createGroup: (groupId) => this.classic.getOrCreate(groupId),
      onCommitted: (group, memberId) => this.classic.onOffsetCommitted(group, memberId),
    });
  }

  replay(record: GroupRecord, offset: number, producerId: number): void {
    switch (record.type) {
      case "LegacyOffsetCommit":
      case "OffsetCommit":
        return this.offsets.replay(record, offset, producerId);
      case "GroupMetadata":
        return this.classic.replay(record);
      case "ConsumerGroupMetadata":
      case "ConsumerGroupPartitionMetadata":
      case "ConsumerGroupMemberMetadata":
      case "ConsumerGroupTargetAssignmentMetadata":
      case "ConsumerGroupTargetAssignmentMember":
      case "ConsumerGroupCurrentMemberAssignment":
      case "ConsumerGroupRegularExpression":
        return this.consumer.replay(record);
      default:
        // Share and streams groups are not built; what Kafka wrote of them stays in the log.
        return;
    }
  }

  replayEndTransaction(producerId: number, committed: boolean): void {
    this.offsets.replayEndTransaction(producerId, committed);
  }

  onLoaded(): void {
    this.classic.onLoaded();
    this.consumer.onLoaded();
    this.scheduleExpiration();
  }

  onUnloaded(error: KafkaError): void {
    this.classic.onUnloaded(error);
    this.consumer.onUnloaded(error);
  }

  onImage(image: MetadataImage, changes: ImageChanges): void {
    this.consumer.onImage(image, changes);
    if (changes.removedTopics.size === 0) return;
    for (const [id, { name }] of changes.removedTopics) this.deletedTopics.set(id, name);
    this.context.timers.scheduleIfAbsent(DELETED_TOPICS_TIMER, 0, () => {
      const topics = Array.from(this.deletedTopics, ([id, name]) => ({ id, name }));
      this.deletedTopics.clear();
      return this.offsets.onTopicsDeleted(topics);
    });
  }

  private scheduleExpiration(): void {
    const { timers } = this.context;
    timers.schedule(EXPIRATION_TIMER, this.settings.offsetsRetentionCheckIntervalMs, () => {
      this.scheduleExpiration();
      return this.expire();
    });
  }

  /** Takes back offsets that are kept long enough, and empty groups that have none left. */
  private expire(): CoordinatorResult<GroupRecord> {
    const { records, emptied } = this.offsets.expire();
    for (const groupId of emptied) {
      const group = this.groups.find(groupId);
      if (group?.isEmpty === true) records.push(...this.takeBack(group));
    }
    return { records, response: undefined, separable: true };
  }

  private takeBack(group: Group): GroupRecord[] {
    group.cancelTimers(this.context.timers);
    return group.tombstones();
  }

  /** ListGroups (16): the groups in these states and of these kinds; none named means all. */
  list(states: readonly string[], kinds: readonly string[]): ListedGroup[] {
    const wantedStates = new Set(states.map((state) => state.toLowerCase().trim()));
    const wantedKinds = new Set(kinds.map((kind) => kind.toLowerCase()));
    const found: ListedGroup[] = [];
    for (const group of this.groups.all) {
      if (states.length > 0 && !wantedStates.has(group.stateName.toLowerCase())) continue;
      if (kinds.length > 0 && !wantedKinds.has(group.kind)) continue;
      found.push(group.asListed());
    }
    return found;
  }

  /**
   * DeleteGroups (42): groups without members, with their offsets. After a crash in the middle some
   * offsets are left, and the group with them: it can be deleted again.
   */
  delete(groupIds: readonly string[]): CoordinatorResult<GroupRecord, DeletedGroup[]> {
    const records: GroupRecord[] = [];
    const response = groupIds.map((groupId): DeletedGroup => {
      try {
        const group = this.groups.require(groupId);
        group.checkDelete();
        // One by one: of a large group they are more than a call takes arguments.
        for (const record of this.offsets.deleteAll(groupId)) records.push(record);
        records.push(...this.takeBack(group));
        return { groupId, errorCode: ErrorCode.NONE };
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        return { groupId, errorCode: codeOf(error) };
      }
    });
    return { records, response, separable: true };
  }
}
