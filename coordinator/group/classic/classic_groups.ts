/**
 * The classic protocol of consumer groups: JoinGroup, SyncGroup, Heartbeat, LeaveGroup and
 * DescribeGroups, for the groups of one shard.
 *
 * KIP-62 (session and rebalance timeouts), KIP-134 (initial delay), KIP-345 (static members), KIP-389
 * (maximum size), KIP-394 (member id required), KIP-559 (protocol named), KIP-800 (reasons), KIP-814
 * (skipping the assignment). Cooperative rebalancing (KIP-429) is the clients' affair.
 */
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { JoinGroupRequest } from "../../../protocol/messages/11_join_group.ts";
import type {
  HeartbeatRequest,
  HeartbeatResponse,
} from "../../../protocol/messages/12_heartbeat.ts";
import type { LeaveGroupRequest } from "../../../protocol/messages/13_leave_group.ts";
import type { SyncGroupRequest } from "../../../protocol/messages/14_sync_group.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { Group, RequestOrigin } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { toldAs } from "../told_error.ts";
import { ClassicGroup, type JoinAnswer, type SyncAnswer } from "./classic_group.ts";
import type { GroupMetadataRecord } from "./group_record.ts";
import { Joins } from "./joins.ts";
import {
  leaveResponse,
  leaveResponseOfVersion,
  type LeaveResult,
  Leaves,
  withMembers,
} from "./leaves.ts";
import { LiveRecords } from "./live_records.ts";
import { NOTHING, Rebalances, type Result } from "./rebalances.ts";
import { groupFromRecord } from "./replay.ts";
import { type DescribedGroup, describeGroup, joinResponseOfVersion } from "./responses.ts";
import { StaticReturns } from "./static_returns.ts";
import { Syncs } from "./syncs.ts";

export type HeartbeatResult = CoordinatorResult<GroupRecord, HeartbeatResponse>;

/**
 * What happens to requests of the classic protocol whose group is another one and has members.
 * Requests are given as if their version could carry every field, and responses are taken so.
 */
export interface ClassicMembersOfConsumerGroups {
  join(
    group: Group,
    origin: RequestOrigin,
    request: JoinGroupRequest,
    answer: JoinAnswer,
  ): Result;
  sync(
    group: Group,
    origin: RequestOrigin,
    request: SyncGroupRequest,
    answer: SyncAnswer,
  ): Result;
  heartbeat(group: Group, origin: RequestOrigin, request: HeartbeatRequest): HeartbeatResult;
  leave(group: Group, origin: RequestOrigin, request: LeaveGroupRequest): LeaveResult;
}

/** The same request with what its version has no field for. */
function withRebalanceTimeout(request: JoinGroupRequest, version: number): JoinGroupRequest {
  return version === 0 ? { ...request, rebalanceTimeoutMs: request.sessionTimeoutMs } : request;
}

export class ClassicGroups {
  /** Unset: groups of the other protocol are closed to classic members. */
  consumerGroups: ClassicMembersOfConsumerGroups | null = null;
  private readonly records = new LiveRecords();
  private readonly rebalances: Rebalances;
  private readonly joins: Joins;
  private readonly syncs: Syncs;
  private readonly leaves: Leaves;

  constructor(private readonly environment: GroupEnvironment) {
    this.rebalances = new Rebalances(environment, this.records);
    const staticReturns = new StaticReturns(this.rebalances, this.records);
    this.joins = new Joins(environment, this.rebalances, staticReturns);
    this.syncs = new Syncs(this.rebalances, this.records);
    this.leaves = new Leaves(this.rebalances);
  }

  /**
   * JoinGroup (11). `answer` is called once: at once, when the rebalance is complete, when the records
   * are committed or refused, or when the shard is unloaded; not where this throws: UNKNOWN_SERVER_ERROR
   * for a client that turns static after it was given its id, as Kafka does.
   */
  join(origin: RequestOrigin, request: JoinGroupRequest, answer: JoinAnswer): Result {
    const { version } = origin;
    const asked = withRebalanceTimeout(request, version);
    const reply: JoinAnswer = (response) => answer(joinResponseOfVersion(response, version));
    const { groupId, memberId } = request;
    const found = this.environment.groups.find(groupId);
    if (found instanceof ClassicGroup) {
      return this.joins.join({ origin, request: asked, group: found, answer: reply });
    }
    if (found !== undefined && !found.isEmpty) {
      if (this.consumerGroups !== null) {
        return this.consumerGroups.join(found, origin, asked, reply);
      }
      reply({ errorCode: ErrorCode.INCONSISTENT_GROUP_PROTOCOL });
      return NOTHING;
    }
    if (memberId !== "") {
      reply({ memberId, errorCode: ErrorCode.UNKNOWN_MEMBER_ID });
      return NOTHING;
    }
    return this.joinNewGroup(found, origin, asked, reply);
  }

  /** Whatever comes of the request, the group is made; one of the other kind gives way to it. */
  private joinNewGroup(
    before: Group | undefined,
    origin: RequestOrigin,
    request: JoinGroupRequest,
    answer: JoinAnswer,
  ): Result {
    const { context } = this.environment;
    const group = new ClassicGroup(request.groupId, { stateSinceMs: context.now() });
    const record = this.records.ofNew(group);
    this.joins.join({ origin, request, group, answer });
    before?.cancelTimers(context.timers);
    return {
      records: [...before?.tombstones() ?? [], record],
      response: undefined,
      onCommitted: (error) => {
        if (error === null) return;
        group.joins.answerRequest(answer, { errorCode: toldAs(error).code });
      },
    };
  }

