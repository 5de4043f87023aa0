/**
 * Zstandard frames (RFC 8878, section 3), several in a row, skippable ones passed over.
 *
 * The runtime's decoder takes one frame and answers an incomplete one with nothing instead of an
 * error, so frames are walked block by block first: that finds where each ends, and that it does.
 */
import { zstdDecompress, zstdDecompressAsync } from "../../../lib/zstd.ts";
import { concatenate, DecompressError, refuseLength } from "./error.ts";

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** A block decompresses to no more than this (RFC 8878, 3.1.1.2.4). */
const BLOCK_BYTES_MAX = 128 * 1024;

interface Frame {
  readonly start: number;
  readonly end: number;
  /** An upper bound of the decompressed size; exact where the frame announces it. */
  readonly bytesMax: number;
}

export function zstdDecompressFrames(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let left = bytesMax;
  for (const frame of walkFrames(bytes)) {
    const part = zstdDecompress(bytes.subarray(frame.start, frame.end), Math.max(1, left));
    left -= part.length;
    if (left < 0) refuseLength("zstd", bytesMax - left, bytesMax);
    parts.push(part);
  }
  return concatenate(parts);
}

/** The same off the event loop, for clients: refuses frames that might exceed the limit. */
export async function zstdDecompressFramesAsync(
  bytes: Uint8Array,
  bytesMax: number,
): Promise<Uint8Array> {
  const frames = walkFrames(bytes);
  const bound = frames.reduce((sum, frame) => sum + frame.bytesMax, 0);
  if (bound > bytesMax) return zstdDecompressFrames(bytes, bytesMax);
  const parts: Uint8Array[] = [];
  for (const { start, end } of frames) {
    parts.push(await zstdDecompressAsync(bytes.subarray(start, end)));
  }
  return concatenate(parts);
}

function walkFrames(bytes: Uint8Array): Frame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const magic = at + 8 <= bytes.length ? view.getUint32(at, true) : 0;
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== MAGIC) throw new DecompressError("Cannot decompress zstd: not a frame");
    const frame = walkFrame(bytes, at);
    frames.push(frame);
    at = frame.end;
  }
  return frames;
}

function walkFrame(bytes: Uint8Array, start: number): Frame {
  const endsEarly = (): never => {
    throw new DecompressError("Cannot decompress zstd: a frame ends early");
  };
  const descriptor = bytes[start + 4];
  const singleSegment = (descriptor & 0x20) !== 0;
  const checksum = (descriptor & 0x04) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
  const sizeAt = start + 5 + (singleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  let at = sizeAt + sizeBytes;
  let blocks = 0;
  for (let last = false; !last; blocks++) {
    if (at + 3 > bytes.length) endsEarly();
    const header = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    last = (header & 1) !== 0;
    const runLength = ((header >> 1) & 3) === 1;
    at += 3 + (runLength ? 1 : header >> 3);
  }
  const end = at + (checksum ? 4 : 0);
  if (end > bytes.length) endsEarly();
  return { start, end, bytesMax: blocks * BLOCK_BYTES_MAX };
}
