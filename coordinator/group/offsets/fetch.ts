/** OffsetFetch (9): what a group has committed. */
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type { GroupStore } from "../group_store.ts";
import { type FetchedGroup, noOffset, type RequestedGroup } from "./answers.ts";
import type { CommittedOffset } from "./committed_offset.ts";
import type { OffsetStore } from "./offset_store.ts";

type FetchedTopic = NonNullable<FetchedGroup["topics"]>[number];
type FetchedPartition = NonNullable<FetchedTopic["partitions"]>[number];

/** Whether there is such a group. Throws what it says of whoever asks. */
function admit(groups: GroupStore, { groupId, memberId, memberEpoch }: RequestedGroup): boolean {
  const group = groups.find(groupId);
  if (group === undefined) return false;
  try {
    group.checkOffsetFetch(memberId, memberEpoch);
    return true;
  } catch (error) {
    if (error instanceof KafkaError && error.errorName === "GROUP_ID_NOT_FOUND") return false;
    throw error;
  }
}

/** Whether an offset was committed for another topic of that name. */
function isOfOther(topicId: string, committed: CommittedOffset): boolean {
  return topicId !== ZERO_UUID && committed.topicId !== ZERO_UUID && committed.topicId !== topicId;
}

function fetched(
  partitionIndex: number,
  topicId: string,
  committed: CommittedOffset | undefined,
  isPending: boolean,
): FetchedPartition {
  if (isPending) return noOffset(partitionIndex, ErrorCode.UNSTABLE_OFFSET_COMMIT);
  if (committed === undefined || isOfOther(topicId, committed)) {
    return noOffset(partitionIndex, ErrorCode.NONE);
  }
  const { offset, leaderEpoch, metadata } = committed;
  return {
    partitionIndex,
    committedOffset: offset,
    committedLeaderEpoch: leaderEpoch,
    metadata,
    errorCode: ErrorCode.NONE,
  };
}

/**
 * The offsets of the partitions that are asked for, or all that are committed where topics are null.
 * With `requireStable`, partitions with offsets in open transactions have UNSTABLE_OFFSET_COMMIT
 * (KIP-447). Throws what the group says of whoever asks.
 */
export function fetchOffsets(
  groups: GroupStore,
  store: OffsetStore,
  request: RequestedGroup,
  requireStable: boolean,
): FetchedGroup {
  const { groupId } = request;
  const committed = admit(groups, request) ? store.ofGroup(groupId) : undefined;
  const pending = requireStable ? store.pendingOf(groupId) : undefined;
  const asked = request.topics ??
    Array.from(committed ?? [], ([name, partitions]) => ({
      name,
      topicId: ZERO_UUID,
      partitionIndexes: partitions.keys(),
    }));
  const topics = asked.map(({ name, topicId, partitionIndexes }): FetchedTopic => {
    const committedOfTopic = committed?.get(name);
    const pendingOfTopic = pending?.get(name);
    const partitions = Array.from(partitionIndexes, (partition) =>
      fetched(
        partition,
        topicId,
        committedOfTopic?.get(partition),
        pendingOfTopic?.has(partition) === true,
      ));
    return { name, topicId, partitions };
  });
  return { groupId, topics };
}
