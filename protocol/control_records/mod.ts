/**
 * Control records: what a control batch carries. A key is an int16 version (0) and an int16 type;
 * the value is the message of that type.
 */
import type { Message } from "../schema/schema.ts";
import { ControlRecordTypeSchema } from "./control_record_type.ts";
import { EndTxnMarker } from "./end_txn_marker.ts";
import { KRaftVersionRecord } from "./kraft_version.ts";
import { LeaderChangeMessage } from "./leader_change.ts";
import { SnapshotFooterRecord } from "./snapshot_footer.ts";
import { SnapshotHeaderRecord } from "./snapshot_header.ts";
import { VotersRecord } from "./voters.ts";

/** The types of control records (`ControlRecordType` in Kafka). */
export const ControlType = {
  ABORT: 0,
  COMMIT: 1,
  LEADER_CHANGE: 2,
  SNAPSHOT_HEADER: 3,
  SNAPSHOT_FOOTER: 4,
  KRAFT_VERSION: 5,
  KRAFT_VOTERS: 6,
} as const;

/** The messages that control records carry. */
export const CONTROL_RECORDS = [
  ControlRecordTypeSchema,
  EndTxnMarker,
  KRaftVersionRecord,
  LeaderChangeMessage,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
] as unknown as readonly Message[];

/** The key of a control record of the given type. */
export function controlRecordKey(type: number): Uint8Array {
  return new Uint8Array([0, 0, type >> 8, type & 0xff]);
}
