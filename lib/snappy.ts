/** Snappy's raw format: the one place that imports the `snappy` binding. */
import { compressSync, uncompressSync } from "snappy";
import { plainBytes } from "./bytes.ts";

export function snappyCompress(bytes: Uint8Array): Uint8Array {
  return plainBytes(compressSync(bytes as never));
}

/**
 * Decompresses. The binding allocates what the length in front of the data claims: check it with
 * `snappyLength` first. Throws where the data is damaged.
 */
export function snappyUncompress(bytes: Uint8Array): Uint8Array {
  return plainBytes(uncompressSync(bytes as never) as Uint8Array);
}

/** The decompressed length that raw snappy data announces, or -1 where there is none. */
export function snappyLength(bytes: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < 5 && i < bytes.length; i++) {
    length += (bytes[i] & 0x7f) * 2 ** (7 * i);
    if (bytes[i] < 0x80) return length;
  }
  return -1;
}
