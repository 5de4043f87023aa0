/**
 * The last offset of each key in the dirty part of a log: a hash table that knows keys by their hash
 * only, 24 bytes an entry (`SkimpyOffsetMap` in Kafka).
 *
 * It takes memory as it fills, up to its bound, and gives it back at once: it is made of parts, each
 * of which grows by itself, so that growing never holds much more than what is needed.
 */
import type { KeyHash } from "./key_hash.ts";

/** What an entry takes: 16 bytes of hash, 8 of offset. */
export const ENTRY_BYTES = 24;
const ENTRY_WORDS = 6;

/** Parts of a map; fewer in small ones, since many small parts do not fill evenly. */
const PARTS_MAX = 256;
const SLOTS_PER_PART_MIN = 8192;
/** What a part begins with. */
const PART_SLOTS_MIN = 64;
/** A part grows when it is fuller than this, while it may. */
const PART_LOAD_MAX = 0.7;

const TWO_32 = 4294967296;

/** Entries of four int32 hash and an offset + 1 as two int32; an offset of nothing is a free slot. */
class Part {
  private words: Int32Array<ArrayBuffer>;
  private slots: number;
  count = 0;

  constructor(private readonly slotsMax: number) {
    this.slots = Math.min(PART_SLOTS_MIN, slotsMax);
    this.words = new Int32Array(this.slots * ENTRY_WORDS);
  }

  /** Where the key's entry is, or the free slot where it belongs. */
  find(key: KeyHash): number {
    const { words } = this;
    let at = ((key.h0 >>> 0) % this.slots) * ENTRY_WORDS;
    for (;;) {
      if (words[at + 4] === 0 && words[at + 5] === 0) return at;
      const isKey = words[at] === key.h0 && words[at + 1] === key.h1 &&
        words[at + 2] === key.h2 && words[at + 3] === key.h3;
      if (isKey) return at;
      at += ENTRY_WORDS;
      if (at === words.length) at = 0;
    }
  }

  /** -1 where there is none. */
  offsetAt(at: number): number {
    return this.words[at + 4] * TWO_32 + (this.words[at + 5] >>> 0) - 1;
  }

  /** Whether one more key fits; one slot stays free. */
  makeRoom(): boolean {
    if (this.count + 1 > this.slots * PART_LOAD_MAX && this.slots < this.slotsMax) this.grow();
    return this.count + 1 < this.slots;
  }

  set(at: number, key: KeyHash, offset: number): void {
    const { words } = this;
    if (words[at + 4] === 0 && words[at + 5] === 0) this.count++;
    words[at] = key.h0;
    words[at + 1] = key.h1;
    words[at + 2] = key.h2;
    words[at + 3] = key.h3;
    words[at + 4] = Math.floor((offset + 1) / TWO_32);
    words[at + 5] = offset + 1;
  }

  private grow(): void {
    const old = this.words;
    this.slots = Math.min(this.slots * 2, this.slotsMax);
    const words = new Int32Array(this.slots * ENTRY_WORDS);
    for (let from = 0; from < old.length; from += ENTRY_WORDS) {
      if (old[from + 4] === 0 && old[from + 5] === 0) continue;
      let at = ((old[from] >>> 0) % this.slots) * ENTRY_WORDS;
      while (words[at + 4] !== 0 || words[at + 5] !== 0) {
        at += ENTRY_WORDS;
        if (at === words.length) at = 0;
      }
      for (let i = 0; i < ENTRY_WORDS; i++) words[at + i] = old[from + i];
    }
    this.words = words;
    free(old);
  }

  release(): void {
    free(this.words);
  }
}

/** Gives memory back without waiting for the garbage collector. */
function free(words: Int32Array<ArrayBuffer>): void {
  words.buffer.transfer(0);
}

export class OffsetMap {
  /** How many entries its memory holds. */
  readonly slots: number;
  private readonly entriesMax: number;
  private readonly parts: Part[];
  private count = 0;
  /** Up to here all keys are in the map; -1 where none is. */
  latestOffset = -1;

  /** `loadFactor` is the share of the slots that may fill, from 0 to 1. */
  constructor(bytesMax: number, loadFactor: number, private readonly keyHash: KeyHash) {
    this.slots = Math.floor(bytesMax / ENTRY_BYTES);
    // One at least, else there would be no end of cleaning.
    this.entriesMax = Math.max(1, Math.floor(this.slots * loadFactor));
    const wanted = Math.floor(this.slots / SLOTS_PER_PART_MIN);
    const count = Math.min(Math.max(1, wanted), PARTS_MAX);
    // One more than there may be keys: searching ends at a free slot.
    const slotsMax = Math.ceil(Math.max(1, this.slots) / count) + 1;
    this.parts = Array.from({ length: count }, () => new Part(slotsMax));
  }

  get size(): number {
    return this.count;
  }

  /** The share of the slots that is in use. */
  get utilization(): number {
    return this.count / this.slots;
  }

  private partOf({ h3 }: KeyHash): Part {
    return this.parts[(h3 >>> 0) % this.parts.length];
  }

  /** Notes the offset of a key, which is `length` bytes from `start` on. Returns false once full. */
  put(bytes: Uint8Array, start: number, length: number, offset: number): boolean {
    if (this.count >= this.entriesMax) return false;
    const { keyHash } = this;
    keyHash.hash(bytes, start, length);
    const part = this.partOf(keyHash);
    if (!part.makeRoom()) return false;
    const before = part.count;
    part.set(part.find(keyHash), keyHash, offset);
    this.count += part.count - before;
    this.latestOffset = offset;
    return true;
  }

  /** The last offset of a key, or -1. */
  get(bytes: Uint8Array, start: number, length: number): number {
    const { keyHash } = this;
    keyHash.hash(bytes, start, length);
    const part = this.partOf(keyHash);
    return part.offsetAt(part.find(keyHash));
  }

  /** Gives the memory up; the map must not be used any more. */
  release(): void {
    for (const part of this.parts) part.release();
  }
}
