/** What members and admin clients are told of a classic group. */
import { ErrorCode } from "../../../protocol/errors.ts";
import type { JoinGroupResponse } from "../../../protocol/messages/11_join_group.ts";
import type { SyncGroupResponse } from "../../../protocol/messages/14_sync_group.ts";
import type { DescribeGroupsResponse } from "../../../protocol/messages/15_describe_groups.ts";
import type { Group } from "../group.ts";
import { ClassicGroup } from "./classic_group.ts";
import type { ClassicMember } from "./classic_member.ts";

export type DescribedGroup = NonNullable<DescribeGroupsResponse["groups"]>[number];
type JoinedMember = NonNullable<JoinGroupResponse["members"]>[number];

/** From it on a missing protocol name is null in JoinGroup, before it is empty (KIP-559). */
const NULLABLE_PROTOCOL_VERSION = 7;

/** From it on DescribeGroups tells that a group does not exist (KIP-1043). */
const GROUP_NOT_FOUND_VERSION = 6;

/** A JoinGroup response as its version can carry it. */
export function joinResponseOfVersion(
  response: JoinGroupResponse,
  version: number,
): JoinGroupResponse {
  const { protocolName } = response;
  if (version < NULLABLE_PROTOCOL_VERSION) return { ...response, protocolName: protocolName ?? "" };
  return { ...response, protocolName: protocolName || null };
}

function joinedMembers(group: ClassicGroup): JoinedMember[] {
  return Array.from(group.members.values(), (member) => ({
    memberId: member.memberId,
    groupInstanceId: member.instanceId,
    metadata: member.metadataOf(group.protocolName),
  }));
}

/** The generation as a member sees it; the leader sees the members. */
export function joinedResponse(group: ClassicGroup, memberId: string): JoinGroupResponse {
  return {
    ...followerResponse(group, memberId),
    members: group.isLeader(memberId) ? joinedMembers(group) : [],
  };
}

/** The generation as somebody sees it who has no assignment to make. */
export function followerResponse(
  { generation, protocolType, protocolName, leaderId }: ClassicGroup,
  memberId: string,
): JoinGroupResponse {
  return {
    errorCode: ErrorCode.NONE,
    generationId: generation,
    protocolType,
    protocolName,
    leader: leaderId ?? "",
    memberId,
  };
}

export function syncedResponse(
  { protocolType, protocolName }: ClassicGroup,
  { assignment }: ClassicMember,
): SyncGroupResponse {
  return { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment };
}

/** DescribeGroups (15): what members say to the protocol is only told of a stable group. */
export function describeGroup(
  groupId: string,
  group: Group | undefined,
  version: number,
): DescribedGroup {
  if (!(group instanceof ClassicGroup)) {
    const errorMessage = group === undefined
      ? `Group ${groupId} not found.`
      : `Group ${groupId} is not a classic group.`;
    return version >= GROUP_NOT_FOUND_VERSION
      ? { groupId, groupState: "Dead", errorCode: ErrorCode.GROUP_ID_NOT_FOUND, errorMessage }
      : { groupId, groupState: "Dead", errorCode: ErrorCode.NONE };
  }
  const isStable = group.state === "Stable";
  return {
    errorCode: ErrorCode.NONE,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? "",
    protocolData: isStable ? group.protocolName ?? "" : "",
    members: Array.from(group.members.values(), (member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberAssignment: member.assignment,
      ...(isStable && { memberMetadata: member.metadataOf(group.protocolName) }),
    })),
  };
}
