/**
 * Producer-state snapshots (`OFFSET.snapshot`): what a log knows of its producers at an offset, in
 * Kafka's format, version 1: int16 version, uint32 CRC-32C of what follows it, then the entries.
 */
import { type FileSystem } from "../lib/files.ts";
import { crc32c } from "../lib/crc32c.ts";
import { Reader } from "../protocol/codec/reader.ts";
import { Writer } from "../protocol/codec/writer.ts";
import { MalformedFileError } from "./files_format.ts";

const VERSION = 1;
const CRC_START = 2;
const ENTRIES_START = 6;

/** One producer as a snapshot has it. */
export interface ProducerSnapshotEntry {
  readonly producerId: number;
  readonly epoch: number;
  readonly lastSequence: number;
  readonly lastOffset: number;
  /** Records of the last batch, less one. */
  readonly offsetDelta: number;
  readonly timestamp: number;
  readonly coordinatorEpoch: number;
  /** -1 where no transaction is open. */
  readonly currentTxnFirstOffset: number;
}

/** Reads a snapshot. Throws `MalformedFileError` where it is damaged. */
export function readProducerSnapshot(files: FileSystem, path: string): ProducerSnapshotEntry[] {
  const bytes = files.readFile(path);
  try {
    const reader = new Reader(bytes);
    const version = reader.int16();
    if (version !== VERSION) reader.fail(`version ${version} is not known`);
    const crc = reader.uint32();
    if (crc !== crc32c(bytes, ENTRIES_START)) reader.fail("the checksum is wrong");
    const count = reader.arrayLength(true);
    return Array.from({ length: count }, () => ({
      producerId: reader.int64(),
      epoch: reader.int16(),
      lastSequence: reader.int32(),
      lastOffset: reader.int64(),
      offsetDelta: reader.int32(),
      timestamp: reader.int64(),
      coordinatorEpoch: reader.int32(),
      currentTxnFirstOffset: reader.int64(),
    }));
  } catch (error) {
    throw new MalformedFileError(`Cannot read ${path}: ${(error as Error).message}`);
  }
}

export function writeProducerSnapshot(
  files: FileSystem,
  path: string,
  entries: readonly ProducerSnapshotEntry[],
): void {
  const writer = new Writer(ENTRIES_START + 4 + entries.length * 46);
  writer.int16(VERSION);
  writer.uint32(0);
  writer.int32(entries.length);
  for (const entry of entries) {
    writer.int64(entry.producerId);
    writer.int16(entry.epoch);
    writer.int32(entry.lastSequence);
    writer.int64(entry.lastOffset);
    writer.int32(entry.offsetDelta);
    writer.int64(entry.timestamp);
    writer.int32(entry.coordinatorEpoch);
    writer.int64(entry.currentTxnFirstOffset);
  }
  const bytes = writer.finish();
  new DataView(bytes.buffer).setUint32(CRC_START, crc32c(bytes, ENTRIES_START));
  // Not synced: a snapshot that a crash damaged is noticed by its checksum and built anew.
  files.writeFileAtomic(path, bytes, false);
}
