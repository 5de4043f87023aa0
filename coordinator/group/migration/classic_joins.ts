/** JoinGroup (11) to a consumer group: members of the classic protocol enter it or join again (KIP-848). */
import { randomUuid } from "../../../protocol/codec/uuid.ts";
import { DecodeError } from "../../../protocol/codec/reader.ts";
import type { ConsumerProtocolSubscription } from "../../../protocol/data/consumer_protocol_subscription.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { JoinGroupRequest } from "../../../protocol/messages/11_join_group.ts";
import type { JoinAnswer } from "../classic/classic_group.ts";
import { MEMBER_ID_REQUIRED_VERSION } from "../classic/joins.ts";
import { NOTHING, type Result } from "../classic/rebalances.ts";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/subscription.ts";
import type { ConsumerGroup } from "../consumer/consumer_group.ts";
import type { ConsumerGroups } from "../consumer/consumer_groups.ts";
import { requireStaticMember } from "../consumer/fencing.ts";
import { requireRoom, takeOver } from "../consumer/joining.ts";
import { type ConsumerMember, newMember, sameMetadata, sameNames } from "../consumer/member.ts";
import { memberRecord } from "../consumer/records.ts";
import { readSubscription } from "../embedded_protocol.ts";
import type { RequestOrigin } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { toldAs } from "../told_error.ts";
import type { Downgrades } from "./downgrade.ts";
import { listTopicIds } from "./topic_names.ts";

/** One request to join a group. */
interface Joining {
  readonly group: ConsumerGroup;
  readonly origin: RequestOrigin;
  readonly request: JoinGroupRequest;
  readonly subscription: ConsumerProtocolSubscription;
  readonly before: ConsumerMember;
  /** The records that it takes so far. */
  readonly records: GroupRecord[];
}

interface Joined {
  readonly member: ConsumerMember;
  /** Whether the group is a classic one from now on. */
  readonly downgraded: boolean;
}

export class ClassicJoins {
  constructor(
    private readonly env: GroupEnvironment,
    private readonly consumer: ConsumerGroups,
    private readonly downgrades: Downgrades,
  ) {}

  /**
   * Throws INCONSISTENT_GROUP_PROTOCOL, GROUP_MAX_SIZE_REACHED, UNKNOWN_MEMBER_ID,
   * FENCED_INSTANCE_ID, GROUP_ID_NOT_FOUND, and UNKNOWN_SERVER_ERROR where the subscription cannot be
   * read.
   */
  join(
    group: ConsumerGroup,
    origin: RequestOrigin,
    request: JoinGroupRequest,
    answer: JoinAnswer,
  ): Result {
    const { settings, context } = this.env;
    const { upgrade, downgrade } = settings.migrationPolicy;
    if (!upgrade && !downgrade) throw inconsistent("The group is closed to the classic protocol.");
    const memberId = request.memberId === "" ? randomUuid(context.random) : request.memberId;
    requireRoom(group, memberId, settings.consumerSizeMax);
    requireProtocol(group, request);
    if (needsMemberId(request, origin)) {
      answer({ memberId, errorCode: ErrorCode.MEMBER_ID_REQUIRED });
      return NOTHING;
    }
    const records: GroupRecord[] = [];
    const before = memberBefore(group, memberId, request, records);
    const subscription = subscriptionOf(request);
    const joined = this.advance({ group, origin, request, subscription, before, records });
    return {
      records,
      response: undefined,
      onCommitted: (error) => {
        if (error !== null) return answer({ errorCode: toldAs(error).code });
        this.beginTimers(group.groupId, request, joined);
        const { member } = joined;
        answer({
          errorCode: ErrorCode.NONE,
          memberId: member.memberId,
          generationId: member.memberEpoch,
          protocolType: CONSUMER_PROTOCOL_TYPE,
          protocolName: member.classic!.supportedProtocols[0].name,
        });
      },
    };
  }

