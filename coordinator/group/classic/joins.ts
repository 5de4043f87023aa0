/** JoinGroup (11): members enter a group or a rebalance of it. */
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type { JoinGroupRequest } from "../../../protocol/messages/11_join_group.ts";
import { hyphenatedUuid, randomUuidBytes } from "../../../lib/uuid.ts";
import type { RequestOrigin } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import type { ClassicGroup, JoinAnswer } from "./classic_group.ts";
import { ClassicMember, type MemberSettings } from "./classic_member.ts";
import { NOTHING, type Rebalances, type Result } from "./rebalances.ts";
import { joinedResponse } from "./responses.ts";
import type { StaticReturns } from "./static_returns.ts";

/** From it on a dynamic member gets its id first and then joins with it (KIP-394). */
export const MEMBER_ID_REQUIRED_VERSION = 4;

/** How long a new member may wait for its first rebalance, in milliseconds. */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60_000;

/** One request to join a group. */
export interface Joining {
  readonly origin: RequestOrigin;
  readonly request: JoinGroupRequest;
  readonly group: ClassicGroup;
  readonly answer: JoinAnswer;
}

/** What the client says of why it joins (KIP-800), for the log. */
function reasonOf({ reason }: JoinGroupRequest): string {
  return reason || "not provided";
}

function settingsOf(
  { sessionTimeoutMs, rebalanceTimeoutMs, protocols }: JoinGroupRequest,
): MemberSettings {
  return { sessionTimeoutMs, rebalanceTimeoutMs, protocols };
}

export class Joins {
  constructor(
    private readonly environment: GroupEnvironment,
    private readonly rebalances: Rebalances,
    private readonly staticReturns: StaticReturns,
  ) {}

  /** Throws UNKNOWN_SERVER_ERROR for a client that turns static after it got an id, as Kafka does. */
  join(joining: Joining): Result {
    const { group, request: { memberId, protocolType, protocols }, answer } = joining;
    if (!this.hasRoomFor(group, memberId)) {
      group.remove(memberId);
      answer({ errorCode: ErrorCode.GROUP_MAX_SIZE_REACHED });
      return NOTHING;
    }
    if (!group.supports(protocolType, protocols)) {
      answer({ memberId, errorCode: ErrorCode.INCONSISTENT_GROUP_PROTOCOL });
      return NOTHING;
    }
    return memberId === "" ? this.joinNew(joining) : this.joinKnown(joining);
  }

  /**
   * Whether the group takes one more (`group.max.size`). While a rebalance is prepared those count
   * who have joined it, so that a group that is too large loses the members that come last.
   */
  private hasRoomFor(group: ClassicGroup, memberId: string): boolean {
    const { classicSizeMax } = this.environment.settings;
    switch (group.state) {
      case "PreparingRebalance":
        return group.joins.has(memberId) || group.joins.size < classicSizeMax;
      case "CompletingRebalance":
      case "Stable":
        return group.hasMember(memberId) || group.memberCount < classicSizeMax;
      default:
        return true;
    }
  }

  private joinNew(joining: Joining): Result {
    const { group, origin, request: { groupInstanceId, sessionTimeoutMs }, answer } = joining;
    const uuid = hyphenatedUuid(randomUuidBytes(this.environment.context.random));
    const newId = `${groupInstanceId ?? origin.clientId}-${uuid}`;
    if (groupInstanceId !== null) {
      const holder = group.staticMember(groupInstanceId);
      if (holder === undefined) return this.add(joining, newId);
      const settings = settingsOf(joining.request);
      const reason = `static member ${groupInstanceId} came back: ${reasonOf(joining.request)}`;
      return this.staticReturns.replace({ origin, group, holder, newId, settings, answer, reason });
    }
    if (origin.version < MEMBER_ID_REQUIRED_VERSION) return this.add(joining, newId);
    group.pendingMembers.add(newId);
    this.rebalances.beginSession(group, newId, sessionTimeoutMs);
    answer({ memberId: newId, errorCode: ErrorCode.MEMBER_ID_REQUIRED });
    return NOTHING;
  }

  private add({ group, origin, request, answer }: Joining, memberId: string): Result {
    const member = new ClassicMember({
      memberId,
      instanceId: request.groupInstanceId,
      clientId: origin.clientId,
      clientHost: origin.clientHost,
      ...settingsOf(request),
    });
    member.isNew = true;
    if (group.isInitialRebalance) group.newMemberAdded = true;
    group.add(member, request.protocolType, answer);
    // It sends no heartbeats before it is answered. A client that gave up joins again as another
    // member, so those who wait must not stay for ever.
    this.rebalances.keepAlive(group, member, NEW_MEMBER_JOIN_TIMEOUT_MS);
    return this.rebalances.beginOrGoOn(
      group,
      `member ${memberId} is new: ${reasonOf(request)}`,
    );
  }

  private joinKnown(joining: Joining): Result {
    const { group, request, answer } = joining;
    const { memberId, groupInstanceId, protocols } = request;
    if (group.pendingMembers.has(memberId)) {
      if (groupInstanceId !== null) {
        throw new KafkaError(
          "UNKNOWN_SERVER_ERROR",
          `Member ${memberId} was given its id as a dynamic member and names an instance id.`,
        );
      }
      return this.add(joining, memberId);
    }
    let member: ClassicMember;
    try {
      member = group.requireMember(memberId, groupInstanceId);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      answer({ memberId, errorCode: error.code });
      return NOTHING;
    }
    const saysTheSame = member.says(protocols);
    switch (group.state) {
      case "CompletingRebalance":
        // It may not have received the answer to its first request.
        if (saysTheSame) return this.answerAtOnce(joining, member);
        return this.rejoin(joining, member, "has other metadata");
      case "Stable":
        // The leader joins when something changed that its metadata does not show.
        if (group.isLeader(memberId)) return this.rejoin(joining, member, "leads");
        if (saysTheSame) return this.answerAtOnce(joining, member);
        return this.rejoin(joining, member, "has other metadata");
      default:
        return this.rejoin(joining, member, "joins again");
    }
  }

  private answerAtOnce({ group, answer }: Joining, { memberId }: ClassicMember): Result {
    answer(joinedResponse(group, memberId));
    return NOTHING;
  }

  private rejoin({ group, request, answer }: Joining, member: ClassicMember, why: string): Result {
    group.update(member, settingsOf(request));
    group.joins.wait(member.memberId, answer);
    return this.rebalances.beginOrGoOn(
      group,
      `member ${member.memberId} ${why}: ${reasonOf(request)}`,
    );
  }
}
