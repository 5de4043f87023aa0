/**
 * The aborted transactions of a segment (`.txnindex`, KIP-98), in the order of their markers. A
 * segment without any has no such file.
 */
import type { FileSystem } from "../lib/files.ts";
import { getInt64, setInt64 } from "../protocol/records/batch.ts";
import { MalformedFileError } from "./files_format.ts";

const VERSION = 0;
const ENTRY_BYTES = 34;

/** A transaction that was aborted, by the offsets of its first record and of its marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** The last stable offset once the marker was written. */
  readonly lastStableOffset: number;
}

/**
 * Reads an index; a file that is not there has no entries, a torn one at its end does not count.
 * Throws `MalformedFileError` for a version that is not known.
 */
export function readTransactionIndex(files: FileSystem, path: string): AbortedTransaction[] {
  if (files.status(path) === null) return [];
  const bytes = files.readFile(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / ENTRY_BYTES);
  return Array.from({ length: count }, (_, i) => {
    const at = i * ENTRY_BYTES;
    const version = view.getInt16(at);
    if (version > VERSION) {
      throw new MalformedFileError(`Cannot read ${path}: version ${version} is not known`);
    }
    return {
      producerId: getInt64(view, at + 2),
      firstOffset: getInt64(view, at + 10),
      lastOffset: getInt64(view, at + 18),
      lastStableOffset: getInt64(view, at + 26),
    };
  });
}

/** The entries as they stand in an index. */
export function transactionIndexBytes(entries: readonly AbortedTransaction[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  entries.forEach((entry, i) => {
    const at = i * ENTRY_BYTES;
    view.setInt16(at, VERSION);
    setInt64(view, at + 2, entry.producerId);
    setInt64(view, at + 10, entry.firstOffset);
    setInt64(view, at + 18, entry.lastOffset);
    setInt64(view, at + 26, entry.lastStableOffset);
  });
  return bytes;
}
