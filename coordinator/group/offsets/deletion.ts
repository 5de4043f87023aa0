/** Offsets that are deleted: by OffsetDelete (47), with their group, or with their topic. */
import { ErrorCode } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type {
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from "../../../protocol/messages/47_offset_delete.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { GroupStore } from "../group_store.ts";
import { type CommittedOffset, offsetTombstone } from "./committed_offset.ts";
import type { OffsetStore } from "./offset_store.ts";

/** A topic that is gone, by id; there may be a new one of its name. */
export interface DeletedTopic {
  readonly id: string;
  readonly name: string;
}

/**
 * Deletes single offsets; partitions of topics that the group is subscribed to keep theirs and have
 * GROUP_SUBSCRIBED_TO_TOPIC. Throws GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP.
 */
export function deleteOffsets(
  groups: GroupStore,
  store: OffsetStore,
  { groupId, topics }: OffsetDeleteRequest,
): CoordinatorResult<GroupRecord, OffsetDeleteResponse> {
  const group = groups.require(groupId);
  group.checkOffsetDelete();
  const records: GroupRecord[] = [];
  const answers = topics.map(({ name, partitions }) => {
    const isSubscribed = group.isSubscribedTo(name);
    const errorCode = isSubscribed ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
    return {
      name,
      partitions: partitions.map(({ partitionIndex }) => {
        const isKnown = store.has(groupId, name, partitionIndex) ||
          store.hasPending(groupId, name, partitionIndex);
        if (isKnown && !isSubscribed) records.push(offsetTombstone(groupId, name, partitionIndex));
        return { partitionIndex, errorCode };
      }),
    };
  });
  return { records, response: { topics: answers } };
}

/** Deletes everything of a group, what is pending too. */
export function deleteAllOffsets(store: OffsetStore, groupId: string): GroupRecord[] {
  const records = Array.from(
    store.ofGroup(groupId),
    ({ topic, partition }) => offsetTombstone(groupId, topic, partition),
  );
  for (const [topic, partitions] of store.pendingOf(groupId) ?? []) {
    for (const partition of partitions.keys()) {
      const isDeleted = store.has(groupId, topic, partition);
      if (!isDeleted) records.push(offsetTombstone(groupId, topic, partition));
    }
  }
  return records;
}

/** An offset of a topic that has a new one of its name stays where it is known to be the new one's. */
function isOf({ id }: DeletedTopic, offset: CommittedOffset | undefined): boolean {
  return offset !== undefined && (offset.topicId === ZERO_UUID || offset.topicId === id);
}

/** Deletes the offsets of topics that are gone, of all groups. */
export function deleteOffsetsOfTopics(
  store: OffsetStore,
  topics: Iterable<DeletedTopic>,
): CoordinatorResult<GroupRecord> {
  const records: GroupRecord[] = [];
  for (const topic of topics) {
    const { name } = topic;
    for (const { group, partition, offset } of store.ofTopic(name)) {
      if (isOf(topic, offset)) records.push(offsetTombstone(group, name, partition));
    }
    for (const [group, pending] of store.allPending) {
      for (const [partition, producers] of pending.get(name) ?? []) {
        if (isOf(topic, store.find(group, name, partition))) continue;
        const isPending = [...producers].some((producerId) =>
          isOf(topic, store.findPending(producerId, group, name, partition))
        );
        if (isPending) records.push(offsetTombstone(group, name, partition));
      }
    }
  }
  return { records, response: undefined, separable: true };
}
