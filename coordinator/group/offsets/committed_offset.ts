/** One committed offset, and the records that keep and delete it. */
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import {
  type GroupRecord,
  type GroupRecordOf,
  groupRecords,
} from "../../../protocol/group_records/mod.ts";

/** The records of `__consumer_offsets` that tell of offsets. */
export type OffsetRecord = GroupRecordOf<"OffsetCommit"> | GroupRecordOf<"LegacyOffsetCommit">;

type OffsetValue = NonNullable<OffsetRecord["value"]>;

export const NO_OFFSET = -1;
export const NO_LEADER_EPOCH = -1;
/** No time of its own at which an offset expires: it is kept for the broker's retention. */
export const NO_EXPIRY = -1;

export interface CommittedOffset {
  readonly offset: number;
  /** -1 where the client did not say. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  /** In milliseconds since 1970. */
  readonly commitTimeMs: number;
  /** In milliseconds since 1970; -1 unless the client asked for a retention (before KIP-211). */
  readonly expireTimeMs: number;
  /** The zero uuid where it is not known: commits before KIP-848's topic ids, transactional ones. */
  readonly topicId: string;
  /** Where the record stands in the log: of two commits, the later one counts. */
  readonly recordOffset: number;
}

/** What a record says, which stands at `recordOffset` of the log. */
export function committedOffset(value: OffsetValue, recordOffset: number): CommittedOffset {
  const isLegacy = !("topicId" in value);
  return {
    offset: value.offset,
    leaderEpoch: isLegacy ? NO_LEADER_EPOCH : value.leaderEpoch,
    metadata: value.metadata,
    commitTimeMs: value.commitTimestamp,
    expireTimeMs: isLegacy ? NO_EXPIRY : value.expireTimestamp,
    topicId: isLegacy ? ZERO_UUID : value.topicId,
    recordOffset,
  };
}

/** Only this version of the value has a time of expiry; it lacks leader epoch and topic id. */
const EXPIRING_VERSION = 1;
const LATEST_VERSION = 4;

/** The record that keeps an offset, in the version that Kafka writes. */
export function offsetRecord(
  group: string,
  topic: string,
  partition: number,
  { offset, leaderEpoch, metadata, commitTimeMs, expireTimeMs, topicId }: Omit<
    CommittedOffset,
    "recordOffset"
  >,
): GroupRecord {
  const key = { group, topic, partition };
  const value = { offset, metadata, commitTimestamp: commitTimeMs };
  return expireTimeMs === NO_EXPIRY
    ? groupRecords.record("OffsetCommit", key, { ...value, leaderEpoch, topicId }, LATEST_VERSION)
    : groupRecords.record(
      "OffsetCommit",
      key,
      { ...value, expireTimestamp: expireTimeMs },
      EXPIRING_VERSION,
    );
}

/** The record that deletes an offset. */
export function offsetTombstone(group: string, topic: string, partition: number): GroupRecord {
  return groupRecords.tombstone("OffsetCommit", { group, topic, partition });
}
