/** SyncGroup (14): the leader hands in the assignment, and every member gets its own part. */
import { codeOf, ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type { SyncGroupRequest } from "../../../protocol/messages/14_sync_group.ts";
import { toldAs } from "../told_error.ts";
import type { ClassicGroup, SyncAnswer } from "./classic_group.ts";
import type { ClassicMember } from "./classic_member.ts";
import type { LiveRecords } from "./live_records.ts";
import { NOTHING, type Rebalances, type Result } from "./rebalances.ts";
import { syncedResponse } from "./responses.ts";

/** Whether a member that says what it believes in believes in something else (KIP-559). */
function differs(believed: string | null, actual: string | null): boolean {
  return believed !== null && actual !== null && believed !== actual;
}

export class Syncs {
  constructor(
    private readonly rebalances: Rebalances,
    private readonly records: LiveRecords,
  ) {}

  /** A group that is not empty. */
  sync(group: ClassicGroup, request: SyncGroupRequest, answer: SyncAnswer): Result {
    let member: ClassicMember;
    try {
      member = this.check(group, request);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      answer({ errorCode: codeOf(error) });
      return NOTHING;
    }
    switch (group.state) {
      case "CompletingRebalance":
        return this.wait(group, member, request, answer);
      case "Stable":
        this.rebalances.synced(group, member.memberId);
        answer(syncedResponse(group, member));
        return NOTHING;
      default:
        answer({ errorCode: ErrorCode.REBALANCE_IN_PROGRESS });
        return NOTHING;
    }
  }

  private check(group: ClassicGroup, request: SyncGroupRequest): ClassicMember {
    const member = group.requireMember(request.memberId, request.groupInstanceId);
    if (request.generationId !== group.generation) throw new KafkaError("ILLEGAL_GENERATION");
    if (
      differs(request.protocolType, group.protocolType) ||
      differs(request.protocolName, group.protocolName)
    ) {
      throw new KafkaError("INCONSISTENT_GROUP_PROTOCOL");
    }
    return member;
  }

  private wait(
    group: ClassicGroup,
    { memberId }: ClassicMember,
    { assignments }: SyncGroupRequest,
    answer: SyncAnswer,
  ): Result {
    group.syncs.wait(memberId, answer);
    this.rebalances.synced(group, memberId);
    const { generation } = group;
    // What the leader hands in first counts, also where it asks again before that is committed.
    if (!group.isLeader(memberId) || group.assignedGeneration === generation) return NOTHING;
    group.assignedGeneration = generation;
    const assigned = new Map(assignments.map((each) => [each.memberId, each.assignment]));
    return {
      records: [this.records.of(group, assigned)],
      response: undefined,
      onCommitted: (error) => {
        // Another rebalance may have begun meanwhile.
        if (group.state !== "CompletingRebalance" || group.generation !== generation) return;
        if (error === null) return this.rebalances.assign(group, assigned);
        const { errorName } = toldAs(error);
        this.rebalances.refuseSyncs(group, errorName);
        this.rebalances.begin(group, `assignment could not be recorded: ${errorName}`);
      },
    };
  }
}