  private advance(joining: Joining): Joined {
    const { group, before, records, request, subscription } = joining;
    const { patterns, rebalancing } = this.consumer;
    const { groupInstanceId } = request;
    const replaced = groupInstanceId === null ? undefined : group.staticMember(groupInstanceId);
    const after = joiningMember(joining);
    if (!sameMetadata(before, after)) records.push(memberRecord(group.groupId, after));
    const pattern = patterns.update(group, before, after, records);
    const changed = pattern !== "none" ||
      !sameNames(before.subscribedTopicNames, after.subscribedTopicNames);
    const change = { group, before, after };
    const groupEpoch = rebalancing.updateSubscription(change, changed, records);
    const owned = listTopicIds(subscription.ownedPartitions, this.env.context.image());
    if (replaced === undefined || !this.downgrades.isDueWithReplaced(group, replaced)) {
      const progress = rebalancing.updateTarget(change, groupEpoch, records);
      const member = rebalancing.reconcile(group, after, progress, changed, owned, records);
      return { member, downgraded: false };
    }
    const { assignmentEpoch: targetEpoch } = group;
    const isStale = targetEpoch < groupEpoch;
    const progress = { targetEpoch, target: group.targetFor(after) };
    const member = isStale
      ? after
      : rebalancing.reconcile(group, after, progress, changed, owned, records);
    const reason = isStale ? "the assignment is not that of the latest subscriptions" : null;
    records.push(...this.downgrades.withReplaced(group, replaced, member, reason));
    return { member, downgraded: true };
  }

  /** In a consumer group the member is to ask for its assignment, and to show signs of life. */
  private beginTimers(
    groupId: string,
    { sessionTimeoutMs, rebalanceTimeoutMs }: JoinGroupRequest,
    { member: { memberId }, downgraded }: Joined,
  ): void {
    const { fencing } = this.consumer;
    fencing.timersOf(groupId).cancel("join", memberId);
    if (downgraded) return;
    fencing.awaitHeartbeat(groupId, memberId, sessionTimeoutMs);
    fencing.awaitSync(groupId, memberId, rebalanceTimeoutMs);
  }
}

function inconsistent(why: string): KafkaError {
  return new KafkaError("INCONSISTENT_GROUP_PROTOCOL", why);
}

function requireProtocol(
  group: ConsumerGroup,
  { protocolType, protocols }: JoinGroupRequest,
): void {
  const names = protocols.map(({ name }) => name);
  if (protocolType === CONSUMER_PROTOCOL_TYPE && group.supportsClassicProtocol(names)) return;
  throw inconsistent("The member has no protocol that all classic members have.");
}

/** Dynamic members get an id first and join with it (KIP-394). */
function needsMemberId(
  { memberId, groupInstanceId }: JoinGroupRequest,
  { version }: RequestOrigin,
): boolean {
  return memberId === "" && groupInstanceId === null && version >= MEMBER_ID_REQUIRED_VERSION;
}

/**
 * Whom the request is from. Any id will do for a dynamic member. A static one without an id takes the
 * place of whoever has its instance id, of either protocol. Throws UNKNOWN_MEMBER_ID,
 * FENCED_INSTANCE_ID.
 */
function memberBefore(
  group: ConsumerGroup,
  memberId: string,
  request: JoinGroupRequest,
  records: GroupRecord[],
): ConsumerMember {
  const { groupInstanceId: instanceId } = request;
  if (instanceId === null) return group.members.get(memberId) ?? newMember(memberId);
  if (request.memberId !== "") return requireStaticMember(group, instanceId, memberId);
  const holder = group.staticMember(instanceId);
  return holder === undefined ? newMember(memberId) : takeOver(group, holder, memberId, records);
}

/** All protocols of a consumer say the same subscription. Throws UNKNOWN_SERVER_ERROR. */
function subscriptionOf(
  { protocols: [{ metadata }] }: JoinGroupRequest,
): ConsumerProtocolSubscription {
  try {
    return readSubscription(metadata);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new KafkaError("UNKNOWN_SERVER_ERROR", `No subscription: ${error.message}.`);
  }
}

/** The member with what the request says of it. */
function joiningMember({ before, origin, request, subscription }: Joining): ConsumerMember {
  const { rebalanceTimeoutMs, sessionTimeoutMs, protocols } = request;
  return {
    ...before,
    instanceId: request.groupInstanceId ?? before.instanceId,
    rackId: subscription.rackId || before.rackId,
    rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? before.rebalanceTimeoutMs : rebalanceTimeoutMs,
    subscribedTopicNames: new Set(subscription.topics),
    subscribedTopicRegex: "",
    clientId: origin.clientId,
    clientHost: origin.clientHost,
    classic: {
      sessionTimeoutMs,
      supportedProtocols: protocols.map(({ name, metadata }) => ({ name, metadata })),
    },
  };
}
