/**
 * A growing buffer with the primitives from which encoders are built.
 *
 * Record data can be placed by reference: `records` with a `RecordsSource` writes only the length
 * and notes a slot, and whoever sends the message puts the source's bytes there. So a Fetch
 * answer's records go from the log straight to their place on the wire.
 */
import type { RawTaggedField, RecordsSource } from "../schema/schema.ts";
import { uuidToBytes } from "./uuid.ts";

/** The value cannot be written as its declaration says. */
export class EncodeError extends Error {
  override name = "EncodeError";
}

/** Bytes that belong at `at` of the encoded bytes, before what is encoded there. */
export interface RecordsSlot {
  readonly at: number;
  readonly source: RecordsSource;
}

const utf8 = new TextEncoder();
const TWO_32 = 4294967296;
/** Twice this is still a safe integer, or the first one after. */
const VARLONG_EXACT_MAX = 2 ** 52;
const INT64_MAX = 2n ** 63n - 1n;

export class Writer {
  bytes: Uint8Array;
  private view: DataView;
  /** How many bytes are written; slots not counted. */
  pos = 0;
  /** Record data placed by reference, by ascending position. */
  slots: RecordsSlot[] = [];
  /** The bytes that the slots add. */
  slotBytes = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /**
   * Starts over in the same memory, or in new one where it has grown beyond `bytesMax`. What
   * `finish` gave before is overwritten.
   */
  reset(bytesMax = Infinity): void {
    this.pos = 0;
    if (this.bytes.length > bytesMax) {
      this.bytes = new Uint8Array(bytesMax);
      this.view = new DataView(this.bytes.buffer);
    }
    if (this.slots.length > 0) this.slots = [];
    this.slotBytes = 0;
  }

  /** A view of what is written. Slots are not in it. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.pos);
  }

  /** A copy of what is written. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.pos);
  }

  /** Makes room and returns where it begins. It may replace `bytes` and `view`: call it first. */
  private reserve(length: number): number {
    const at = this.pos;
    const needed = at + length;
    if (needed > this.bytes.length) this.grow(needed);
    this.pos = needed;
    return at;
  }

