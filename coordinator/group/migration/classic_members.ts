/**
 * Members of the classic protocol in consumer groups (KIP-848): the member epoch is their generation,
 * and the coordinator makes their assignments. A rebalance is asked for by heartbeats, as they know it.
 */
import { DecodeError } from "../../../protocol/codec/reader.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type { JoinGroupRequest } from "../../../protocol/messages/11_join_group.ts";
import type { HeartbeatRequest } from "../../../protocol/messages/12_heartbeat.ts";
import type { LeaveGroupRequest } from "../../../protocol/messages/13_leave_group.ts";
import type { SyncGroupRequest } from "../../../protocol/messages/14_sync_group.ts";
import type { JoinAnswer, SyncAnswer } from "../classic/classic_group.ts";
import type { ClassicMembersOfConsumerGroups, HeartbeatResult } from "../classic/classic_groups.ts";
import { leaveResponse, type LeaveResult, type LeavingMember } from "../classic/leaves.ts";
import type { Result } from "../classic/rebalances.ts";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.ts";
import { epochsOf, NO_TARGET } from "../consumer/assignment.ts";
import { ConsumerGroup } from "../consumer/consumer_group.ts";
import { type Fencing, requireStaticMember } from "../consumer/fencing.ts";
import {
  type ClassicMemberMetadata,
  type ConsumerMember,
  MemberState,
} from "../consumer/member.ts";
import { writeAssignment } from "../embedded_protocol.ts";
import type { Group, RequestOrigin } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { toldAs } from "../told_error.ts";
import type { ClassicJoins } from "./classic_joins.ts";
import { listTopicNames } from "./topic_names.ts";

/** A member that is known to use the classic protocol. */
type KnownClassicMember = ConsumerMember & { readonly classic: ClassicMemberMetadata };

export class ClassicMembers implements ClassicMembersOfConsumerGroups {
  constructor(
    private readonly env: GroupEnvironment,
    private readonly fencing: Fencing,
    private readonly joins: ClassicJoins,
  ) {}

  /** See `ClassicJoins.join` for the errors. */
  join(
    group: Group,
    origin: RequestOrigin,
    request: JoinGroupRequest,
    answer: JoinAnswer,
  ): Result {
    if (group instanceof ConsumerGroup) return this.joins.join(group, origin, request, answer);
    throw new KafkaError("INCONSISTENT_GROUP_PROTOCOL");
  }

  /**
   * Throws UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION, INCONSISTENT_GROUP_PROTOCOL,
   * REBALANCE_IN_PROGRESS, and UNKNOWN_SERVER_ERROR where the member's subscription cannot be read.
   */
  sync(
    group: Group,
    _origin: RequestOrigin,
    request: SyncGroupRequest,
    answer: SyncAnswer,
  ): Result {
    const { groupId, protocolType, protocolName } = request;
    const consumerGroup = requireConsumerGroup(group);
    const member = requireMember(consumerGroup, request);
    requireProtocol(member, request);
    this.requireNoRebalance(consumerGroup, member);
    const assignment = this.assignmentOf(member);
    return {
      records: [],
      response: undefined,
      onCommitted: (error) => {
        if (error !== null) return answer({ errorCode: toldAs(error).code });
        const { memberId, classic: { sessionTimeoutMs } } = member;
        this.fencing.timersOf(groupId).cancel("sync", memberId);
        this.fencing.awaitHeartbeat(groupId, memberId, sessionTimeoutMs);
        answer({ errorCode: ErrorCode.NONE, protocolType, protocolName, assignment });
      },
    };
  }

  /** A member that has yet to give something up has joined already; what comes next comes after that. */
  private requireNoRebalance(group: ConsumerGroup, member: ConsumerMember): void {
    const { memberId, memberEpoch, state, rebalanceTimeoutMs } = member;
    if (memberEpoch >= group.assignmentEpoch || state === MemberState.UNREVOKED_PARTITIONS) return;
    this.fencing.awaitJoin(group.groupId, memberId, rebalanceTimeoutMs);
    throw new KafkaError("REBALANCE_IN_PROGRESS", "The member has to join again.");
  }

  private assignmentOf({ assigned, classic }: KnownClassicMember): Uint8Array {
    const [{ metadata }] = classic.supportedProtocols;
    try {
      return writeAssignment(listTopicNames(assigned, this.env.context.image()), metadata);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new KafkaError("UNKNOWN_SERVER_ERROR", `No subscription: ${error.message}.`);
    }
  }

