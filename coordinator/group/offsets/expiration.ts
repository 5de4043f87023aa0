/**
 * Offsets that are kept no longer: `offsets.retention.minutes` after their group was last in use
 * (KIP-211), or at the time that an old client gave.
 */
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { Group, OffsetExpiry } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { type CommittedOffset, NO_EXPIRY, offsetTombstone } from "./committed_offset.ts";
import type { OffsetStore } from "./offset_store.ts";

/** How many offsets expire at one check; the others do at the next. */
export const EXPIRED_OFFSETS_MAX = 100_000;

export interface Expiration {
  /** Tombstones of what has expired. */
  readonly records: GroupRecord[];
  /** Groups without members that have no offsets left, committed or pending: they may go. */
  readonly emptied: string[];
}

class ExpirationCheck {
  readonly records: GroupRecord[] = [];
  private readonly nowMs: number;
  private readonly retentionMs: number;

  constructor({ context, settings }: GroupEnvironment, private readonly store: OffsetStore) {
    this.nowMs = context.now();
    this.retentionMs = settings.offsetsRetentionMs;
  }

  get isFull(): boolean {
    return this.records.length >= EXPIRED_OFFSETS_MAX;
  }

  /** Collects what has expired. Returns whether the group has no offsets left. */
  expireOf(group: Group): boolean {
    const { groupId } = group;
    const hasPending = this.store.pendingOf(groupId) !== undefined;
    if (!this.store.hasGroup(groupId)) return !hasPending;
    const expiry = group.offsetExpiry();
    if (expiry === null) return false;
    let isKept = false;
    for (const { topic, partition, offset } of this.store.ofGroup(groupId)) {
      const isExpired = !this.isFull && this.isExpired(offset, expiry) && !expiry.keeps(topic) &&
        !this.store.hasPending(groupId, topic, partition);
      if (isExpired) this.records.push(offsetTombstone(groupId, topic, partition));
      else isKept = true;
    }
    return !isKept && !hasPending;
  }

  private isExpired(
    { commitTimeMs, expireTimeMs }: CommittedOffset,
    expiry: OffsetExpiry,
  ): boolean {
    return expireTimeMs === NO_EXPIRY
      ? this.nowMs - expiry.baseMs(commitTimeMs) >= this.retentionMs
      : this.nowMs >= expireTimeMs;
  }
}

/** Which offsets of all groups have expired now, and which groups are done with. */
export function expireOffsets(environment: GroupEnvironment, store: OffsetStore): Expiration {
  const check = new ExpirationCheck(environment, store);
  const emptied: string[] = [];
  for (const group of environment.groups.all) {
    if (check.expireOf(group) && group.isEmpty) emptied.push(group.groupId);
  }
  return { records: check.records, emptied };
}
