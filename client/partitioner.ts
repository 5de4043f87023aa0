/** Which partition a keyed record goes to: as Kafka's Java producer decides it. */

/** The 32-bit murmur2 hash with the seed that Kafka uses. */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  let hash = 0x9747b28c ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(view.getInt32(i, true), m);
    k ^= k >>> 24;
    hash = Math.imul(hash, m) ^ Math.imul(k, m);
  }
  switch (length - whole) {
    case 3:
      hash ^= bytes[whole + 2] << 16;
      // falls through
    case 2:
      hash ^= bytes[whole + 1] << 8;
      // falls through
    case 1:
      hash = Math.imul(hash ^ bytes[whole], m);
  }
  hash = Math.imul(hash ^ (hash >>> 13), m);
  return hash ^ (hash >>> 15);
}

/** The partition for a key. */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
