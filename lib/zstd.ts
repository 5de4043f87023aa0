/**
 * Zstandard. Synchronous and bounded by the runtime's zlib, off the event loop by
 * `@mongodb-js/zstd` (docs/adr/0003-zstd.md has the figures behind the choice).
 */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { asBuffer, plainBytes } from "./bytes.ts";

/** Compresses into one frame; `level` is -131072 to 22. */
export function zstdCompress(bytes: Uint8Array, level: number): Uint8Array {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return plainBytes(zstdCompressSync(bytes, { params }));
}

/** Decompresses one frame into at most `bytesMax` bytes. Throws where it is damaged or longer. */
export function zstdDecompress(frame: Uint8Array, bytesMax: number): Uint8Array {
  return plainBytes(zstdDecompressSync(frame, { maxOutputLength: bytesMax }));
}

/** The binding is only loaded where a client uses it: the broker starts faster without. */
const loadBinding = () => import("@mongodb-js/zstd");

/** Compresses on the thread pool, at the binding's own level. */
export async function zstdCompressAsync(bytes: Uint8Array): Promise<Uint8Array> {
  const { compress } = await loadBinding();
  return plainBytes(await compress(asBuffer(bytes)));
}

/** Decompresses one frame on the thread pool. The binding has no limit: bound the frame before. */
export async function zstdDecompressAsync(frame: Uint8Array): Promise<Uint8Array> {
  const { decompress } = await loadBinding();
  return plainBytes(await decompress(asBuffer(frame)));
}
