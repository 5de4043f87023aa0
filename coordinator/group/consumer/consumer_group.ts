/**
 * A group of the consumer protocol (KIP-848): its members, epochs and assignments. All of it but the
 * time of the next look at the metadata comes from records.
 */
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { CoordinatorTimers } from "../../runtime/timers.ts";
import type {
  CommitOrigin,
  CommitPartitionCheck,
  Group,
  ListedGroup,
  OffsetExpiry,
} from "../group.ts";
import { type Assignment, NO_TARGET, type Target } from "./assignment.ts";
import { type ConsumerMember, isReconciledTo } from "./member.ts";
import { MemberTimers } from "./member_timers.ts";
import { checkCommit, checkFetch } from "./offset_checks.ts";
import { patternTimerKey } from "./pattern_resolution.ts";
import { groupTombstones } from "./records.ts";
import { type ResolvedPattern, Subscriptions } from "./subscriptions.ts";

/** The states of a group, as Kafka names them. */
export type ConsumerGroupState = "Empty" | "Assigning" | "Reconciling" | "Stable";

/** The epoch of a new group, and that of the assignment it has not got. */
const FIRST_EPOCH = 1;

/** How long a group goes by the metadata it has seen while nobody tells of changes, in ms. */
const METADATA_REFRESH_INTERVAL_MS = 0x7fffffff;

export class ConsumerGroup implements Group {
  readonly kind = "consumer";
  /** Goes up with every change of members, subscriptions or the topics they come to. */
  groupEpoch = FIRST_EPOCH;
  /** The hash over the topics that the group epoch was reached with. */
  metadataHash = 0n;
  /** The group epoch that the target assignment is for; -1 while the group is being removed. */
  assignmentEpoch = FIRST_EPOCH;
  /** When the target assignment was computed, in milliseconds since 1970; 0 is not known. */
  assignmentTimestamp = 0;
  /** Whether the log has a record of Kafka 4.0 and before, which is to be removed. */
  hasPartitionMetadataRecord = false;
  readonly subscriptions = new Subscriptions();
  private readonly membersById = new Map<string, ConsumerMember>();
  private readonly memberIdsByInstance = new Map<string, string>();
  private readonly targets = new Map<string, Target>();
  /** The members that have partitions or have yet to give them up, by topic id and partition. */
  private readonly owners = new Map<string, Map<number, string>>();
  private readonly assignorVotes = new Map<string, number>();
  private readonly classicProtocols = new Map<string, number>();
  private classicMembers = 0;
  /** Soft state; the epoch tells a refresh whose records were refused afterwards. */
  private metadataRefresh = { at: 0, epoch: 0 };

  constructor(readonly groupId: string) {}

  get members(): ReadonlyMap<string, ConsumerMember> {
    return this.membersById;
  }

  get memberCount(): number {
    return this.membersById.size;
  }

  get isEmpty(): boolean {
    return this.membersById.size === 0;
  }

  hasMember(memberId: string): boolean {
    return this.membersById.has(memberId);
  }

  /** The member. Throws UNKNOWN_MEMBER_ID. */
  requireMember(memberId: string): ConsumerMember {
    const member = this.membersById.get(memberId);
    if (member !== undefined) return member;
    throw new KafkaError(
      "UNKNOWN_MEMBER_ID",
      `Group ${this.groupId} has no member ${memberId}.`,
    );
  }

  /** The member that uses an instance id (KIP-345). */
  staticMember(instanceId: string): ConsumerMember | undefined {
    const memberId = this.memberIdsByInstance.get(instanceId);
    return memberId === undefined ? undefined : this.membersById.get(memberId);
  }

  get state(): ConsumerGroupState {
    if (this.isEmpty) return "Empty";
    if (this.groupEpoch > this.assignmentEpoch) return "Assigning";
    for (const member of this.membersById.values()) {
      if (!isReconciledTo(member, this.assignmentEpoch)) return "Reconciling";
    }
    return "Stable";
  }

  get stateName(): string {
    return this.state;
  }

  /** What a member is to have; undefined where nothing was ever computed for it. */
  targetOf(memberId: string): Target | undefined {
    return this.targets.get(memberId);
  }

  /** The same for a member that may stand in for another one with its instance id. */
  targetFor(member: ConsumerMember): Target {
    const { memberId, instanceId } = member;
    const holder = instanceId === null ? memberId : this.memberIdsByInstance.get(instanceId);
    return holder === undefined ? NO_TARGET : this.targets.get(holder) ?? NO_TARGET;
  }

  /** Whether some member has the partition, or has yet to say that it gave it up. */
  isOwned(topicId: string, partition: number): boolean {
    return this.owners.get(topicId)?.has(partition) === true;
  }

