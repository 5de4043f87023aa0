/** LZ4's frame format: the one place that imports the `lz4-napi` binding. */
import { compressFrameSync, decompressFrameSync } from "lz4-napi";
import { asBuffer, plainBytes } from "./bytes.ts";

/** Compresses into one frame of independent blocks. */
export function lz4Compress(bytes: Uint8Array): Uint8Array {
  return plainBytes(compressFrameSync(asBuffer(bytes)));
}

/**
 * Decompresses exactly one frame. The binding has no limit of its own and stops after the first
 * frame: bound the size and split frames before (`protocol/records/compression/lz4_frames.ts`).
 */
export function lz4Decompress(frame: Uint8Array): Uint8Array {
  return plainBytes(decompressFrameSync(asBuffer(frame)));
}
