/**
 * The codecs of record batches: Kafka's ids and names, compression, bounded decompression.
 */
import { gunzip, gzip, GZIP_DEFAULT_LEVEL } from "../../../lib/gzip.ts";
import { DecompressError } from "./error.ts";
import { lz4CompressFrame, lz4DecompressFrames } from "./lz4_frames.ts";
import { snappyCompressXerial, snappyDecompress } from "./snappy_xerial.ts";
import { zstdDecompressFrames, zstdDecompressFramesAsync } from "./zstd_frames.ts";
import { zstdCompress } from "../../../lib/zstd.ts";

export { DecompressError };

/** The ids that stand in a batch's attributes. */
export const Compression = { NONE: 0, GZIP: 1, SNAPPY: 2, LZ4: 3, ZSTD: 4 } as const;

export type CompressionId = (typeof Compression)[keyof typeof Compression];

const NAMES = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

export type CompressionName = (typeof NAMES)[number];

/** The largest id that a batch may carry. */
export const MAX_COMPRESSION_ID = NAMES.length - 1;

/** The codec's name, as configs and tools write it. */
export function compressionName(id: number): CompressionName {
  return NAMES[id] ?? NAMES[0];
}

/** The id of a codec's name, or undefined. */
export function compressionId(name: string): CompressionId | undefined {
  const id = NAMES.indexOf(name as CompressionName);
  return id < 0 ? undefined : id as CompressionId;
}

/** Levels by codec, as the topic configs `compression.gzip.level` and so on give them. */
export interface CompressionLevels {
  readonly gzip: number;
  readonly zstd: number;
}

/** Kafka's default levels. */
export const DEFAULT_LEVELS: CompressionLevels = { gzip: GZIP_DEFAULT_LEVEL, zstd: 3 };

/** Compresses the records part of a batch. */
export function compress(
  id: CompressionId,
  bytes: Uint8Array,
  levels: CompressionLevels = DEFAULT_LEVELS,
): Uint8Array {
  switch (id) {
    case Compression.NONE:
      return bytes;
    case Compression.GZIP:
      return gzip(bytes, levels.gzip);
    case Compression.SNAPPY:
      return snappyCompressXerial(bytes);
    case Compression.LZ4:
      return lz4CompressFrame(bytes);
    case Compression.ZSTD:
      return zstdCompress(bytes, levels.zstd);
  }
}

/**
 * Decompresses the records part of a batch into at most `bytesMax` bytes.
 * Throws `DecompressError` where the data is damaged, or would be longer.
 */
export function decompress(id: CompressionId, bytes: Uint8Array, bytesMax: number): Uint8Array {
  try {
    switch (id) {
      case Compression.NONE:
        return bytes;
      case Compression.GZIP:
        return gunzip(bytes, bytesMax);
      case Compression.SNAPPY:
        return snappyDecompress(bytes, bytesMax);
      case Compression.LZ4:
        return lz4DecompressFrames(bytes, bytesMax);
      case Compression.ZSTD:
        return zstdDecompressFrames(bytes, bytesMax);
    }
  } catch (error) {
    throw asDecompressError(id, error);
  }
}

/** The same for clients: what can be done off the event loop is done there. */
export async function decompressAsync(
  id: CompressionId,
  bytes: Uint8Array,
  bytesMax: number,
): Promise<Uint8Array> {
  if (id !== Compression.ZSTD) return decompress(id, bytes, bytesMax);
  try {
    return await zstdDecompressFramesAsync(bytes, bytesMax);
  } catch (error) {
    throw asDecompressError(id, error);
  }
}

function asDecompressError(id: CompressionId, error: unknown): DecompressError {
  if (error instanceof DecompressError) return error;
  const why = (error as Error).message;
  return new DecompressError(`Cannot decompress ${compressionName(id)}: ${why}`);
}