  /**
   * The assignor that most members ask for once `before` is `after`, or null where none asks for any.
   * `uniform` wins over `range` where both have as many votes.
   */
  preferredAssignor(
    before: ConsumerMember | null = null,
    after: ConsumerMember | null = null,
  ): string | null {
    const votes = new Map(this.assignorVotes);
    count(votes, before?.serverAssignor, -1);
    count(votes, after?.serverAssignor, 1);
    const [first] = [...votes].sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? 1 : -1));
    return first === undefined ? null : first[0];
  }

  /** Members that use the classic protocol. */
  get classicMemberCount(): number {
    return this.classicMembers;
  }

  /** Whether all members of the classic protocol support one of these protocols. */
  supportsClassicProtocol(names: Iterable<string>): boolean {
    for (const name of names) {
      if (this.isEmpty) return true;
      if ((this.classicProtocols.get(name) ?? 0) === this.classicMembers) return true;
    }
    return false;
  }

  // What records change.

  setMember(member: ConsumerMember): void {
    const before = this.membersById.get(member.memberId) ?? null;
    if (before !== null) this.forgetInstance(before);
    this.membersById.set(member.memberId, member);
    if (member.instanceId !== null) {
      this.memberIdsByInstance.set(member.instanceId, member.memberId);
    }
    this.recount(before, member);
  }

  removeMember(memberId: string): void {
    const before = this.membersById.get(memberId);
    if (before === undefined) return;
    this.membersById.delete(memberId);
    this.forgetInstance(before);
    this.recount(before, null);
  }

  private forgetInstance({ memberId, instanceId }: ConsumerMember): void {
    if (instanceId !== null && this.memberIdsByInstance.get(instanceId) === memberId) {
      this.memberIdsByInstance.delete(instanceId);
    }
  }

  private recount(before: ConsumerMember | null, after: ConsumerMember | null): void {
    this.subscriptions.replace(before, after);
    count(this.assignorVotes, before?.serverAssignor, -1);
    count(this.assignorVotes, after?.serverAssignor, 1);
    this.countClassic(before, -1);
    this.countClassic(after, 1);
    if (before !== null) {
      this.release(before.memberId, before.assigned);
      this.release(before.memberId, before.pendingRevocation);
    }
    if (after !== null) {
      this.own(after.memberId, after.assigned);
      this.own(after.memberId, after.pendingRevocation);
    }
  }

  private countClassic(member: ConsumerMember | null, by: number): void {
    if (member === null || member.classic === null) return;
    this.classicMembers += by;
    for (const { name } of member.classic.supportedProtocols) {
      count(this.classicProtocols, name, by);
    }
  }

  private own(memberId: string, assignment: Assignment): void {
    for (const [topicId, epochs] of assignment) {
      let owners = this.owners.get(topicId);
      if (owners === undefined) this.owners.set(topicId, owners = new Map());
      for (const partition of epochs.keys()) owners.set(partition, memberId);
    }
  }

  private release(memberId: string, assignment: Assignment): void {
    for (const [topicId, epochs] of assignment) {
      const owners = this.owners.get(topicId);
      if (owners === undefined) continue;
      for (const partition of epochs.keys()) {
        if (owners.get(partition) === memberId) owners.delete(partition);
      }
      if (owners.size === 0) this.owners.delete(topicId);
    }
  }

  setTarget(memberId: string, target: Target | null): void {
    if (target === null) this.targets.delete(memberId);
    else this.targets.set(memberId, target);
  }

  setResolvedPattern(pattern: string, resolved: ResolvedPattern | null): void {
    this.subscriptions.setResolved(pattern, resolved);
  }

  // When to look at the metadata again.

  needsMetadataRefresh(nowMs: number): boolean {
    const { at, epoch } = this.metadataRefresh;
    return nowMs >= at || this.groupEpoch < epoch;
  }

  /** The metadata as of now has led to `epoch`. */
  metadataSeen(nowMs: number, epoch: number): void {
    this.metadataRefresh = { at: nowMs + METADATA_REFRESH_INTERVAL_MS, epoch };
  }

  /** Topics that the group is subscribed to have changed. */
  requestMetadataRefresh(): void {
    this.metadataRefresh = { at: 0, epoch: 0 };
  }

  // What offsets and the admin APIs ask.

  asListed(): ListedGroup {
    return {
      groupId: this.groupId,
      protocolType: "consumer",
      groupState: this.state,
      groupType: this.kind,
    };
  }

  checkOffsetCommit(origin: CommitOrigin): CommitPartitionCheck {
    return checkCommit(this, origin);
  }

  checkOffsetFetch(memberId: string | null, memberEpoch: number): void {
    checkFetch(this, memberId, memberEpoch);
  }

  checkOffsetDelete(): void {
    // Offsets of topics that no member is subscribed to may go while there are members.
  }

  checkDelete(): void {
    if (!this.isEmpty) throw new KafkaError("NON_EMPTY_GROUP");
  }

  isSubscribedTo(topic: string): boolean {
    return this.subscriptions.hasTopic(topic);
  }

  offsetExpiry(): OffsetExpiry {
    return {
      baseMs: (commitTimeMs) => commitTimeMs,
      keeps: (topic) => this.isSubscribedTo(topic),
    };
  }

  tombstones(): GroupRecord[] {
    return groupTombstones(this);
  }

  cancelTimers(timers: CoordinatorTimers<GroupRecord>): void {
    const ofMembers = new MemberTimers(timers, this.groupId);
    for (const memberId of this.membersById.keys()) ofMembers.cancelAll(memberId);
    timers.cancel(patternTimerKey(this.groupId));
  }
}

/** Adds to a count that is left out where it is zero. */
function count(counts: Map<string, number>, key: string | null | undefined, by: number): void {
  if (key === null || key === undefined) return;
  const next = (counts.get(key) ?? 0) + by;
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
}