  /**
   * Answers REBALANCE_IN_PROGRESS where the member has something to gain by joining again. Throws
   * UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION.
   */
  heartbeat(group: Group, _origin: RequestOrigin, request: HeartbeatRequest): HeartbeatResult {
    const consumerGroup = requireConsumerGroup(group);
    const member = requireMember(consumerGroup, request);
    const { groupId } = group;
    const { memberId, rebalanceTimeoutMs, classic: { sessionTimeoutMs } } = member;
    this.fencing.awaitHeartbeat(groupId, memberId, sessionTimeoutMs);
    if (!shouldJoin(consumerGroup, member)) {
      return { records: [], response: { errorCode: ErrorCode.NONE } };
    }
    this.fencing.awaitJoin(groupId, memberId, rebalanceTimeoutMs);
    return { records: [], response: { errorCode: ErrorCode.REBALANCE_IN_PROGRESS } };
  }

  /** Members of either protocol leave. Throws UNKNOWN_MEMBER_ID for a group of another kind. */
  leave(group: Group, _origin: RequestOrigin, { members }: LeaveGroupRequest): LeaveResult {
    const consumerGroup = requireConsumerGroup(group);
    const leaving = new Set<ConsumerMember>();
    const response = leaveResponse(members, (member) => {
      leaving.add(requireLeaving(consumerGroup, member));
    });
    return this.fencing.fence(consumerGroup, [...leaving], response);
  }
}

/** The group. Throws UNKNOWN_MEMBER_ID where it is of another kind. */
function requireConsumerGroup(group: Group): ConsumerGroup {
  if (group instanceof ConsumerGroup) return group;
  throw new KafkaError("UNKNOWN_MEMBER_ID", `Group ${group.groupId} is not a consumer group.`);
}

/** Throws UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION. */
function requireMember(
  group: ConsumerGroup,
  { memberId, groupInstanceId, generationId }: SyncGroupRequest | HeartbeatRequest,
): KnownClassicMember {
  const member = groupInstanceId === null
    ? group.requireMember(memberId)
    : requireStaticMember(group, groupInstanceId, memberId);
  const { classic, memberEpoch } = member;
  if (classic === null) {
    throw new KafkaError("UNKNOWN_MEMBER_ID", `Member ${memberId} uses the consumer protocol.`);
  }
  if (memberEpoch !== generationId) {
    throw new KafkaError(
      "ILLEGAL_GENERATION",
      `The member says generation ${generationId} and is in ${memberEpoch}.`,
    );
  }
  return { ...member, classic };
}

/** Throws INCONSISTENT_GROUP_PROTOCOL where the member was told another protocol (KIP-559). */
function requireProtocol(
  { classic }: KnownClassicMember,
  { protocolType, protocolName }: SyncGroupRequest,
): void {
  const [{ name }] = classic.supportedProtocols;
  const isOther = (protocolType ?? CONSUMER_PROTOCOL_TYPE) !== CONSUMER_PROTOCOL_TYPE ||
    (protocolName ?? name) !== name;
  if (isOther) {
    throw new KafkaError("INCONSISTENT_GROUP_PROTOCOL", `The member's protocol is ${name}.`);
  }
}

/**
 * A member joins again for a new assignment, to say that it has given up what it had to, and once what
 * it waits for is free.
 */
function shouldJoin(group: ConsumerGroup, member: ConsumerMember): boolean {
  if (member.memberEpoch < group.assignmentEpoch) return true;
  if (member.state === MemberState.UNREVOKED_PARTITIONS) return true;
  return member.state === MemberState.UNRELEASED_PARTITIONS && !waitsForOthers(group, member);
}

function waitsForOthers(group: ConsumerGroup, { memberId, assigned }: ConsumerMember): boolean {
  for (const [topicId, partitions] of group.targetOf(memberId) ?? NO_TARGET) {
    const own = epochsOf(assigned, topicId);
    for (const partition of partitions) {
      if (!own.has(partition) && group.isOwned(topicId, partition)) return true;
    }
  }
  return false;
}

/** Who is to leave: a static member may be named without its id. Throws UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID. */
function requireLeaving(
  group: ConsumerGroup,
  { memberId, groupInstanceId }: LeavingMember,
): ConsumerMember {
  if (groupInstanceId === null) return group.requireMember(memberId);
  const named = memberId === "" ? group.staticMember(groupInstanceId)?.memberId ?? "" : memberId;
  return requireStaticMember(group, groupInstanceId, named);
}
