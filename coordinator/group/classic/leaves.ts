/** LeaveGroup (13): members leave, or are made to by their instance ids (KIP-345). */
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type {
  LeaveGroupRequest,
  LeaveGroupResponse,
} from "../../../protocol/messages/13_leave_group.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { ClassicGroup } from "./classic_group.ts";
import type { Rebalances } from "./rebalances.ts";

export type LeavingMember = LeaveGroupRequest["members"][number];
export type LeaveResult = CoordinatorResult<GroupRecord, LeaveGroupResponse>;

/** From it on a request names several members, with instance ids. */
const MEMBERS_VERSION = 3;

/** The request as if its version could name several members. */
export function withMembers(request: LeaveGroupRequest, version: number): LeaveGroupRequest {
  const { memberId } = request;
  return version >= MEMBERS_VERSION
    ? request
    : { ...request, members: [{ memberId, groupInstanceId: null, reason: null }] };
}

/** The response as its version can carry it: before version 3 the one member's error is the response's. */
export function leaveResponseOfVersion(
  response: LeaveGroupResponse,
  version: number,
): LeaveGroupResponse {
  if (version >= MEMBERS_VERSION) return response;
  return { errorCode: response.errorCode || response.members?.[0]?.errorCode };
}

/** The response to members, each with its error. */
export function leaveResponse(
  members: readonly LeavingMember[],
  leave: (member: LeavingMember) => void,
): LeaveGroupResponse {
  return {
    errorCode: ErrorCode.NONE,
    members: members.map((member) => {
      const { memberId, groupInstanceId } = member;
      try {
        leave(member);
        return { memberId, groupInstanceId, errorCode: ErrorCode.NONE };
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        return { memberId, groupInstanceId, errorCode: error.code };
      }
    }),
  };
}

export class Leaves {
  constructor(private readonly rebalances: Rebalances) {}

  leave(group: ClassicGroup, members: readonly LeavingMember[]): LeaveResult {
    const left: string[] = [];
    const response = leaveResponse(members, (member) => {
      const { memberId, reason } = member;
      this.remove(group, this.memberIdOf(group, member));
      left.push(`${memberId || member.groupInstanceId} (${reason ?? "not provided"})`);
    });
    if (left.length === 0 || group.isEmpty) return { records: [], response };
    const result = this.rebalances.beginOrGoOn(group, `members left: ${left.join(", ")}`);
    return { ...result, response };
  }

  /** The id of who is to leave. Throws UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID. */
  private memberIdOf(
    group: ClassicGroup,
    { memberId, groupInstanceId }: LeavingMember,
  ): string {
    if (memberId === "") {
      const member = groupInstanceId === null ? undefined : group.staticMember(groupInstanceId);
      if (member === undefined) throw new KafkaError("UNKNOWN_MEMBER_ID");
      return member.memberId;
    }
    if (group.pendingMembers.has(memberId)) return memberId;
    return group.requireMember(memberId, groupInstanceId).memberId;
  }

  private remove(group: ClassicGroup, memberId: string): void {
    group.remove(memberId);
    this.rebalances.endSession(group, memberId);
  }
}
