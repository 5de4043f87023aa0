/** The records that every writer writes: the same from the same seed, of every kind that matters. */
import { type Random, SeededRandom } from "../../../lib/random.ts";
import type { Bytes, CompatRecord } from "./lines.ts";

export interface GeneratorOptions {
  readonly seed: number;
  readonly count: number;
  readonly partitions: number;
}

/** 14 November 2023: long enough ago to differ from any time that a broker would put in. */
const FIRST_TIMESTAMP = 1_700_000_000_000;

/** Of so many records one is large. */
const LARGE_EVERY = 20_000;
const LARGE_REPEATS = 15_000;

const WORDS = ["paid", "sent", "überfällig", "注文", "🚲", "returned", "lost", "kept", "unknown"];

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Numbers and choices from a random source. */
class Dice {
  constructor(private readonly random: Random) {}

  /** A whole number from `low` to `high`. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.random.fraction() * (high - low + 1));
  }

  chance(fraction: number): boolean {
    return this.random.fraction() < fraction;
  }

  word(): string {
    return WORDS[this.whole(0, WORDS.length - 1)];
  }

  bytes(low: number, high: number): Uint8Array {
    return this.random.bytes(this.whole(low, high));
  }
}

/** Makes records with null, empty, binary, textual and large parts, and times that go back at times. */
export function* generateRecords(
  { seed, count, partitions }: GeneratorOptions,
): Generator<CompatRecord> {
  const dice = new Dice(new SeededRandom(seed));
  const offsets = new Array<number>(partitions).fill(0);
  for (let i = 0; i < count; i++) {
    const partition = Math.min(dice.whole(0, partitions), partitions - 1); // The last gets more.
    const timestamp = FIRST_TIMESTAMP + i * 10 + dice.whole(-500, 500);
    const key = keyOf(dice);
    yield {
      partition,
      offset: offsets[partition]++,
      timestamp,
      key,
      value: valueOf(dice, i, key),
      headers: headersOf(dice),
    };
  }
}

function keyOf(dice: Dice): Bytes {
  if (dice.chance(0.1)) return null;
  if (dice.chance(0.02)) return utf8("");
  if (dice.chance(0.3)) return dice.bytes(1, 16);
  return utf8(`customer-${dice.whole(0, 4999)}`);
}

function valueOf(dice: Dice, i: number, key: Bytes): Bytes {
  if (i % LARGE_EVERY === LARGE_EVERY / 2) {
    return utf8(`${dice.word()} ${i}; `.repeat(LARGE_REPEATS));
  }
  if (dice.chance(0.02)) return key === null ? utf8("") : null; // kafka-python wants one of both.
  if (dice.chance(0.01)) return utf8("");
  if (dice.chance(0.1)) return dice.bytes(1, 60);
  const order = { order: i, state: dice.word(), amount: dice.whole(1, 99_999), note: dice.word() };
  return utf8(JSON.stringify(order));
}

function headersOf(dice: Dice): [Uint8Array, Bytes][] {
  if (dice.chance(0.5)) return [];
  const headers: [Uint8Array, Bytes][] = [[utf8("trace"), utf8(`span ${dice.whole(0, 1e6)}`)]];
  if (dice.chance(0.3)) headers.push([utf8("trace"), utf8(dice.word())]);
  if (dice.chance(0.2)) headers.push([utf8("größe"), null]);
  if (dice.chance(0.2)) headers.push([utf8("flag"), utf8("")]);
  return headers;
}
