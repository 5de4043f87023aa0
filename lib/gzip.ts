/** Gzip, by the runtime's zlib: bounded, several members in a row. */
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { plainBytes } from "./bytes.ts";

/** The level that stands for zlib's own default. */
export const GZIP_DEFAULT_LEVEL: number = constants.Z_DEFAULT_COMPRESSION;

/** Compresses; `level` is 1 to 9, or -1 for the default. */
export function gzip(bytes: Uint8Array, level = GZIP_DEFAULT_LEVEL): Uint8Array {
  return plainBytes(gzipSync(bytes, { level }));
}

/** Decompresses at most `bytesMax` bytes. Throws where the data is damaged or longer. */
export function gunzip(bytes: Uint8Array, bytesMax: number): Uint8Array {
  return plainBytes(gunzipSync(bytes, { maxOutputLength: bytesMax }));
}
