/** A member of a consumer group (KIP-848): what it said of itself, and where its assignment stands. */
import type { GroupRecordOf } from "../../../protocol/group_records/mod.ts";
import {
  type Assignment,
  assignmentFromRecord,
  NO_ASSIGNMENT,
  sameAssignment,
} from "./assignment.ts";

/** How far a member is on its way to its target assignment. */
export const MemberState = {
  /** It has what it is to have. */
  STABLE: 0,
  /** It has to give up partitions before it goes on to the next epoch. */
  UNREVOKED_PARTITIONS: 1,
  /** It waits for partitions that others have not given up yet. */
  UNRELEASED_PARTITIONS: 2,
  /** A state of a later Kafka. */
  UNKNOWN: 127,
} as const;
export type MemberState = typeof MemberState[keyof typeof MemberState];

/** The epochs that stand for more than an epoch. */
export const MemberEpoch = { JOIN: 0, LEAVE: -1, LEAVE_STATIC: -2 } as const;

type MetadataValue = NonNullable<GroupRecordOf<"ConsumerGroupMemberMetadata">["value"]>;
type AssignmentValue = NonNullable<
  GroupRecordOf<"ConsumerGroupCurrentMemberAssignment">["value"]
>;

/** What is known of a member that uses the classic protocol in a consumer group. */
export type ClassicMemberMetadata = NonNullable<MetadataValue["classicMemberMetadata"]>;

/** Never changed: a change makes another one. */
export interface ConsumerMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** -1 until it is said. */
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: ReadonlySet<string>;
  /** Empty where there is none. */
  readonly subscribedTopicRegex: string;
  /** The assignor that it asks for, or null for whichever the group uses. */
  readonly serverAssignor: string | null;
  /** Null for members of the consumer protocol. */
  readonly classic: ClassicMemberMetadata | null;
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: MemberState;
  readonly assigned: Assignment;
  /** What it has been told to give up, and has not yet said it did. */
  readonly pendingRevocation: Assignment;
}

export function newMember(memberId: string): ConsumerMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: "",
    clientHost: "",
    rebalanceTimeoutMs: -1,
    subscribedTopicNames: new Set(),
    subscribedTopicRegex: "",
    serverAssignor: null,
    classic: null,
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: MemberState.STABLE,
    assigned: NO_ASSIGNMENT,
    pendingRevocation: NO_ASSIGNMENT,
  };
}

/** The member as a record ConsumerGroupMemberMetadata describes it. */
export function withMetadata(member: ConsumerMember, value: MetadataValue): ConsumerMember {
  return {
    ...member,
    instanceId: value.instanceId,
    rackId: value.rackId,
    clientId: value.clientId,
    clientHost: value.clientHost,
    rebalanceTimeoutMs: value.rebalanceTimeoutMs,
    subscribedTopicNames: new Set(value.subscribedTopicNames),
    subscribedTopicRegex: value.subscribedTopicRegex ?? "",
    serverAssignor: value.serverAssignor,
    classic: value.classicMemberMetadata,
  };
}

const KNOWN_STATES: ReadonlySet<number> = new Set(Object.values(MemberState));

/** The member with the assignment of a record ConsumerGroupCurrentMemberAssignment. */
export function withAssignment(member: ConsumerMember, value: AssignmentValue): ConsumerMember {
  const { memberEpoch } = value;
  return {
    ...member,
    memberEpoch,
    previousMemberEpoch: value.previousMemberEpoch,
    state: KNOWN_STATES.has(value.state) ? value.state as MemberState : MemberState.UNKNOWN,
    assigned: assignmentFromRecord(value.assignedPartitions, memberEpoch),
    pendingRevocation: assignmentFromRecord(value.partitionsPendingRevocation, memberEpoch),
  };
}

/** The member after its assignment is taken back: it owns nothing and may be removed. */
export function withoutAssignment(member: ConsumerMember): ConsumerMember {
  return {
    ...member,
    memberEpoch: MemberEpoch.LEAVE,
    previousMemberEpoch: MemberEpoch.LEAVE,
    assigned: NO_ASSIGNMENT,
    pendingRevocation: NO_ASSIGNMENT,
  };
}

export function isReconciledTo(member: ConsumerMember, epoch: number): boolean {
  return member.state === MemberState.STABLE && member.memberEpoch === epoch;
}

export function sameNames(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const name of a) if (!b.has(name)) return false;
  return true;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function sameClassic(a: ClassicMemberMetadata | null, b: ClassicMemberMetadata | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const protocols = b.supportedProtocols;
  return a.sessionTimeoutMs === b.sessionTimeoutMs &&
    a.supportedProtocols.length === protocols.length &&
    a.supportedProtocols.every(({ name, metadata }, i) =>
      name === protocols[i].name && sameBytes(metadata, protocols[i].metadata)
    );
}

/** Whether both say the same of themselves. */
export function sameMetadata(a: ConsumerMember, b: ConsumerMember): boolean {
  return a.memberId === b.memberId && a.instanceId === b.instanceId && a.rackId === b.rackId &&
    a.clientId === b.clientId && a.clientHost === b.clientHost &&
    a.rebalanceTimeoutMs === b.rebalanceTimeoutMs &&
    a.subscribedTopicRegex === b.subscribedTopicRegex &&
    a.serverAssignor === b.serverAssignor &&
    sameNames(a.subscribedTopicNames, b.subscribedTopicNames) && sameClassic(a.classic, b.classic);
}

/** Whether both stand at the same point on the way to the same assignment. */
export function sameProgress(a: ConsumerMember, b: ConsumerMember): boolean {
  return a.memberEpoch === b.memberEpoch && a.previousMemberEpoch === b.previousMemberEpoch &&
    a.state === b.state && sameAssignment(a.assigned, b.assigned) &&
    sameAssignment(a.pendingRevocation, b.pendingRevocation);
}
