/** The forms that the answers of OffsetCommit (8) and OffsetFetch (9) have in their versions. */
import { ErrorCode } from "../../../protocol/errors.ts";
import type {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from "../../../protocol/messages/08_offset_commit.ts";
import type {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from "../../../protocol/messages/09_offset_fetch.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { NO_LEADER_EPOCH, NO_OFFSET } from "./committed_offset.ts";

/** A group of an OffsetFetch request, whatever its version. */
export type RequestedGroup = OffsetFetchRequest["groups"][number];
export type FetchedGroup = NonNullable<OffsetFetchResponse["groups"]>[number];

/** From these versions on an OffsetFetch answer has an error for the group, and groups. */
const GROUP_ERROR_VERSION = 2;
const GROUPS_VERSION = 8;

/** The answer for a partition without an offset. */
export function noOffset(partitionIndex: number, errorCode: number) {
  return {
    partitionIndex,
    committedOffset: NO_OFFSET,
    committedLeaderEpoch: NO_LEADER_EPOCH,
    metadata: "",
    errorCode,
  };
}

/** The answer to a commit that fails as a whole. */
export function commitFailure(
  { topics }: OffsetCommitRequest,
  errorCode: number,
): OffsetCommitResponse {
  return {
    topics: topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  };
}

/** The answer for a group whose offsets cannot be fetched. */
export function fetchFailure(
  { groupId, topics }: RequestedGroup,
  errorCode: number,
  version: number,
): FetchedGroup {
  if (version >= GROUP_ERROR_VERSION) return { groupId, topics: [], errorCode };
  return {
    groupId,
    topics: (topics ?? []).map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partition) => noOffset(partition, errorCode)),
    })),
  };
}

const RETRIED_ELSEWHERE: readonly number[] = [
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.REQUEST_TIMED_OUT,
];

/**
 * What a client is told instead of an error of the coordinator's own log: consumers before Kafka 3.9
 * give up on those, and look for the coordinator again on NOT_COORDINATOR.
 */
export function fetchErrorCode(errorCode: number): number {
  return RETRIED_ELSEWHERE.includes(errorCode) ? ErrorCode.NOT_COORDINATOR : errorCode;
}

/** The groups of a request; before version 8 it is about one group. */
export function requestedGroups(
  { groups, groupId, topics }: OffsetFetchRequest,
  version: number,
): readonly RequestedGroup[] {
  if (version >= GROUPS_VERSION) return groups;
  return [{
    groupId,
    memberId: null,
    memberEpoch: -1,
    topics: topics?.map(({ name, partitionIndexes }) => ({
      name,
      topicId: ZERO_UUID,
      partitionIndexes,
    })) ?? null,
  }];
}

/** The answer to a request, group by group as `requestedGroups` gave them. */
export function fetchResponse(
  groups: readonly FetchedGroup[],
  version: number,
): OffsetFetchResponse {
  if (version >= GROUPS_VERSION) return { groups };
  const [{ topics, errorCode }] = groups;
  return { topics, errorCode };
}
