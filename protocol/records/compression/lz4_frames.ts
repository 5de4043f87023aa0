/**
 * LZ4 frames (LZ4 Frame Format 1.6.x), several in a row, skippable ones passed over.
 *
 * The binding has no limit, so a frame's decompressed size is bounded before: by its content size,
 * else by its blocks, each of which can be no longer than the frame's block size. Where that
 * estimate is above the limit, the blocks' sequences are added up exactly.
 */
import { lz4Compress, lz4Decompress } from "../../../lib/lz4.ts";
import { concatenate, DecompressError, refuseLength } from "./error.ts";

const MAGIC = 0x184d2204;
const SKIPPABLE_MAGIC = 0x184d2a50;
const BLOCK_SIZES = [0, 0, 0, 0, 64 << 10, 256 << 10, 1 << 20, 4 << 20];

export const lz4CompressFrame: (bytes: Uint8Array) => Uint8Array = lz4Compress;

interface Frame {
  readonly end: number;
  /** An upper bound of the decompressed size. */
  readonly bytesMax: number;
  /** Begin and end of each compressed block; a stored block is given by begin = -length. */
  readonly blocks: readonly (readonly [number, number])[];
}

export function lz4DecompressFrames(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let left = bytesMax;
  let at = 0;
  while (at < bytes.length) {
    const magic = at + 8 <= bytes.length ? view.getUint32(at, true) : 0;
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== MAGIC) throw new DecompressError("Cannot decompress lz4: not a frame");
    const frame = walkFrame(bytes, view, at);
    if (frame.bytesMax > left) {
      const exact = frame.blocks.reduce((sum, [from, to]) => sum + blockLength(bytes, from, to), 0);
      if (exact > left) refuseLength("lz4", exact, bytesMax);
    }
    const part = lz4Decompress(bytes.subarray(at, frame.end));
    left -= part.length;
    parts.push(part);
    at = frame.end;
  }
  return concatenate(parts);
}

function endsEarly(): never {
  throw new DecompressError("Cannot decompress lz4: a frame ends early");
}

function walkFrame(bytes: Uint8Array, view: DataView, start: number): Frame {
  if (start + 7 > bytes.length) endsEarly();
  const flags = bytes[start + 4];
  const blockChecksum = (flags & 0x10) !== 0;
  const contentSize = (flags & 0x08) !== 0;
  const contentChecksum = (flags & 0x04) !== 0;
  const dictionaryId = (flags & 0x01) !== 0;
  const blockBytesMax = BLOCK_SIZES[(bytes[start + 5] >> 4) & 7];
  let at = start + 7 + (contentSize ? 8 : 0) + (dictionaryId ? 4 : 0);
  const blocks: [number, number][] = [];
  for (;;) {
    if (at + 4 > bytes.length) endsEarly();
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const length = word & 0x7fffffff;
    if (length > bytes.length - at) endsEarly();
    blocks.push(word >= 0x80000000 ? [-length, 0] : [at, at + length]);
    at += length + (blockChecksum ? 4 : 0);
  }
  const end = at + (contentChecksum ? 4 : 0);
  if (end > bytes.length) endsEarly();
  return { end, bytesMax: blocks.length * blockBytesMax, blocks };
}

/** The decompressed length of a block, from its sequences (LZ4 Block Format). */
function blockLength(bytes: Uint8Array, from: number, to: number): number {
  if (from <= 0) return -from;
  let length = 0;
  let at = from;
  const extended = (start: number): number => {
    if (start < 15) return start;
    let byte = 255;
    let sum = start;
    while (byte === 255 && at < to) sum += byte = bytes[at++];
    return sum;
  };
  while (at < to) {
    const token = bytes[at++];
    const literals = extended(token >> 4);
    at += literals;
    length += literals;
    if (at >= to) break;
    at += 2;
    length += extended(token & 15) + 4;
  }
  return length;
}
