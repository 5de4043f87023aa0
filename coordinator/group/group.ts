/** What all kinds of groups have in common, as offsets and the admin APIs see them. */
import type { GroupRecord } from "../../protocol/group_records/mod.ts";
import type { ListGroupsResponse } from "../../protocol/messages/16_list_groups.ts";
import type { CoordinatorTimers } from "../runtime/timers.ts";

/** The kinds of groups, as ListGroups names them (`Group.GroupType`). */
export type GroupKind = "classic" | "consumer";

export type ListedGroup = NonNullable<ListGroupsResponse["groups"]>[number];

/** Who asks. */
export interface RequestOrigin {
  readonly clientId: string;
  /** As Java writes an address: `/127.0.0.1`. */
  readonly clientHost: string;
  /** The version of the request's API. */
  readonly version: number;
}

/** Checks one partition of an offset commit that the group as a whole admits. Throws `KafkaError`. */
export type CommitPartitionCheck = (topic: string, topicId: string, partition: number) => void;

/** A commit as the group sees it. */
export interface CommitOrigin {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** A generation of the classic protocol, or a member epoch; negative for commits from outside. */
  readonly generationOrEpoch: number;
  readonly isTransactional: boolean;
  readonly version: number;
}

/** When the offsets of a group expire; null where they do not. */
export interface OffsetExpiry {
  /**
   * The time from which an offset that was committed at `commitTimeMs` is kept for the retention, in
   * milliseconds since 1970.
   */
  readonly baseMs: (commitTimeMs: number) => number;
  /** Whether offsets of this topic are kept whatever their age. */
  readonly keeps: (topic: string) => boolean;
}

export interface Group {
  readonly kind: GroupKind;
  readonly groupId: string;
  /** Kafka's name of the state the group is in: `Stable`, `PreparingRebalance`. */
  readonly stateName: string;
  readonly isEmpty: boolean;
  readonly memberCount: number;
  hasMember(memberId: string): boolean;
  asListed(): ListedGroup;
  /** Throws `KafkaError` where whoever commits is not who he says, or too late. */
  checkOffsetCommit(origin: CommitOrigin): CommitPartitionCheck;
  /** The same for OffsetFetch (KIP-848); no member is null and -1. */
  checkOffsetFetch(memberId: string | null, memberEpoch: number): void;
  /** Throws NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND: whether single offsets may be deleted now. */
  checkOffsetDelete(): void;
  /** Throws NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND. */
  checkDelete(): void;
  isSubscribedTo(topic: string): boolean;
  offsetExpiry(): OffsetExpiry | null;
  /** The records that take back everything known of the group but its offsets. */
  tombstones(): GroupRecord[];
  cancelTimers(timers: CoordinatorTimers<GroupRecord>): void;
}
