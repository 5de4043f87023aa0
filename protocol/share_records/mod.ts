/**
 * The records of `__share_group_state`, by their type key; framing: `protocol/coordinator_record.ts`.
 */
import type { CoordinatorRecordType } from "../coordinator_record.ts";
import type { Message } from "../schema/schema.ts";
import { ShareSnapshotKey, ShareSnapshotValue } from "./00_share_snapshot.ts";
import { ShareUpdateKey, ShareUpdateValue } from "./01_share_update.ts";

const ALL = [
  { type: 0, name: "ShareSnapshot", key: ShareSnapshotKey, value: ShareSnapshotValue },
  { type: 1, name: "ShareUpdate", key: ShareUpdateKey, value: ShareUpdateValue },
];

/** The record types of this topic. */
export const SHARE_RECORDS = ALL as unknown as readonly CoordinatorRecordType<Message, Message>[];
