/** Control batches of the metadata log: a new leader, the frame of a snapshot. */
import { encodeBytes } from "../protocol/codec/codec.ts";
import { controlRecordKey, ControlType } from "../protocol/control_records/mod.ts";
import { LeaderChangeMessage } from "../protocol/control_records/leader_change.ts";
import { SnapshotFooterRecord } from "../protocol/control_records/snapshot_footer.ts";
import { SnapshotHeaderRecord } from "../protocol/control_records/snapshot_header.ts";
import { buildBatch } from "../protocol/records/builder.ts";

export interface ControlBatchPlace {
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  readonly timestamp: number;
}

function controlBatch(type: number, value: Uint8Array, place: ControlBatchPlace): Uint8Array {
  const { baseOffset, leaderEpoch, timestamp } = place;
  const record = { key: controlRecordKey(type), value, timestamp };
  return buildBatch([record], { baseOffset, leaderEpoch, control: true });
}

/** A voter as control records name it. */
export interface Voter {
  readonly voterId: number;
  readonly voterDirectoryId: string;
}

/** The first batch of a new leader. Version 1 carries directory ids (kraft.version 1). */
export function leaderChangeBatch(
  leaderId: number,
  voters: readonly Voter[],
  version: number,
  place: ControlBatchPlace,
): Uint8Array {
  const listed = voters.map(({ voterId, voterDirectoryId }) =>
    version > 0 ? { voterId, voterDirectoryId } : { voterId }
  );
  const message = { version, leaderId, voters: listed, grantingVoters: listed };
  const value = encodeBytes(LeaderChangeMessage, version, message);
  return controlBatch(ControlType.LEADER_CHANGE, value, place);
}

export function snapshotHeaderBatch(place: ControlBatchPlace): Uint8Array {
  const message = { version: 0, lastContainedLogTimestamp: 0 };
  const value = encodeBytes(SnapshotHeaderRecord, 0, message);
  return controlBatch(ControlType.SNAPSHOT_HEADER, value, place);
}

export function snapshotFooterBatch(place: ControlBatchPlace): Uint8Array {
  const value = encodeBytes(SnapshotFooterRecord, 0, { version: 0 });
  return controlBatch(ControlType.SNAPSHOT_FOOTER, value, place);
}
