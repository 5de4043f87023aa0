/**
 * Snapshots of the metadata log (`OFFSET-EPOCH.checkpoint`) and `bootstrap.checkpoint`, which has
 * the same form: batches of records between a header and a footer (KIP-630).
 */
import { type FileSystem, joinPath } from "../lib/files.ts";
import { decodeBytes } from "../protocol/codec/codec.ts";
import { ControlType } from "../protocol/control_records/mod.ts";
import { KRaftVersionRecord } from "../protocol/control_records/kraft_version.ts";
import { VotersRecord } from "../protocol/control_records/voters.ts";
import { batchesOf, readRecords } from "../protocol/records/read.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { MalformedFileError } from "../storage/files_format.ts";
import { snapshotFooterBatch, snapshotHeaderBatch } from "./control_batch.ts";

export const BOOTSTRAP_FILE = "bootstrap.checkpoint";

/** Which state a snapshot holds: everything before `endOffset`, last written in `epoch`. */
export interface SnapshotId {
  readonly endOffset: number;
  readonly epoch: number;
}

export interface Snapshot {
  readonly values: Uint8Array[];
  /** Set where the snapshot says so: dynamic voters (KIP-853). */
  readonly kraftVersion: number | null;
  readonly voters: VotersRecord["voters"] | null;
}

/** The newest complete snapshot of a folder, or null. */
export function newestSnapshot(files: FileSystem, directory: string): SnapshotId | null {
  const ids = files.list(directory).flatMap(({ name }): SnapshotId[] => {
    const match = /^(\d{20})-(\d{10})\.checkpoint$/.exec(name);
    return match === null ? [] : [{ endOffset: Number(match[1]), epoch: Number(match[2]) }];
  });
  return ids.sort((a, b) => b.endOffset - a.endOffset)[0] ?? null;
}

/** The path of a snapshot in its log's folder. */
export function snapshotPath(directory: string, { endOffset, epoch }: SnapshotId): string {
  const name = `${String(endOffset).padStart(20, "0")}-${String(epoch).padStart(10, "0")}`;
  return joinPath(directory, `${name}.checkpoint`);
}

/** Reads a snapshot. Throws `MalformedFileError` where a batch is damaged or the footer missing. */
export function readSnapshot(files: FileSystem, path: string): Snapshot {
  const bytes = files.readFile(path);
  try {
    return parseSnapshot(bytes);
  } catch (error) {
    // Whatever is wrong in there, what can be done is the same.
    throw new MalformedFileError(`Cannot read ${path}: ${(error as Error).message}`);
  }
}

function parseSnapshot(bytes: Uint8Array): Snapshot {
  const values: Uint8Array[] = [];
  let kraftVersion: number | null = null;
  let voters: VotersRecord["voters"] | null = null;
  let complete = false;
  let read = 0;
  for (const batch of batchesOf(bytes)) {
    if (!batch.isValid) throw new Error("a checksum is wrong");
    read = batch.end;
    for (const { key, value } of readRecords(batch)) {
      if (!batch.isControl) {
        values.push(value!);
        continue;
      }
      const type = key![3];
      if (type === ControlType.SNAPSHOT_FOOTER) complete = true;
      else if (type === ControlType.KRAFT_VERSION) {
        kraftVersion = decodeBytes(KRaftVersionRecord, 0, value!).kRaftVersion;
      } else if (type === ControlType.KRAFT_VOTERS) {
        voters = decodeBytes(VotersRecord, 0, value!).voters;
      }
    }
  }
  if (!complete || read !== bytes.length) throw new Error("it is not complete");
  return { values, kraftVersion, voters };
}

/** The bytes of a snapshot with the given records. */
export function snapshotBytes(values: readonly Uint8Array[], timestamp: number): Uint8Array {
  const place = { leaderEpoch: 0, timestamp };
  const header = snapshotHeaderBatch({ ...place, baseOffset: 0 });
  const records = buildBatch(values.map((value) => ({ value, timestamp })), {
    baseOffset: 1,
    leaderEpoch: 0,
  });
  const footer = snapshotFooterBatch({ ...place, baseOffset: 1 + values.length });
  const bytes = new Uint8Array(header.length + records.length + footer.length);
  bytes.set(header);
  bytes.set(records, header.length);
  bytes.set(footer, header.length + records.length);
  return bytes;
}
