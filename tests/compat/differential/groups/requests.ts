/** Requests about groups: what differs between the versions of their APIs, and members' metadata. */
import { encode } from "../../../../protocol/codec/codec.ts";
import { Writer } from "../../../../protocol/codec/writer.ts";
import { ConsumerProtocolAssignment } from "../../../../protocol/data/consumer_protocol_assignment.ts";
import { ConsumerProtocolSubscription } from "../../../../protocol/data/consumer_protocol_subscription.ts";
import type { OffsetCommitRequest } from "../../../../protocol/messages/08_offset_commit.ts";
import type { OffsetFetchRequest } from "../../../../protocol/messages/09_offset_fetch.ts";
import type { Draft, Fields, Message } from "../../../../protocol/schema/schema.ts";
import { UNKNOWN_ID } from "../target.ts";

/** A version and what follows in it: the form of metadata in the consumers' classic protocol. */
function versioned<F extends Fields>(
  message: Message<F>,
  version: number,
  body: Draft<Message<F>>,
): Uint8Array {
  const writer = new Writer(256);
  writer.int16(version);
  encode(message, version, body, writer);
  return writer.copy();
}

/** What a consumer subscribes to, as its metadata in JoinGroup. */
export function subscription(
  topics: readonly string[],
  { version = 3, ...rest }: Omit<Draft<typeof ConsumerProtocolSubscription>, "topics"> & {
    version?: number;
  } = {},
): Uint8Array {
  return versioned(ConsumerProtocolSubscription, version, { topics, ...rest });
}

/** What a consumer is assigned, as in SyncGroup. */
export function assignment(
  topic: string,
  partitions: readonly number[],
  userData: Uint8Array | null = null,
): Uint8Array {
  return versioned(ConsumerProtocolAssignment, 3, {
    assignedPartitions: [{ topic, partitions }],
    userData,
  });
}

/**
 * Epochs or generations around the right one, and others, by what they are: what a question is called
 * must not depend on what was answered.
 */
export function around(right: number, ...others: readonly number[]): [name: string, n: number][] {
  return [
    ["right", right],
    ["right - 1", right - 1],
    ["right + 1", right + 1],
    ...others.map((other): [string, number] => [String(other), other]),
  ];
}

export interface OffsetDraft {
  readonly partition: number;
  readonly offset?: number;
  readonly leaderEpoch?: number;
  readonly metadata?: string | null;
}

/** Topics by name, which versions 10 of OffsetCommit and OffsetFetch name by their ids. */
export type TopicIds = ReadonlyMap<string, string>;

/** The name or the id of a topic, whichever a version has; the id that no topic has for unknown names. */
function topicIn(version: number, name: string, ids: TopicIds) {
  return version < 10 ? { name } : { topicId: ids.get(name) ?? UNKNOWN_ID };
}

/** OffsetCommit's topics. */
export function committed(
  version: number,
  ids: TopicIds,
  offsets: Record<string, readonly OffsetDraft[]>,
): NonNullable<Draft<typeof OffsetCommitRequest>["topics"]> {
  return Object.entries(offsets).map(([name, partitions]) => ({
    ...topicIn(version, name, ids),
    partitions: partitions.map(({ partition, offset = 1, leaderEpoch, metadata = "" }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedMetadata: metadata,
      ...(leaderEpoch === undefined ? {} : { committedLeaderEpoch: leaderEpoch }),
    })),
  }));
}

export interface FetchDraft {
  readonly groupId: string;
  readonly memberId?: string | null;
  readonly memberEpoch?: number;
  /** Partitions by topic; null asks for all that the group has. */
  readonly topics: Record<string, readonly number[]> | null;
}

/** OffsetFetch of one group, which is all that versions below 8 can ask for. */
export function fetched(
  version: number,
  ids: TopicIds,
  groups: readonly FetchDraft[],
  requireStable?: boolean,
): Draft<typeof OffsetFetchRequest> {
  const stable = requireStable === undefined ? {} : { requireStable };
  const topicsOf = ({ topics }: FetchDraft) =>
    topics === null ? null : Object.entries(topics).map(([name, partitionIndexes]) => ({
      ...topicIn(version, name, ids),
      partitionIndexes,
    }));
  if (version < 8) {
    const topics = topicsOf(groups[0]) as { name: string; partitionIndexes: number[] }[] | null;
    return { groupId: groups[0].groupId, topics, ...stable };
  }
  return {
    groups: groups.map((group) => ({
      groupId: group.groupId,
      memberId: group.memberId,
      memberEpoch: group.memberEpoch,
      topics: topicsOf(group),
    })),
    ...stable,
  };
}
