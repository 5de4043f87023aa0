/** Random uuids (RFC 9562, version 4), as bytes. */
import type { Random } from "./random.ts";

export function randomUuidBytes(random: Random): Uint8Array {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes;
}
