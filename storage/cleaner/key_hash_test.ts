import { assertEquals, assertNotEquals } from "../../lib/assert.ts";
import { SeededRandom } from "../../lib/random.ts";
import { KeyHash } from "./key_hash.ts";

/** The key and, by message length, the tags of the authors' reference; byte i of a message is i. */
const KEY = [0x833d3433, 0x009f389f, 0x2398e64f, 0x417acf39];
const TAGS: Record<number, readonly number[]> = {
  0: [0x43cb1f41, 0x51eba0c2, 0xff0a8ac3, 0x7ee3f642],
  1: [0xf9ac2067, 0x9c35a846, 0x441aad3d, 0x777b7330],
  3: [0x8c5e6ab9, 0x5035adfb, 0xbff69f98, 0x965516d9],
  4: [0x0b2b62db, 0x1e9e3f50, 0xa1b8dcad, 0xb4279ae0],
  7: [0xb7d29cb8, 0x40a2819d, 0xae403cdb, 0x6fbefa95],
  8: [0x9faf57d6, 0xf4bc02cf, 0x6af6d831, 0xd2930d90],
  11: [0x6a888831, 0x8679ed53, 0x8a192e58, 0x58b23bd1],
  12: [0xc040258c, 0xf25392c0, 0x9f6b5dc0, 0x35c3d638],
  15: [0x03cfb44b, 0x283c8163, 0xfca71448, 0xc40a0aea],
  16: [0x5dd0e2a9, 0xfb5eac8c, 0x633a392e, 0x500c36f3],
  17: [0x8b5f6d5a, 0x202314f6, 0x22092368, 0x9639e606],
  32: [0x77962784, 0x07c647fa, 0xdd752c0f, 0xd2f5a799],
  63: [0x2dd072e1, 0x42b89efe, 0xfb26b615, 0x049aa451],
};

function secretOf(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(i * 4, word, true));
  return bytes;
}

const tagOf = ({ h0, h1, h2, h3 }: KeyHash) => [h0, h1, h2, h3].map((word) => word >>> 0);

Deno.test("key hash: it is Chaskey-12, as its authors have it", () => {
  const hash = new KeyHash(secretOf(KEY));
  for (const [length, tag] of Object.entries(TAGS)) {
    const message = Uint8Array.from({ length: Number(length) }, (_, i) => i);
    hash.hash(message, 0, message.length);
    assertEquals(tagOf(hash), tag, `${length} bytes`);
  }
});

Deno.test("key hash: only the key's own bytes count, wherever they stand", () => {
  const hash = KeyHash.withRandomSecret(new SeededRandom(1));
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  hash.hash(bytes, 40, 21);
  const inside = tagOf(hash);
  hash.hash(bytes.slice(40, 61), 0, 21);
  assertEquals(tagOf(hash), inside);
});

Deno.test("key hash: with another secret it is another hash", () => {
  const tags = [1, 2].map((seed) => {
    const hash = KeyHash.withRandomSecret(new SeededRandom(seed));
    hash.hash(new Uint8Array(3), 0, 3);
    return tagOf(hash);
  });
  assertNotEquals(tags[0], tags[1]);
});
