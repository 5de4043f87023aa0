/**
 * Ending what a kill interrupted while compacted segments took the place of others (`LogLoader` in
 * Kafka, `LocalLog.replaceSegments` for the order).
 *
 * Compacted segments are written as `.cleaned`, renamed to `.swap` when they are whole, and lose that
 * ending once those that they replace are `.deleted`. So `.cleaned` files are worth nothing, and
 * `.swap` files count more than what lies under their offsets.
 */
import { type FileSystem, joinPath } from "../lib/files.ts";
import { CLEANED_SUFFIX, DELETED_SUFFIX, LOG_SUFFIX, SWAP_SUFFIX } from "./segment.ts";

const TEMPORARY_SUFFIXES = [DELETED_SUFFIX, CLEANED_SUFFIX, ".tmp"];

/** The offset that a file's name begins with, or NaN. */
function offsetOf(name: string): number {
  return /^\d{20}\./.test(name) ? Number(name.slice(0, 20)) : NaN;
}

/**
 * Removes temporary files from a partition's folder and ends interrupted swaps. `nextOffsetOf` reads
 * the end of a segment whose files have the ending `.swap`, from its base offset.
 */
export function completeSwaps(
  files: FileSystem,
  directory: string,
  nextOffsetOf: (baseOffset: number) => number,
  report: (message: string) => void,
): void {
  const names = files.list(directory).map(({ name }) => name);
  const cleaned = names.filter((name) => name.endsWith(CLEANED_SUFFIX)).map(offsetOf);
  // Segments are renamed one after the other: a swap beside `.cleaned` files had not begun.
  const isVoid = (name: string) => cleaned.some((offset) => offset <= offsetOf(name));
  const swaps = names.filter((name) => name.endsWith(SWAP_SUFFIX));
  // Void swaps go first: without `.cleaned` files beside them they would count.
  for (const name of swaps.filter(isVoid)) files.remove(joinPath(directory, name));
  for (const name of names) {
    const isTemporary = TEMPORARY_SUFFIXES.some((suffix) => name.endsWith(suffix));
    if (isTemporary) files.remove(joinPath(directory, name));
  }
  const valid = swaps.filter((name) => !isVoid(name));
  if (valid.length > 0) swapIn(files, directory, valid, nextOffsetOf, report);
}

function swapIn(
  files: FileSystem,
  directory: string,
  swaps: readonly string[],
  nextOffsetOf: (baseOffset: number) => number,
  report: (message: string) => void,
): void {
  const isLog = (name: string) => name.endsWith(LOG_SUFFIX + SWAP_SUFFIX);
  const logs = swaps.filter(isLog).sort();
  const offsets = logs.map(offsetOf);
  const first = Math.min(...offsets);
  const end = Math.max(...offsets.map(nextOffsetOf));
  for (const { name } of files.list(directory)) {
    const offset = offsetOf(name);
    const isReplaced = offset >= first && offset < end && !name.endsWith(SWAP_SUFFIX);
    if (isReplaced) files.remove(joinPath(directory, name));
  }
  // The logs lose the ending first, in order: what has lost it is then out of the way of a next try.
  for (const name of [...logs, ...swaps.filter((name) => !isLog(name))]) {
    const path = joinPath(directory, name);
    files.rename(path, path.slice(0, -SWAP_SUFFIX.length));
  }
  report(`put ${logs.length} compacted segments in place whose swap was interrupted`);
}
