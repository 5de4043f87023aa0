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
  const isKnown = admit(groups, request);
  const pending = requireStable ? store.pendingOf(groupId) : undefined;
  const asked = request.topics ?? (isKnown ? committedPartitions(store, groupId) : []);
  const topics = asked.map(({ name, topicId, partitionIndexes }): FetchedTopic => {
    const pendingOfTopic = pending?.get(name);
    const partitions = partitionIndexes.map((partition) =>
      fetched(
        partition,
        topicId,
        isKnown ? store.find(groupId, name, partition) : undefined,
        pendingOfTopic?.has(partition) === true,
      )
    );
    return { name, topicId, partitions };
  });
  return { groupId, topics };
}

type RequestedTopics = NonNullable<RequestedGroup["topics"]>;

/** All that a group has committed, as if it was asked for by name. */
function committedPartitions(store: OffsetStore, groupId: string): RequestedTopics {
  const byTopic = Map.groupBy(store.ofGroup(groupId), ({ topic }) => topic);
  return Array.from(byTopic, ([name, entries]) => ({
    name,
    topicId: ZERO_UUID,
    partitionIndexes: entries.map(({ partition }) => partition).sort((a, b) => a - b),
  }));
}
