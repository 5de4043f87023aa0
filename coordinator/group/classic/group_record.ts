/** The record that a classic group is kept as: GroupMetadata. */
import { type GroupRecordOf, groupRecords } from "../../../protocol/group_records/mod.ts";
import type { ClassicGroup } from "./classic_group.ts";
import { NO_ASSIGNMENT } from "./classic_member.ts";

export type GroupMetadataRecord = GroupRecordOf<"GroupMetadata">;
type GroupMetadataValue = NonNullable<GroupMetadataRecord["value"]>;

/** What Kafka 4.3 writes; version 4, with tagged fields, is only read. */
const VALUE_VERSION = 3;

const NO_TIMESTAMP = -1;

function record(groupId: string, value: Partial<GroupMetadataValue>): GroupMetadataRecord {
  return groupRecords.record(
    "GroupMetadata",
    { group: groupId },
    value,
    VALUE_VERSION,
  ) as GroupMetadataRecord;
}

/** The group with these assignments, by member id; nothing is assigned to members left out. */
export function groupRecord(
  group: ClassicGroup,
  assignments: ReadonlyMap<string, Uint8Array>,
): GroupMetadataRecord {
  const members = Array.from(group.members.values(), (member) => ({
    memberId: member.memberId,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeout: member.rebalanceTimeoutMs,
    sessionTimeout: member.sessionTimeoutMs,
    subscription: member.metadataOf(group.protocolName),
    assignment: assignments.get(member.memberId) ?? NO_ASSIGNMENT,
  }));
  return record(group.groupId, {
    protocolType: group.protocolType ?? "",
    generation: group.generation,
    protocol: group.protocolName,
    leader: group.leaderId,
    currentStateTimestamp: group.stateSinceMs ?? NO_TIMESTAMP,
    members,
  });
}

/** The group with what is assigned to its members now. */
export function groupRecordAsIs(group: ClassicGroup): GroupMetadataRecord {
  const assigned = Array.from(group.members.values(), (m) => [m.memberId, m.assignment] as const);
  return groupRecord(group, new Map(assigned));
}

/** A group that nobody has joined yet, whoever is about to. */
export function newGroupRecord(group: ClassicGroup): GroupMetadataRecord {
  return record(group.groupId, {
    protocol: null,
    leader: null,
    currentStateTimestamp: group.stateSinceMs ?? NO_TIMESTAMP,
  });
}

export function groupTombstone(groupId: string): GroupMetadataRecord {
  return groupRecords.tombstone("GroupMetadata", { group: groupId }) as GroupMetadataRecord;
}
