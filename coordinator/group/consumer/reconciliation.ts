/**
 * The next step of a member towards its target assignment (KIP-848). It keeps its epoch until it has
 * given up what it is not to have any more; then it goes to the target's epoch, gets what nobody else
 * holds, and waits for the rest.
 */
import { KafkaError } from "../../../protocol/errors.ts";
import {
  type Assignment,
  epochsOf,
  mayOwnAny,
  NO_ASSIGNMENT,
  type Target,
  targetOf,
  type TopicPartitions,
} from "./assignment.ts";
import { type ConsumerMember, MemberState } from "./member.ts";

/** What a member is reconciled with. */
export interface Reconciliation {
  readonly targetEpoch: number;
  readonly target: Target;
  /** What the member says it owns, or null where it does not say. */
  readonly owned: readonly TopicPartitions[] | null;
  /** Whether it changed its subscription just now: what it no longer wants goes at once. */
  readonly subscriptionChanged: boolean;
  readonly subscribedTopicIds: ReadonlySet<string>;
  /** Whether some member has the partition or has yet to give it up. */
  readonly isOwned: (topicId: string, partition: number) => boolean;
}

/**
 * The member one step on, or the same one where there is none to make. Throws FENCED_MEMBER_EPOCH for
 * a member in a state that this program does not know, until it owns nothing.
 */
export function reconcile(member: ConsumerMember, to: Reconciliation): ConsumerMember {
  switch (member.state) {
    case MemberState.STABLE:
      if (member.memberEpoch !== to.targetEpoch) return nextAssignment(member, to);
      return to.subscriptionChanged ? withoutUnsubscribed(member, to) : member;
    case MemberState.UNREVOKED_PARTITIONS:
      if (!mayOwnAny(to.owned, member.pendingRevocation)) return nextAssignment(member, to);
      return to.subscriptionChanged ? withoutUnsubscribed(member, to) : member;
    case MemberState.UNRELEASED_PARTITIONS:
      return nextAssignment(member, to);
    case MemberState.UNKNOWN:
      if (to.owned === null || to.owned.length > 0) {
        throw new KafkaError(
          "FENCED_MEMBER_EPOCH",
          "The member's state is not known; it has to give up its partitions and join again.",
        );
      }
      return nextAssignment(member, to, to.targetEpoch);
  }
}

/** What of an assignment the test is true for, and the rest. */
function split(
  assignment: Assignment,
  isKept: (topicId: string, partition: number) => boolean,
): { kept: Map<string, Map<number, number>>; dropped: Map<string, Map<number, number>> } {
  const kept = new Map<string, Map<number, number>>();
  const dropped = new Map<string, Map<number, number>>();
  for (const [topicId, epochs] of assignment) {
    for (const [partition, epoch] of epochs) {
      const side = isKept(topicId, partition) ? kept : dropped;
      add(side, topicId, partition, epoch);
    }
  }
  return { kept, dropped };
}

function add(
  assignment: Map<string, Map<number, number>>,
  topicId: string,
  partition: number,
  epoch: number,
): void {
  const epochs = assignment.get(topicId);
  if (epochs === undefined) assignment.set(topicId, new Map([[partition, epoch]]));
  else epochs.set(partition, epoch);
}

/** Takes from a member what it is not subscribed to any more, and nothing else. */
function withoutUnsubscribed(member: ConsumerMember, to: Reconciliation): ConsumerMember {
  const { kept, dropped } = split(
    member.assigned,
    (topicId) => to.subscribedTopicIds.has(topicId),
  );
  if (dropped.size === 0) return member;
  const moved = { ...member, previousMemberEpoch: member.memberEpoch, assigned: kept };
  const pendingRevocation = union(member.pendingRevocation, dropped);
  if (!mayOwnAny(to.owned, pendingRevocation)) return moved; // It has given them up already.
  return { ...moved, state: MemberState.UNREVOKED_PARTITIONS, pendingRevocation };
}

function union(a: Assignment, b: Assignment): Assignment {
  const both = new Map([...a].map(([topicId, epochs]) => [topicId, new Map(epochs)]));
  for (const [topicId, epochs] of b) {
    for (const [partition, epoch] of epochs) add(both, topicId, partition, epoch);
  }
  return both;
}

/** `memberEpoch` is the member's while it still has to give something up. */
function nextAssignment(
  member: ConsumerMember,
  to: Reconciliation,
  memberEpoch: number = member.memberEpoch,
): ConsumerMember {
  const isWanted = (topicId: string, partition: number) =>
    to.subscribedTopicIds.has(topicId) && targetOf(to.target, topicId).has(partition);
  const { kept, dropped } = split(member.assigned, isWanted);
  const previousMemberEpoch = member.memberEpoch;
  if (dropped.size > 0 && mayOwnAny(to.owned, dropped)) {
    return {
      ...member,
      memberEpoch,
      previousMemberEpoch,
      state: MemberState.UNREVOKED_PARTITIONS,
      assigned: kept,
      pendingRevocation: dropped,
    };
  }
  const allReleased = assignReleased(member, to, kept);
  return {
    ...member,
    memberEpoch: to.targetEpoch,
    previousMemberEpoch,
    state: allReleased ? MemberState.STABLE : MemberState.UNRELEASED_PARTITIONS,
    assigned: kept,
    pendingRevocation: NO_ASSIGNMENT,
  };
}

/**
 * Adds to `assigned` what the member is to have and nobody else holds. Returns whether that is all of
 * it. What the member itself was about to give up is as good as free.
 */
function assignReleased(
  member: ConsumerMember,
  to: Reconciliation,
  assigned: Map<string, Map<number, number>>,
): boolean {
  let allReleased = true;
  for (const [topicId, partitions] of to.target) {
    if (!to.subscribedTopicIds.has(topicId)) continue;
    const own = epochsOf(member.pendingRevocation, topicId);
    for (const partition of partitions) {
      if (assigned.get(topicId)?.has(partition)) continue;
      if (to.isOwned(topicId, partition) && !own.has(partition)) allReleased = false;
      else add(assigned, topicId, partition, to.targetEpoch);
    }
  }
  return allReleased;
}
