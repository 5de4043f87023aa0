/** Random uuids (RFC 9562, version 4), as bytes. */
import type { Random } from "./random.ts";

export function randomUuidBytes(random: Random): Uint8Array {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes;
}

/** The 16 bytes as RFC 9562 writes them: hexadecimal, with hyphens (36 characters). */
export function hyphenatedUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]]
    .map(([from, to]) => hex.slice(from, to))
    .join("-");
}