  private grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.pos));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  bool(value: boolean): void {
    const at = this.reserve(1);
    this.bytes[at] = value ? 1 : 0;
  }

  int8(value: number): void {
    const at = this.reserve(1);
    this.view.setInt8(at, value);
  }

  int16(value: number): void {
    const at = this.reserve(2);
    this.view.setInt16(at, value);
  }

  uint16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value);
  }

  int32(value: number): void {
    const at = this.reserve(4);
    this.view.setInt32(at, value);
  }

  /** Writes an int32 over what stands at `at` already. */
  setInt32(at: number, value: number): void {
    this.view.setInt32(at, value);
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value);
  }

  /** Infinity and -Infinity are the largest and smallest int64. */
  int64(value: number): void {
    const at = this.reserve(8);
    if (value === Infinity) {
      this.view.setInt32(at, 0x7fffffff);
      this.view.setInt32(at + 4, -1);
    } else if (value === -Infinity) {
      this.view.setInt32(at, -0x80000000);
      this.view.setInt32(at + 4, 0);
    } else {
      this.view.setInt32(at, Math.floor(value / TWO_32));
      this.view.setInt32(at + 4, value);
    }
  }

  wideInt64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigInt64(at, value);
  }

  float64(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value);
  }

  uuid(value: string): void {
    const at = this.reserve(16);
    uuidToBytes(value, this.bytes, at);
  }

  uvarint(value: number): void {
    while (value > 0x7f) {
      const at = this.reserve(1);
      this.bytes[at] = (value & 0x7f) | 0x80;
      value = Math.floor(value / 128);
    }
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  /** A zigzag varint of at most 32 bits. */
  varint(value: number): void {
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** A zigzag varint of at most 64 bits; plus or minus Infinity is the largest or smallest one. */
  varlong(value: number): void {
    if (Math.abs(value) <= VARLONG_EXACT_MAX) {
      return this.uvarint(value >= 0 ? value * 2 : -value * 2 - 1);
    }
    const wide = Number.isFinite(value) ? BigInt(value) : value > 0 ? INT64_MAX : ~INT64_MAX;
    let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
    for (; rest > 0x7fn; rest >>= 7n) this.int8(Number(rest & 0x7fn) | 0x80);
    this.int8(Number(rest));
  }

  /** Raw bytes without a length. */
  raw(value: Uint8Array): void {
    const at = this.reserve(value.length);
    this.bytes.set(value, at);
  }

  private writeLength(length: number, compact: boolean): void {
    if (compact) this.uvarint(length + 1);
    else this.int32(length);
  }

  private text(value: string, compact: boolean, field: string): void {
    const length = value.length;
    let ascii = length <= 0x7fff;
    for (let i = 0; ascii && i < length; i++) ascii = value.charCodeAt(i) < 0x80;
    if (!ascii) {
      const encoded = utf8.encode(value);
      if (encoded.length > 0x7fff) {
        throw new EncodeError(`${field} is too long: ${encoded.length} bytes, 32767 allowed`);
      }
      if (compact) this.uvarint(encoded.length + 1);
      else this.int16(encoded.length);
      this.raw(encoded);
      return;
    }
    if (compact) this.uvarint(length + 1);
    else this.int16(length);
    const at = this.reserve(length);
    for (let i = 0; i < length; i++) this.bytes[at + i] = value.charCodeAt(i);
  }

  private refuseNull(field: string): never {
    throw new EncodeError(`${field} must not be null`);
  }

  string(value: string | null, field: string): void {
    if (value === null) this.refuseNull(field);
    this.text(value, false, field);
  }

  nullableString(value: string | null, field: string): void {
    if (value === null) this.int16(-1);
    else this.text(value, false, field);
  }

  compactString(value: string | null, field: string): void {
    if (value === null) this.refuseNull(field);
    this.text(value, true, field);
  }

  nullableCompactString(value: string | null, field: string): void {
    if (value === null) this.uvarint(0);
    else this.text(value, true, field);
  }

  private blob(value: Uint8Array, compact: boolean): void {
    this.writeLength(value.length, compact);
    this.raw(value);
  }

  byteArray(value: Uint8Array | null, field: string): void {
    if (value === null) this.refuseNull(field);
    this.blob(value, false);
  }

  nullableByteArray(value: Uint8Array | null, _field: string): void {
    if (value === null) this.int32(-1);
    else this.blob(value, false);
  }

  compactByteArray(value: Uint8Array | null, field: string): void {
    if (value === null) this.refuseNull(field);
    this.blob(value, true);
  }

  nullableCompactByteArray(value: Uint8Array | null, _field: string): void {
    if (value === null) this.uvarint(0);
    else this.blob(value, true);
  }

  private place(value: Uint8Array | RecordsSource, compact: boolean): void {
    if (value instanceof Uint8Array) return this.blob(value, compact);
    this.writeLength(value.byteLength, compact);
    if (value.byteLength === 0) return;
    this.slots.push({ at: this.pos, source: value });
    this.slotBytes += value.byteLength;
  }

  records(value: Uint8Array | RecordsSource | null, field: string): void {
    if (value === null) this.refuseNull(field);
    this.place(value, false);
  }

  nullableRecords(value: Uint8Array | RecordsSource | null, _field: string): void {
    if (value === null) this.int32(-1);
    else this.place(value, false);
  }

  compactRecords(value: Uint8Array | RecordsSource | null, field: string): void {
    if (value === null) this.refuseNull(field);
    this.place(value, true);
  }

  nullableCompactRecords(value: Uint8Array | RecordsSource | null, _field: string): void {
    if (value === null) this.uvarint(0);
    else this.place(value, true);
  }

  /** The length before an array; null is refused unless it may stand there. */
  arrayLength(value: ArrayLike<unknown> | null, nullable: boolean, field: string): number {
    if (value === null && !nullable) this.refuseNull(field);
    this.int32(value === null ? -1 : value.length);
    return value === null ? 0 : value.length;
  }

  compactArrayLength(value: ArrayLike<unknown> | null, nullable: boolean, field: string): number {
    if (value === null && !nullable) this.refuseNull(field);
    this.uvarint(value === null ? 0 : value.length + 1);
    return value === null ? 0 : value.length;
  }

  /** What stands before a struct that may be null (`Reader.present`). Returns whether it follows. */
  present(value: unknown, tagged: boolean): boolean {
    if (tagged) this.uvarint(value === null ? 0 : 1);
    else this.int8(value === null ? -1 : 1);
    return value !== null;
  }

  structPresent(value: unknown, field: string): void {
    if (value === null) this.refuseNull(field);
  }

  /** Begins a tagged field; `endTaggedField` fills in its size. Returns where it begins. */
  beginTaggedField(tag: number): number {
    this.uvarint(tag);
    // One byte is kept for the size: tagged fields are nearly always shorter than 128 bytes.
    return this.reserve(1) + 1;
  }

  endTaggedField(start: number): void {
    const size = this.pos - start;
    if (size < 0x80) {
      this.bytes[start - 1] = size;
      return;
    }
    let extra = 0;
    for (let rest = size; rest > 0x7f; rest = Math.floor(rest / 128)) extra++;
    this.reserve(extra);
    this.bytes.copyWithin(start + extra, start, start + size);
    const end = this.pos;
    this.pos = start - 1;
    this.uvarint(size);
    this.pos = end;
  }

  /**
   * Writes the unknown tagged fields of `fields` with tags in `from .. to - 1`. An encoder calls it
   * between the known ones, since tags ascend on the wire (KIP-482).
   */
  unknownTaggedFields(
    fields: readonly RawTaggedField[] | undefined,
    from: number,
    to: number,
  ): void {
    if (fields === undefined) return;
    for (const { tag, data } of fields) {
      if (tag < from || tag >= to) continue;
      this.uvarint(tag);
      this.uvarint(data.length);
      this.raw(data);
    }
  }

  /** Refuses a value in a version that cannot carry it. */
  unsupported(field: string, version: number): never {
    throw new EncodeError(`Version ${version} cannot carry ${field}: it has a non-default value`);
  }
}
