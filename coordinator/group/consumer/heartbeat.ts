/** ConsumerGroupHeartbeat (68, KIP-848): joining, staying, acknowledging assignments and leaving. */
import { KafkaError } from "../../../protocol/errors.ts";
import { randomUuid } from "../../../protocol/codec/uuid.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from "../../../protocol/messages/68_consumer_group_heartbeat.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { RequestOrigin } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { listPartitions, sameAssignment } from "./assignment.ts";
import { ConsumerGroup } from "./consumer_group.ts";
import type { Fencing } from "./fencing.ts";
import { joiningMember, knownMember, requireRoom } from "./joining.ts";
import { type ConsumerMember, MemberEpoch, sameMetadata, sameNames } from "./member.ts";
import type { Patterns } from "./patterns.ts";
import type { ProtocolMigration } from "./protocol_migration.ts";
import type { Rebalancing } from "./rebalancing.ts";
import { memberRecord } from "./records.ts";

export type HeartbeatResponse = ConsumerGroupHeartbeatResponse;

/** What heartbeats are decided with. */
interface Parts {
  readonly patterns: Patterns;
  readonly rebalancing: Rebalancing;
  readonly fencing: Fencing;
}

export class Heartbeats {
  private readonly patterns: Patterns;
  private readonly rebalancing: Rebalancing;
  private readonly fencing: Fencing;

  constructor(
    private readonly env: GroupEnvironment,
    { patterns, rebalancing, fencing }: Parts,
    private readonly migration: () => ProtocolMigration | null,
  ) {
    this.patterns = patterns;
    this.rebalancing = rebalancing;
    this.fencing = fencing;
  }

  /**
   * Answers a request that `checkConsumerGroupHeartbeat` has let through. Throws GROUP_ID_NOT_FOUND,
   * GROUP_MAX_SIZE_REACHED, UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, FENCED_INSTANCE_ID,
   * UNRELEASED_INSTANCE_ID, INVALID_REGULAR_EXPRESSION.
   */
  handle(
    origin: RequestOrigin,
    request: ConsumerGroupHeartbeatRequest,
  ): CoordinatorResult<GroupRecord, HeartbeatResponse> {
    const { groupId, memberEpoch } = request;
    if (memberEpoch === MemberEpoch.LEAVE || memberEpoch === MemberEpoch.LEAVE_STATIC) {
      return this.fencing.leave(this.requireGroup(groupId), request);
    }
    const records: GroupRecord[] = [];
    const joins = memberEpoch === MemberEpoch.JOIN;
    const group = joins ? this.groupToJoin(groupId, records) : this.requireGroup(groupId);
    requireRoom(group, request.memberId, this.env.settings.consumerSizeMax);
    const memberId = request.memberId === ""
      ? randomUuid(this.env.context.random)
      : request.memberId;
    const before = joins
      ? joiningMember(group, memberId, request, records)
      : knownMember(group, memberId, request);
    const after = this.advance(group, before, updated(before, origin, request), request, records);
    this.fencing.awaitHeartbeat(
      groupId,
      memberId,
      this.env.settings.consumerSessionTimeoutMs(groupId),
    );
    return { records, response: this.answer(request, before, after) };
  }

  private advance(
    group: ConsumerGroup,
    before: ConsumerMember,
    after: ConsumerMember,
    request: ConsumerGroupHeartbeatRequest,
    records: GroupRecord[],
  ): ConsumerMember {
    if (!sameMetadata(before, after)) records.push(memberRecord(group.groupId, after));
    const namesChanged = !sameNames(before.subscribedTopicNames, after.subscribedTopicNames);
    const pattern = this.patterns.update(group, before, after, records);
    const change = { group, before, after };
    // A pattern that is not matched yet changes the assignment only once it is.
    const bump = namesChanged || pattern === "resolved";
    const groupEpoch = this.rebalancing.updateSubscription(change, bump, records);
    const target = this.rebalancing.updateTarget(change, groupEpoch, records);
    const subscriptionChanged = namesChanged || pattern !== "none";
    return this.rebalancing.reconcile(
      group,
      after,
      target,
      subscriptionChanged,
      request.topicPartitions,
      records,
    );
  }

  private answer(
    request: ConsumerGroupHeartbeatRequest,
    before: ConsumerMember,
    after: ConsumerMember,
  ): HeartbeatResponse {
    // Whoever says everything does not know, or does not trust, what it was told before.
    const saysAll = request.rebalanceTimeoutMs !== -1 && request.topicPartitions !== null &&
      (request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null);
    const isTold = request.memberEpoch === MemberEpoch.JOIN || saysAll ||
      !sameAssignment(before.assigned, after.assigned);
    return {
      memberId: after.memberId,
      memberEpoch: after.memberEpoch,
      heartbeatIntervalMs: this.env.settings.consumerHeartbeatIntervalMs(request.groupId),
      assignment: isTold ? { topicPartitions: listPartitions(after.assigned) } : null,
    };
  }

  private requireGroup(groupId: string): ConsumerGroup {
    const group = this.env.groups.require(groupId);
    if (group instanceof ConsumerGroup) return group;
    throw new KafkaError("GROUP_ID_NOT_FOUND", `Group ${groupId} is not a consumer group.`);
  }

  /**
   * A group is made by the records of its first member; one of the other protocol goes where it is
   * empty, and is upgraded where that may be.
   */
  private groupToJoin(groupId: string, records: GroupRecord[]): ConsumerGroup {
    const { groups, context } = this.env;
    const group = groups.find(groupId);
    if (group === undefined) return new ConsumerGroup(groupId);
    if (group instanceof ConsumerGroup) return group;
    if (!group.isEmpty) {
      return this.migration()?.upgrade(group, records) ?? this.requireGroup(groupId);
    }
    records.push(...group.tombstones());
    group.cancelTimers(context.timers);
    return new ConsumerGroup(groupId);
  }
}

/** The member with what a request says of it; what is left out stays as it was. */
function updated(
  member: ConsumerMember,
  origin: RequestOrigin,
  request: ConsumerGroupHeartbeatRequest,
): ConsumerMember {
  const { rebalanceTimeoutMs, subscribedTopicNames: names } = request;
  return {
    ...member,
    instanceId: request.instanceId ?? member.instanceId,
    rackId: request.rackId ?? member.rackId,
    rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? member.serverAssignor,
    subscribedTopicNames: names === null ? member.subscribedTopicNames : new Set(names),
    subscribedTopicRegex: request.subscribedTopicRegex ?? member.subscribedTopicRegex,
    clientId: origin.clientId,
    clientHost: origin.clientHost,
    classic: null,
  };
}
