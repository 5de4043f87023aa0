/** Who may commit and fetch the offsets of a consumer group (KIP-848, KIP-1251). */
import { type ErrorName, KafkaError } from "../../../protocol/errors.ts";
import type { CommitOrigin, CommitPartitionCheck } from "../group.ts";
import { epochsOf } from "./assignment.ts";
import type { ConsumerGroup } from "./consumer_group.ts";
import type { ConsumerMember } from "./member.ts";

/** The first version of OffsetCommit whose generation may be a member epoch. */
const MEMBER_EPOCH_VERSION = 9;

const ANY_PARTITION: CommitPartitionCheck = () => {};

/** The error for another epoch than the member has: a classic member knows it as its generation. */
function epochError(member: ConsumerMember, detail: string): KafkaError {
  const name: ErrorName = member.classic === null ? "STALE_MEMBER_EPOCH" : "ILLEGAL_GENERATION";
  return new KafkaError(name, detail);
}

/**
 * Throws UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH, ILLEGAL_GENERATION, or UNSUPPORTED_VERSION where a
 * member of the consumer protocol commits with a version that knows no member epochs.
 */
export function checkCommit(group: ConsumerGroup, origin: CommitOrigin): CommitPartitionCheck {
  const { memberId, instanceId, generationOrEpoch: epoch, isTransactional, version } = origin;
  if (epoch < 0 && group.isEmpty) return ANY_PARTITION;
  // Producers of before KIP-447 do not say which member they commit for.
  if (isTransactional && epoch === -1 && memberId === "" && instanceId === null) {
    return ANY_PARTITION;
  }
  const member = group.requireMember(memberId);
  if (!isTransactional && member.classic === null && version < MEMBER_EPOCH_VERSION) {
    throw new KafkaError(
      "UNSUPPORTED_VERSION",
      `Members of the consumer protocol commit with version ${MEMBER_EPOCH_VERSION} or later.`,
    );
  }
  if (epoch === member.memberEpoch) return ANY_PARTITION;
  if (epoch > member.memberEpoch) {
    throw epochError(member, `Epoch ${epoch} is ahead of the member's, ${member.memberEpoch}.`);
  }
  return (topic, topicId, partition) => checkPartition(member, epoch, topic, topicId, partition);
}

/** An older epoch will do for partitions that the member has had since then. */
function checkPartition(
  member: ConsumerMember,
  epoch: number,
  topic: string,
  topicId: string,
  partition: number,
): void {
  const since = epochsOf(member.assigned, topicId).get(partition) ??
    epochsOf(member.pendingRevocation, topicId).get(partition);
  if (since === undefined) {
    throw epochError(member, `The member does not have ${topic}-${partition}.`);
  }
  if (epoch < since) {
    throw epochError(
      member,
      `Epoch ${epoch} is older than the assignment of ${topic}-${partition} in epoch ${since}.`,
    );
  }
}

/** Throws UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH or ILLEGAL_GENERATION. */
export function checkFetch(
  group: ConsumerGroup,
  memberId: string | null,
  memberEpoch: number,
): void {
  if (memberId === null && memberEpoch < 0) return;
  const member = group.requireMember(memberId ?? "");
  if (memberEpoch !== member.memberEpoch) {
    throw epochError(member, `Epoch ${memberEpoch} is not the member's, ${member.memberEpoch}.`);
  }
}
