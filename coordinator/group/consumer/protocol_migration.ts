/** How groups with members turn to the other protocol, as the consumer protocol's side asks for it. */
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { Group } from "../group.ts";
import type { ConsumerGroup } from "./consumer_group.ts";
import type { ConsumerMember } from "./member.ts";

export interface ProtocolMigration {
  /**
   * Makes a consumer group of a classic one with members, which a consumer is about to join, and adds
   * the records of it. Throws GROUP_ID_NOT_FOUND where that may not be.
   */
  upgrade(group: Group, records: GroupRecord[]): ConsumerGroup;

  /**
   * Makes a classic group of what is left without `leaving`. Returns the records, or null where the
   * group stays what it is. Throws GROUP_ID_NOT_FOUND where a subscription cannot be read.
   */
  downgrade(group: ConsumerGroup, leaving: readonly ConsumerMember[]): GroupRecord[] | null;
}
