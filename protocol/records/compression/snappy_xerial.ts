/**
 * Snappy as Kafka's clients send it: raw, or in the framing of the xerial library for Java
 * (`SnappyOutputStream`): an 8-byte magic, two int32 versions, then blocks of an int32 length and
 * raw snappy data. Streams may follow each other, each with its own header.
 */
import { snappyCompress, snappyLength, snappyUncompress } from "../../../lib/snappy.ts";
import { concatenate, DecompressError, refuseLength } from "./error.ts";

const MAGIC = new Uint8Array([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const HEADER_BYTES = 16;
const VERSION = 1;

/** What the Java library takes as one block. */
const BLOCK_BYTES = 32 * 1024;

export function snappyCompressXerial(bytes: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    blocks.push(snappyCompress(bytes.subarray(at, at + BLOCK_BYTES)));
  }
  const size = blocks.reduce((sum, block) => sum + 4 + block.length, HEADER_BYTES);
  const framed = new Uint8Array(size);
  const view = new DataView(framed.buffer);
  framed.set(MAGIC);
  view.setInt32(8, VERSION);
  view.setInt32(12, VERSION);
  let at = HEADER_BYTES;
  for (const block of blocks) {
    view.setInt32(at, block.length);
    framed.set(block, at + 4);
    at += 4 + block.length;
  }
  return framed;
}

export function snappyDecompress(bytes: Uint8Array, bytesMax: number): Uint8Array {
  if (!hasMagic(bytes, 0)) return uncompress(bytes, bytesMax);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let left = bytesMax;
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    if (hasMagic(bytes, at)) {
      at += HEADER_BYTES;
      continue;
    }
    const length = at + 4 <= bytes.length ? view.getInt32(at) : -1;
    if (length < 0 || length > bytes.length - at - 4) {
      throw new DecompressError("Cannot decompress snappy: a block ends early");
    }
    const part = uncompress(bytes.subarray(at + 4, at + 4 + length), left);
    left -= part.length;
    parts.push(part);
    at += 4 + length;
  }
  return concatenate(parts);
}

function hasMagic(bytes: Uint8Array, at: number): boolean {
  return bytes.length - at >= HEADER_BYTES && MAGIC.every((byte, i) => bytes[at + i] === byte);
}

function uncompress(raw: Uint8Array, bytesMax: number): Uint8Array {
  const length = snappyLength(raw);
  if (length < 0) throw new DecompressError("Cannot decompress snappy: no length in front");
  if (length > bytesMax) refuseLength("snappy", length, bytesMax);
  return snappyUncompress(raw);
}
