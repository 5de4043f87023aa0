/** Classic groups as their records have them. */
import { ClassicGroup } from "./classic_group.ts";
import { ClassicMember } from "./classic_member.ts";
import type { GroupMetadataRecord } from "./group_record.ts";

type GroupMetadataValue = NonNullable<GroupMetadataRecord["value"]>;

/** What a record has for times and timeouts that its version does not know. */
const UNKNOWN = -1;

/** A group that was kept: empty, or stable with its members and what was assigned to them. */
export function groupFromRecord(groupId: string, value: GroupMetadataValue): ClassicGroup {
  const { protocolType, protocol, leader, members, generation, currentStateTimestamp } = value;
  const hasMembers = members.length > 0;
  const chosen = protocol ?? "";
  const group = new ClassicGroup(groupId, {
    state: hasMembers ? "Stable" : "Empty",
    generation,
    protocolType: protocolType === "" ? null : protocolType,
    protocolName: hasMembers ? chosen : protocol,
    leaderId: members.some(({ memberId }) => memberId === leader) ? leader : null,
    stateSinceMs: currentStateTimestamp === UNKNOWN ? null : currentStateTimestamp,
  });
  for (const member of members) {
    const { sessionTimeout: sessionTimeoutMs, rebalanceTimeout, subscription } = member;
    const restored = new ClassicMember({
      memberId: member.memberId,
      instanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      sessionTimeoutMs,
      rebalanceTimeoutMs: rebalanceTimeout === UNKNOWN ? sessionTimeoutMs : rebalanceTimeout,
      // Of the protocols that the member knows, only the one that was chosen is kept.
      protocols: [{ name: chosen, metadata: subscription }],
      assignment: member.assignment,
    });
    group.add(restored, protocolType);
  }
  group.refreshSubscription();
  return group;
}
