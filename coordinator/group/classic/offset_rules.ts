/** What a classic group says to committed offsets: who may commit and delete, and what expires. */
import { KafkaError } from "../../../protocol/errors.ts";
import type { CommitOrigin, CommitPartitionCheck, OffsetExpiry } from "../group.ts";
import type { ClassicGroup } from "./classic_group.ts";

const EVERY_PARTITION: CommitPartitionCheck = () => {};

/**
 * Throws UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION, or REBALANCE_IN_PROGRESS between
 * joining and the assignment. Commits from outside are taken while the group is empty, transactional
 * ones that name no member always.
 */
export function checkCommit(group: ClassicGroup, origin: CommitOrigin): CommitPartitionCheck {
  const { memberId, instanceId, generationOrEpoch, isTransactional } = origin;
  if (generationOrEpoch < 0 && group.isEmpty) return EVERY_PARTITION;
  if (generationOrEpoch >= 0 || memberId !== "" || instanceId !== null) {
    group.requireMember(memberId, instanceId);
    if (generationOrEpoch !== group.generation) throw new KafkaError("ILLEGAL_GENERATION");
  } else if (!isTransactional) {
    throw new KafkaError("UNKNOWN_MEMBER_ID");
  }
  if (!isTransactional && group.state === "CompletingRebalance") {
    throw new KafkaError("REBALANCE_IN_PROGRESS");
  }
  return EVERY_PARTITION;
}

/**
 * Single offsets may go while there are members only where it is known what these are subscribed to.
 * Throws NON_EMPTY_GROUP.
 */
export function checkOffsetDeletion(group: ClassicGroup): void {
  if (!group.isEmpty && !group.isOfConsumers) throw new KafkaError("NON_EMPTY_GROUP");
}

/**
 * Offsets are kept for the retention from the time the group became empty; from the commit where
 * nobody ever joined, or for topics that a stable group is not subscribed to (KIP-211).
 */
export function offsetExpiry(group: ClassicGroup): OffsetExpiry | null {
  const sinceCommit = (commitTimeMs: number) => commitTimeMs;
  const keeps = (topic: string) => group.isSubscribedTo(topic);
  if (group.protocolType === null) return { baseMs: sinceCommit, keeps };
  if (group.isEmpty) return { baseMs: (commitTimeMs) => group.stateSinceMs ?? commitTimeMs, keeps };
  const isKnown = group.isOfConsumers && group.knowsSubscription && group.state === "Stable";
  return isKnown ? { baseMs: sinceCommit, keeps } : null;
}
