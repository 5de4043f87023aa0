/**
 * A static member that comes back without its member id, as after a restart (KIP-345): it takes the
 * place of the one that had its instance id, in a stable group without a rebalance.
 */
import type { KafkaError } from "../../../protocol/errors.ts";
import type { JoinGroupResponse } from "../../../protocol/messages/11_join_group.ts";
import type { RequestOrigin } from "../group.ts";
import { toldAs } from "../told_error.ts";
import type { ClassicGroup, JoinAnswer } from "./classic_group.ts";
import type { ClassicMember, MemberSettings } from "./classic_member.ts";
import type { LiveRecords } from "./live_records.ts";
import type { Rebalances, Result } from "./rebalances.ts";
import { followerResponse, joinedResponse } from "./responses.ts";

/** From it on a leader is told to keep the assignment there is (KIP-814). */
const SKIP_ASSIGNMENT_VERSION = 9;

/** A static member on its way back. */
export interface StaticReturn {
  readonly origin: RequestOrigin;
  readonly group: ClassicGroup;
  /** The member that has the instance id now. */
  readonly holder: ClassicMember;
  readonly newId: string;
  readonly settings: MemberSettings;
  readonly answer: JoinAnswer;
  /** For the log. */
  readonly reason: string;
}

export class StaticReturns {
  constructor(
    private readonly rebalances: Rebalances,
    private readonly records: LiveRecords,
  ) {}

  replace(returning: StaticReturn): Result {
    const { group, holder, newId, settings, answer, reason } = returning;
    const leaderBefore = group.leaderId;
    const member = group.replaceStatic(holder, newId);
    this.rebalances.endSession(group, holder.memberId);
    this.rebalances.keepAlive(group, member);
    group.update(member, settings);
    group.joins.wait(newId, answer);
    switch (group.state) {
      case "Stable":
        if (group.chosenProtocol() !== group.protocolName) {
          return this.rebalances.begin(group, reason);
        }
        return this.keepGeneration(returning, member, leaderBefore);
      case "CompletingRebalance":
        // The leader may be about to assign something to the old id.
        return this.rebalances.begin(group, reason);
      default:
        return this.rebalances.goOn(group);
    }
  }

  /** The group stays stable; the member's new id is recorded before it is told. */
  private keepGeneration(
    returning: StaticReturn,
    member: ClassicMember,
    leaderBefore: string | null,
  ): Result {
    const { origin, group } = returning;
    return {
      records: [this.records.of(group)],
      response: undefined,
      onCommitted: (error) => {
        if (error !== null) return this.takeBack(returning, member, leaderBefore, error);
        // Where a rebalance has begun meanwhile, the member has joined it and waits for its end.
        if (group.state !== "Stable") return;
        group.joins.answer(
          member.memberId,
          this.response(group, member, leaderBefore, origin.version),
        );
      },
    };
  }

  /**
   * Before version 9 the leader is told the id that it had, so that it does not take itself for the
   * leader and hands in nothing.
   */
  private response(
    group: ClassicGroup,
    { memberId }: ClassicMember,
    leaderBefore: string | null,
    version: number,
  ): JoinGroupResponse {
    if (version >= SKIP_ASSIGNMENT_VERSION) {
      return { ...joinedResponse(group, memberId), skipAssignment: group.isLeader(memberId) };
    }
    return { ...followerResponse(group, memberId), leader: leaderBefore ?? "" };
  }

  /** The new id could not be recorded: the old member is there again, and the client asks again. */
  private takeBack(
    { group, holder, answer }: StaticReturn,
    member: ClassicMember,
    leaderBefore: string | null,
    error: KafkaError,
  ): void {
    const { memberId } = member;
    group.joins.answerRequest(answer, {
      ...followerResponse(group, ""),
      leader: leaderBefore ?? "",
      errorCode: toldAs(error).code,
    });
    if (group.state === "Dead" || group.members.get(memberId) !== member) return;
    group.update(member, holder.settings);
    const restored = group.replaceStatic(member, holder.memberId);
    this.rebalances.endSession(group, memberId);
    this.rebalances.keepAlive(group, restored);
  }
}
