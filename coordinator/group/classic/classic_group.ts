/**
 * A group of the classic protocol: its state, its members, who of them waits for an answer, and who
 * is still expected. It only keeps this; what follows from it is decided next door.
 *
 * Empty groups and assignments that were handed out are kept as records; everything in between lives
 * in memory only, and a coordinator that is loaded anew goes back to the generation before.
 */
import { ErrorCode, type ErrorName, KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { JoinGroupResponse } from "../../../protocol/messages/11_join_group.ts";
import type { SyncGroupResponse } from "../../../protocol/messages/14_sync_group.ts";
import type {
  CommitOrigin,
  CommitPartitionCheck,
  Group,
  ListedGroup,
  OffsetExpiry,
} from "../group.ts";
import {
  type ClassicMember,
  type MemberProtocol,
  type MemberSettings,
  NO_ASSIGNMENT,
} from "./classic_member.ts";
import { groupTombstone } from "./group_record.ts";
import { checkCommit, checkOffsetDeletion, offsetExpiry } from "./offset_rules.ts";
import { chooseProtocol, ProtocolSupport } from "./protocol_support.ts";
import { CONSUMER_PROTOCOL_TYPE, subscribedTopics } from "./subscription.ts";
import { type Answer, WaitingAnswers } from "./waiting_answers.ts";

/** Kafka's names (`ClassicGroupState`). A group is Dead once its coordinator is given up. */
export type ClassicGroupState =
  | "Empty"
  | "PreparingRebalance"
  | "CompletingRebalance"
  | "Stable"
  | "Dead";

/** The states that each one may follow. */
const AFTER: Readonly<Record<ClassicGroupState, readonly ClassicGroupState[]>> = {
  Empty: ["PreparingRebalance"],
  PreparingRebalance: ["Stable", "CompletingRebalance", "Empty"],
  CompletingRebalance: ["PreparingRebalance"],
  Stable: ["CompletingRebalance"],
  Dead: ["Stable", "PreparingRebalance", "CompletingRebalance", "Empty", "Dead"],
};

export type JoinAnswer = Answer<JoinGroupResponse>;
export type SyncAnswer = Answer<SyncGroupResponse>;

/** What a group begins with. */
export interface GroupBeginning {
  readonly state?: "Empty" | "Stable";
  readonly generation?: number;
  readonly protocolType?: string | null;
  readonly protocolName?: string | null;
  readonly leaderId?: string | null;
  /** In milliseconds since 1970; null where it is not known. */
  readonly stateSinceMs: number | null;
}

export class ClassicGroup implements Group {
  readonly kind = "classic";
  private current: ClassicGroupState;
  private previous: ClassicGroupState = "Dead";
  /** When the present state began, in milliseconds since 1970; null where a record does not say. */
  stateSinceMs: number | null;
  /** Goes up with every rebalance that is completed. */
  generation: number;
  protocolType: string | null;
  protocolName: string | null;
  leaderId: string | null;
  /** Topics that the members are subscribed to; null where that is not known. */
  private topics: ReadonlySet<string> | null = null;
  private readonly membersById = new Map<string, ClassicMember>();
  private readonly memberIdsByInstance = new Map<string, string>();
  private readonly support = new ProtocolSupport();
  /** Members that have joined the rebalance that is being prepared. */
  readonly joins = new WaitingAnswers<JoinGroupResponse>((memberId, errorCode) => ({
    memberId,
    errorCode,
  }));
  /** Members that wait for the leader's assignment. */
  readonly syncs = new WaitingAnswers<SyncGroupResponse>((_, errorCode) => ({ errorCode }));
  /** Ids that were given out (KIP-394) to clients that have not joined with them yet. */
  readonly pendingMembers = new Set<string>();
  /** Members that have not asked for their assignment in this generation. */
  readonly pendingSyncs = new Set<string>();
  /** Whether a member came while the first rebalance was already being waited for. */
  newMemberAdded = false;
  /** The generation whose assignment is on its way into the log, or was. */
  assignedGeneration = -1;

  constructor(readonly groupId: string, beginning: GroupBeginning) {
    this.current = beginning.state ?? "Empty";
    this.generation = beginning.generation ?? 0;
    this.protocolType = beginning.protocolType ?? null;
    this.protocolName = beginning.protocolName ?? null;
    this.leaderId = beginning.leaderId ?? null;
    this.stateSinceMs = beginning.stateSinceMs;
  }

  /**
   * A stable group of these members, as a group of another protocol becomes one. The first member
   * leads. `protocolName` is chosen here; assignments may be set afterwards.
   */
  static ofMembers(
    groupId: string,
    protocolType: string,
    generation: number,
    members: Iterable<ClassicMember>,
    nowMs: number,
  ): ClassicGroup {
    const group = new ClassicGroup(groupId, { state: "Stable", generation, stateSinceMs: nowMs });
    for (const member of members) group.add(member, protocolType);
    group.protocolName = group.chosenProtocol();
    group.refreshSubscription();
    return group;
  }

  get state(): ClassicGroupState {
    return this.current;
  }

  get stateName(): string {
    return this.current;
  }

  /** Whether the rebalance that is being prepared is the first since the group was empty. */
  get isInitialRebalance(): boolean {
    return this.current === "PreparingRebalance" && this.previous === "Empty";
  }

  get canRebalance(): boolean {
    return AFTER.PreparingRebalance.includes(this.current);
  }

  /** Throws where the present state may not be followed by this one. */
  transitionTo(state: ClassicGroupState, nowMs: number): void {
    if (!AFTER[state].includes(this.current)) {
      throw new Error(`Group ${this.groupId} may not go from ${this.current} to ${state}`);
    }
    this.previous = this.current;
    this.current = state;
    this.stateSinceMs = nowMs;
  }

  /** Begins the next generation: with the members there are, or empty. */
  beginGeneration(nowMs: number): void {
    this.generation++;
    const isEmpty = this.membersById.size === 0;
    this.protocolName = isEmpty ? null : this.chosenProtocol();
    this.refreshSubscription();
    this.transitionTo(isEmpty ? "Empty" : "CompletingRebalance", nowMs);
    this.pendingSyncs.clear();
  }

  // Members.

  get members(): ReadonlyMap<string, ClassicMember> {
    return this.membersById;
  }

  get memberCount(): number {
    return this.membersById.size;
  }

  get isEmpty(): boolean {
    return this.current === "Empty";
  }

  /** Whether the group only holds offsets, of consumers that share no work. */
  get isSimple(): boolean {
    return this.protocolType === null && this.isEmpty && this.pendingMembers.size === 0;
  }

  hasMember(memberId: string): boolean {
    return this.membersById.has(memberId);
  }

  /** The member that uses an instance id (KIP-345). */
  staticMember(instanceId: string): ClassicMember | undefined {
    const memberId = this.memberIdsByInstance.get(instanceId);
    return memberId === undefined ? undefined : this.membersById.get(memberId);
  }

  /** Throws UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID where another member has the instance id. */
  requireMember(memberId: string, instanceId: string | null): ClassicMember {
    if (instanceId !== null) {
      const holder = this.memberIdsByInstance.get(instanceId);
      if (holder === undefined) throw new KafkaError("UNKNOWN_MEMBER_ID");
      if (holder !== memberId) throw new KafkaError("FENCED_INSTANCE_ID");
    }
    const member = this.membersById.get(memberId);
    if (member === undefined) throw new KafkaError("UNKNOWN_MEMBER_ID");
    return member;
  }

  add(member: ClassicMember, protocolType: string, answer: JoinAnswer | null = null): void {
    const { memberId, instanceId } = member;
    if (this.membersById.size === 0) this.protocolType = protocolType;
    this.leaderId ??= memberId;
    this.membersById.set(memberId, member);
    if (instanceId !== null) this.memberIdsByInstance.set(instanceId, memberId);
    this.support.add(member.protocols);
    if (answer !== null) this.joins.wait(memberId, answer);
    this.pendingMembers.delete(memberId);
  }

  /**
   * Removes a member, or an id that was given out. Where the member waits it is told that it is
   * unknown, so that it joins as a new one if it still lives.
   */
  remove(memberId: string): void {
    const member = this.membersById.get(memberId);
    if (member !== undefined) {
      this.membersById.delete(memberId);
      this.support.remove(member.protocols);
      if (member.instanceId !== null) this.memberIdsByInstance.delete(member.instanceId);
    }
    this.joins.answer(memberId, { errorCode: ErrorCode.UNKNOWN_MEMBER_ID });
    this.syncs.refuse(memberId, "UNKNOWN_MEMBER_ID");
    this.pendingMembers.delete(memberId);
    this.pendingSyncs.delete(memberId);
    if (this.leaderId === memberId) {
      const [next] = this.membersById.keys();
      this.leaderId = next ?? null;
    }
  }

  /** What a member says when it joins again. */
  update(member: ClassicMember, settings: MemberSettings): void {
    this.support.remove(member.protocols);
    member.settings = settings;
    this.support.add(member.protocols);
  }

  /**
   * Gives a static member another id (KIP-345). Whoever waits under the old one is told that it is
   * fenced.
   */
  replaceStatic(old: ClassicMember, newId: string): ClassicMember {
    const { memberId } = old;
    this.joins.refuse(memberId, "FENCED_INSTANCE_ID");
    this.syncs.refuse(memberId, "FENCED_INSTANCE_ID");
    const member = old.withId(newId);
    this.membersById.delete(memberId);
    this.membersById.set(newId, member);
    if (member.instanceId !== null) this.memberIdsByInstance.set(member.instanceId, newId);
    if (this.leaderId === memberId) this.leaderId = newId;
    return member;
  }

  /** How long the slowest member may take to join again, in milliseconds. */
  get rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const { rebalanceTimeoutMs } of this.membersById.values()) {
      longest = Math.max(longest, rebalanceTimeoutMs);
    }
    return longest;
  }

  // The leader, and the protocol the members agree on.

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId;
  }

  /** Makes somebody who has joined the leader. Returns false where nobody has. */
  electJoinedLeader(): boolean {
    if (this.leaderId === null) return false;
    if (this.joins.has(this.leaderId)) return true;
    for (const memberId of this.membersById.keys()) {
      if (!this.joins.has(memberId)) continue;
      this.leaderId = memberId;
      return true;
    }
    return false;
  }

  /** Whether a member that knows these protocols could work with all the others. */
  supports(protocolType: string, protocols: readonly MemberProtocol[]): boolean {
    if (this.isEmpty) return protocolType !== "" && protocols.length > 0;
    return this.protocolType === protocolType &&
      protocols.some(({ name }) => this.support.count(name) === this.membersById.size);
  }

  /** The protocol that the members choose by vote. */
  chosenProtocol(): string {
    const isCommon = (name: string) => this.support.count(name) === this.membersById.size;
    return chooseProtocol(this.membersById.values(), isCommon);
  }

  get isOfConsumers(): boolean {
    return this.protocolType === CONSUMER_PROTOCOL_TYPE;
  }

  refreshSubscription(): void {
    this.topics = this.isOfConsumers
      ? subscribedTopics(this.membersById.values(), this.protocolName)
      : null;
  }

  get knowsSubscription(): boolean {
    return this.topics !== null;
  }

  isSubscribedTo(topic: string): boolean {
    return this.topics === null ? this.isOfConsumers : this.topics.has(topic);
  }

  setAssignments(assignments: ReadonlyMap<string, Uint8Array>): void {
    for (const member of this.membersById.values()) {
      member.assignment = assignments.get(member.memberId) ?? NO_ASSIGNMENT;
    }
  }

  // Those who wait.

  /** Whether everybody who is expected has joined. */
  get hasAllJoined(): boolean {
    return this.joins.size === this.membersById.size && this.pendingMembers.size === 0;
  }

  /** Whether the member is known to live without heartbeats, since it waits for us. */
  isWaitingOnUs({ memberId, isNew }: ClassicMember): boolean {
    return !isNew && (this.joins.has(memberId) || this.syncs.has(memberId));
  }

  /** Tells everybody who waits of an error. */
  refuseAll(error: ErrorName): void {
    this.joins.refuseAll(error);
    this.syncs.refuseAll(error);
  }

  // What offsets and the admin APIs ask.

  asListed(): ListedGroup {
    return {
      groupId: this.groupId,
      protocolType: this.protocolType ?? "",
      groupState: this.current,
      groupType: this.kind,
    };
  }

  checkOffsetCommit(origin: CommitOrigin): CommitPartitionCheck {
    return checkCommit(this, origin);
  }

  checkOffsetFetch(): void {
    // Offsets of a classic group are read by whoever may see the group.
  }

  checkOffsetDelete(): void {
    checkOffsetDeletion(this);
  }

  /** Throws NON_EMPTY_GROUP. */
  checkDelete(): void {
    if (!this.isEmpty) throw new KafkaError("NON_EMPTY_GROUP");
  }

  offsetExpiry(): OffsetExpiry | null {
    return offsetExpiry(this);
  }

  tombstones(): GroupRecord[] {
    return [groupTombstone(this.groupId)];
  }

  cancelTimers(): void {
    // They end when the tombstone is replayed: it may be refused, and then sessions must still end.
  }
}
