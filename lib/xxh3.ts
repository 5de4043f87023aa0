/** XXH3 in its 64-bit form, without a seed: the one place that imports `@node-rs/xxhash`. */
import { xxh3 } from "@node-rs/xxhash";

/** The hash of the bytes, as a signed number of 64 bits. */
export function xxh3Hash64(bytes: Uint8Array): bigint {
  return BigInt.asIntN(64, xxh3.xxh64(bytes));
}