  /** SyncGroup (14). `answer` is called once, as for `join`. */
  sync(origin: RequestOrigin, request: SyncGroupRequest, answer: SyncAnswer): Result {
    const found = this.environment.groups.find(request.groupId);
    if (found !== undefined && !found.isEmpty) {
      if (found instanceof ClassicGroup) return this.syncs.sync(found, request, answer);
      if (this.consumerGroups !== null) {
        return this.consumerGroups.sync(found, origin, request, answer);
      }
    }
    answer({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID });
    return NOTHING;
  }

  /** Heartbeat (12). Throws UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION. */
  heartbeat(origin: RequestOrigin, request: HeartbeatRequest): HeartbeatResult {
    const { groupId, memberId, groupInstanceId, generationId } = request;
    const found = this.environment.groups.find(groupId);
    if (found instanceof ClassicGroup) {
      const member = found.requireMember(memberId, groupInstanceId);
      if (generationId !== found.generation) throw new KafkaError("ILLEGAL_GENERATION");
      this.rebalances.keepAlive(found, member);
      const isAskedToJoin = found.state === "PreparingRebalance";
      const errorCode = isAskedToJoin ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
      return { records: [], response: { errorCode } };
    }
    if (found !== undefined && this.consumerGroups !== null) {
      return this.consumerGroups.heartbeat(found, origin, request);
    }
    throw new KafkaError("UNKNOWN_MEMBER_ID", `Group ${groupId} not found.`);
  }

  /** LeaveGroup (13). Members have their errors in the response. */
  leave(origin: RequestOrigin, request: LeaveGroupRequest): LeaveResult {
    const asked = withMembers(request, origin.version);
    const result = this.leaveGroup(origin, asked);
    return { ...result, response: leaveResponseOfVersion(result.response, origin.version) };
  }

  private leaveGroup(origin: RequestOrigin, request: LeaveGroupRequest): LeaveResult {
    const { groupId, members } = request;
    const found = this.environment.groups.find(groupId);
    if (found instanceof ClassicGroup) return this.leaves.leave(found, members);
    if (found !== undefined && this.consumerGroups !== null) {
      return this.consumerGroups.leave(found, origin, request);
    }
    const response = leaveResponse(members, () => {
      throw new KafkaError("UNKNOWN_MEMBER_ID");
    });
    return { records: [], response };
  }

  /** DescribeGroups (15) for one group. */
  describe(groupId: string, version: number): DescribedGroup {
    return describeGroup(groupId, this.environment.groups.find(groupId), version);
  }

  /**
   * The group, made where there is none: offsets committed from outside belong to an empty one.
   * Throws GROUP_ID_NOT_FOUND where it is of another kind.
   */
  getOrCreate(groupId: string): ClassicGroup {
    const { groups, context } = this.environment;
    const found = groups.find(groupId);
    if (found instanceof ClassicGroup) return found;
    if (found !== undefined) {
      throw new KafkaError("GROUP_ID_NOT_FOUND", `Group ${groupId} is not a classic group.`);
    }
    const group = new ClassicGroup(groupId, { stateSinceMs: context.now() });
    groups.set(group);
    return group;
  }

  /** A member has committed offsets and so shows that it lives. */
  onOffsetCommitted(group: Group, memberId: string): void {
    if (!(group instanceof ClassicGroup) || group.state === "CompletingRebalance") return;
    const member = group.members.get(memberId);
    if (member !== undefined) this.rebalances.keepAlive(group, member);
  }

  /**
   * The record of a group that was made from members of another protocol. Once it is replayed the
   * group stands in place of that one, and its members' sessions count. See `rebalance`.
   */
  adopt(group: ClassicGroup): GroupMetadataRecord {
    for (const member of group.members.values()) this.rebalances.keepAlive(group, member);
    return this.records.of(group);
  }

  /** Asks the members of a group to join anew. `reason` is for the log. */
  rebalance(group: ClassicGroup, reason: string): Result {
    return this.rebalances.begin(group, reason);
  }

  replay(record: GroupMetadataRecord): void {
    const { groups } = this.environment;
    const { key: { group: groupId }, value } = record;
    if (value === null) {
      const found = groups.find(groupId);
      if (!(found instanceof ClassicGroup)) return;
      this.rebalances.forget(found);
      return groups.remove(groupId);
    }
    groups.set(this.records.writerOf(record) ?? groupFromRecord(groupId, value));
  }

  /** Sessions begin anew. Groups that have become too large are asked to join, and shrink. */
  onLoaded(): void {
    const { groups, settings } = this.environment;
    for (const group of groups.all) {
      if (!(group instanceof ClassicGroup)) continue;
      for (const member of group.members.values()) this.rebalances.keepAlive(group, member);
      if (group.memberCount > settings.classicSizeMax) {
        this.rebalances.begin(group, `more members than ${settings.classicSizeMax}`);
      }
    }
  }

  /** Everybody who waits is told of the error, and looks for the coordinator anew. */
  onUnloaded(error: KafkaError): void {
    const { context, groups } = this.environment;
    for (const group of groups.all) {
      if (!(group instanceof ClassicGroup)) continue;
      group.refuseAll(toldAs(error).errorName);
      group.transitionTo("Dead", context.now());
    }
  }
}
