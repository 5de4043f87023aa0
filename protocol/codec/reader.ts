/**
 * A bounded cursor over received bytes: the primitives from which decoders are built.
 *
 * Every read checks what remains, every length is checked before anything is allocated for it,
 * and the number of structs one frame may unfold into is bounded, so that random, truncated or
 * lying input ends in a `DecodeError` and nothing worse. Wire types: Kafka's protocol guide,
 * compact forms and tagged fields: KIP-482.
 */
import type { RawTaggedField } from "../schema/schema.ts";
import { uuidFromBytes } from "./uuid.ts";

/** The input is not what its declaration says. `offset` is where, in bytes from the beginning. */
export class DecodeError extends Error {
  override name = "DecodeError";
  constructor(problem: string, readonly offset: number) {
    super(`${problem} (at byte ${offset})`);
  }
}

/** How many structs and unknown tagged fields one frame may unfold into. */
export const MAX_DECODED_STRUCTS = 1 << 20;

const TWO_32 = 4294967296;
/** High words from here on (or below the negative of it) lie outside the safe integers. */
const SAFE_HIGH = 2097152;

const utf8 = new TextDecoder();

/**
 * Names repeat from request to request, so short strings are looked up before they are made:
 * a lookup allocates nothing and is three to five times faster than decoding.
 */
const INTERNED_STRINGS = 1024;
const INTERNED_LENGTH_MAX = 64;
const interned: string[] = new Array<string>(INTERNED_STRINGS).fill("");

export class Reader {
  readonly view: DataView;
  /** Where the next read begins; an index into `bytes`. */
  pos: number;
  /** Where reading must stop; an index into `bytes`. */
  end: number;
  private structsLeft: number;

  constructor(
    readonly bytes: Uint8Array,
    start = 0,
    end = bytes.length,
    private readonly structsMax = MAX_DECODED_STRUCTS,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = start;
    this.end = end;
    this.structsLeft = structsMax;
  }

  /** Begins anew with other bytes of the same piece: for many small messages in one. */
  within(start: number, end: number): this {
    this.pos = start;
    this.end = end;
    this.structsLeft = this.structsMax;
    return this;
  }

  get remaining(): number {
    return this.end - this.pos;
  }

  fail(problem: string): never {
    throw new DecodeError(problem, this.pos);
  }

  private take(length: number): number {
    const at = this.pos;
    if (length > this.end - at) {
      this.fail(`Input ends early: ${length} bytes wanted, ${this.end - at} left`);
    }
    this.pos = at + length;
    return at;
  }

  bool(): boolean {
    return this.bytes[this.take(1)] !== 0;
  }

  int8(): number {
    return this.view.getInt8(this.take(1));
  }

  int16(): number {
    return this.view.getInt16(this.take(2));
  }

  uint16(): number {
    return this.view.getUint16(this.take(2));
  }

  int32(): number {
    return this.view.getInt32(this.take(4));
  }

  uint32(): number {
    return this.view.getUint32(this.take(4));
  }

  /** An int64 as a number; beyond the safe integers it is plus or minus Infinity. */
  int64(): number {
    const at = this.take(8);
    const high = this.view.getInt32(at);
    const low = this.view.getUint32(at + 4);
    if (high >= SAFE_HIGH) return Infinity;
    if (high < -SAFE_HIGH || (high === -SAFE_HIGH && low === 0)) return -Infinity;
    return high * TWO_32 + low;
  }

  wideInt64(): bigint {
    return this.view.getBigInt64(this.take(8));
  }

  float64(): number {
    return this.view.getFloat64(this.take(8));
  }

  uuid(): string {
    return uuidFromBytes(this.view, this.take(16));
  }

