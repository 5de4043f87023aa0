/** Randomness as a parameter: what is pure takes a `Random`. */

export interface Random {
  /** Fills an array with random bytes. */
  bytes(length: number): Uint8Array;
  /** A number from 0 up to, not including, 1. */
  fraction(): number;
}

/** The machine's own randomness. */
export const systemRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => Math.random(),
};

/** A generator with a seed (xorshift32): the same seed, the same numbers. */
export class SeededRandom implements Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) || 1; // From zero, only zeros would follow.
  }

  private next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next());
  }

  fraction(): number {
    return this.next() / 4294967296;
  }
}
