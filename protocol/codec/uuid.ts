/**
 * Uuids in Kafka's text form: the 16 bytes as URL-safe base64 without padding (22 characters).
 */

import type { Random } from "../../lib/random.ts";
import { randomUuidBytes } from "../../lib/uuid.ts";

export const ZERO_UUID = "AAAAAAAAAAAAAAAAAAAAAA";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/**
 * Topic ids repeat from request to request; a direct-mapped table of those last seen gives their
 * text without building it.
 */
const CACHE_SLOTS = 1024;
const cachedWords = new Int32Array(CACHE_SLOTS * 4);
const cachedText: string[] = new Array<string>(CACHE_SLOTS).fill(ZERO_UUID);

export function uuidFromBytes(view: DataView, at: number): string {
  const a = view.getInt32(at);
  const b = view.getInt32(at + 4);
  const c = view.getInt32(at + 8);
  const d = view.getInt32(at + 12);
  const mixed = a ^ b ^ c ^ d;
  const slot = (mixed ^ (mixed >>> 16)) & (CACHE_SLOTS - 1);
  const word = slot * 4;
  if (
    cachedWords[word] === a && cachedWords[word + 1] === b &&
    cachedWords[word + 2] === c && cachedWords[word + 3] === d
  ) {
    return cachedText[slot];
  }
  let text = "";
  for (let i = 0; i < 15; i += 3) {
    const bits = (view.getUint8(at + i) << 16) | (view.getUint8(at + i + 1) << 8) |
      view.getUint8(at + i + 2);
    text += ALPHABET[bits >> 18] + ALPHABET[(bits >> 12) & 63] + ALPHABET[(bits >> 6) & 63] +
      ALPHABET[bits & 63];
  }
  const last = view.getUint8(at + 15);
  text += ALPHABET[last >> 2] + ALPHABET[(last & 3) << 4];
  cachedWords[word] = a;
  cachedWords[word + 1] = b;
  cachedWords[word + 2] = c;
  cachedWords[word + 3] = d;
  cachedText[slot] = text;
  return text;
}

/** Writes the 16 bytes of `text` at `at`. Throws a `TypeError` when it is not a uuid. */
export function uuidToBytes(text: string, target: Uint8Array, at: number): void {
  if (text.length !== 22) throw new TypeError(`Cannot parse uuid "${text}": not 22 characters`);
  let bits = 0;
  let count = 0;
  let to = at;
  for (let i = 0; i < 22; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? VALUES[code] : -1;
    if (value < 0) throw new TypeError(`Cannot parse uuid "${text}": bad character`);
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8 && to < at + 16) {
      count -= 8;
      target[to++] = bits >> count;
      bits &= (1 << count) - 1;
    }
  }
}

/** Makes a uuid's text from 16 bytes. */
export function uuidText(bytes: Uint8Array): string {
  return uuidFromBytes(new DataView(bytes.buffer, bytes.byteOffset, 16), 0);
}

/** Whether the text is a uuid in Kafka's form. */
export function isUuid(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

/**
 * A random uuid. Like Kafka's, it never begins with a dash, which command lines would take for an
 * option.
 */
export function randomUuid(random: Random): string {
  for (;;) {
    const text = uuidText(randomUuidBytes(random));
    if (!text.startsWith("-")) return text;
  }
}