  /** An unsigned varint of at most 32 bits (five bytes). */
  uvarint(): number {
    const first = this.bytes[this.take(1)];
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.bytes[this.take(1)];
      if (byte < 0x80) return value | (byte << shift);
      value |= (byte & 0x7f) << shift;
    }
    const last = this.bytes[this.take(1)];
    if (last > 0x0f) this.fail("Varint is longer than 32 bits");
    return value + last * 268435456;
  }

  /** A zigzag varint of at most 32 bits, as the records of a batch use it. */
  varint(): number {
    const raw = this.uvarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** A zigzag varint of at most 64 bits; beyond the safe integers plus or minus Infinity. */
  varlong(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.take(1)];
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) this.fail("Varint is longer than 64 bits");
        const negative = low & 1;
        const magnitudeLow = ((low >>> 1) | (high << 31)) >>> 0;
        const magnitudeHigh = high >>> 1;
        if (magnitudeHigh >= SAFE_HIGH) return negative ? -Infinity : Infinity;
        const magnitude = magnitudeHigh * TWO_32 + magnitudeLow;
        return negative ? -magnitude - 1 : magnitude;
      }
    }
    return this.fail("Varint is longer than 64 bits");
  }

  /** The length before a compact value: -1 stands for null. */
  private compactLength(): number {
    return this.uvarint() - 1;
  }

  private text(length: number, field: string): string {
    if (length < 0) this.fail(`${field} must not be null`);
    if (length > 0x7fff) this.fail(`${field} has invalid length ${length}`);
    const at = this.take(length);
    if (length === 0) return "";
    const bytes = this.bytes;
    if (length > INTERNED_LENGTH_MAX) return utf8.decode(bytes.subarray(at, at + length));
    const slot = (length * 131 + bytes[at] * 31 + bytes[at + (length >> 1)] * 7 +
      bytes[at + length - 1] * 17) & (INTERNED_STRINGS - 1);
    const known = interned[slot];
    if (known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[at + i]) i++;
      if (i === length) return known;
    }
    const text = utf8.decode(bytes.subarray(at, at + length));
    interned[slot] = text;
    return text;
  }

  string(field: string): string {
    return this.text(this.int16(), field);
  }

  nullableString(field: string): string | null {
    const length = this.int16();
    return length < 0 ? null : this.text(length, field);
  }

  compactString(field: string): string {
    return this.text(this.compactLength(), field);
  }

  nullableCompactString(field: string): string | null {
    const length = this.compactLength();
    return length < 0 ? null : this.text(length, field);
  }

  private blob(length: number, field: string): Uint8Array {
    if (length < 0) this.fail(`${field} must not be null`);
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Bytes copied out of the frame. */
  byteArray(field: string): Uint8Array {
    return this.blob(this.int32(), field).slice();
  }

  nullableByteArray(field: string): Uint8Array | null {
    const length = this.int32();
    return length < 0 ? null : this.blob(length, field).slice();
  }

  compactByteArray(field: string): Uint8Array {
    return this.blob(this.compactLength(), field).slice();
  }

  nullableCompactByteArray(field: string): Uint8Array | null {
    const length = this.compactLength();
    return length < 0 ? null : this.blob(length, field).slice();
  }

  /** Record batches as a view into the frame. */
  records(field: string): Uint8Array {
    return this.blob(this.int32(), field);
  }

  nullableRecords(field: string): Uint8Array | null {
    const length = this.int32();
    return length < 0 ? null : this.blob(length, field);
  }

  compactRecords(field: string): Uint8Array {
    return this.blob(this.compactLength(), field);
  }

  nullableCompactRecords(field: string): Uint8Array | null {
    const length = this.compactLength();
    return length < 0 ? null : this.blob(length, field);
  }

  private elements(length: number, structs: boolean): number {
    if (length > this.end - this.pos) {
      this.fail(`Array of ${length} elements announced, ${this.end - this.pos} bytes left`);
    }
    if (structs) this.countStructs(length);
    return length;
  }

  private countStructs(count: number): void {
    this.structsLeft -= count;
    if (this.structsLeft < 0) this.fail("Frame unfolds into more structs than the limit allows");
  }

  /** The length before an array; negative stands for null. */
  arrayLength(structs: boolean): number {
    return this.elements(this.int32(), structs);
  }

  compactArrayLength(structs: boolean): number {
    return this.elements(this.compactLength(), structs);
  }

  /**
   * What stands before a struct that may be null: whether the struct follows. In its place it is an
   * int8, -1 or 1; as a tagged field an unsigned varint, 0 or 1, as Kafka's generator has it.
   */
  present(tagged: boolean): boolean {
    return tagged ? this.uvarint() > 0 : this.int8() >= 0;
  }

  unknownTaggedField(
    tag: number,
    size: number,
    known: RawTaggedField[] | undefined,
  ): RawTaggedField[] {
    this.countStructs(1);
    const at = this.take(size);
    const fields = known ?? [];
    fields.push({ tag, data: this.bytes.slice(at, at + size) });
    return fields;
  }

  /** Checks that a tagged field took exactly the bytes it announced. */
  endTaggedField(tag: number, start: number, size: number): void {
    if (this.pos - start !== size) {
      this.fail(`Tagged field ${tag} announced ${size} bytes and took ${this.pos - start}`);
    }
  }
}
