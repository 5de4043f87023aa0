/**
 * Walks the records of a batch without allocating: one reused cursor, positions instead of copies.
 *
 * A record is a zigzag varint of its length, then attributes, timestamp delta, offset delta, key,
 * value and headers, all lengths zigzag varints (KIP-98). Everything is checked: lengths against
 * the record, the record against the batch, the count against what is there.
 */

/** The records of a batch are not what their batch says: Kafka's INVALID_RECORD. */
export class InvalidRecordError extends Error {
  override name = "InvalidRecordError";
}

const SAFE_HIGH = 2097152;
const TWO_32 = 4294967296;

export class RecordCursor {
  private bytes: Uint8Array = new Uint8Array(0);
  private pos = 0;
  private end = 0;
  private left = 0;

  /** Where the present record begins (at its length) and ends. */
  start = 0;
  recordEnd = 0;
  attributes = 0;
  timestampDelta = 0;
  /** Where what follows the timestamp begins: offset delta, key, value, headers. */
  afterTimestamp = 0;
  offsetDelta = 0;
  keyStart = 0;
  /** -1 where the key is null. */
  keyLength = -1;
  valueStart = 0;
  /** -1 where the value is null. */
  valueLength = -1;
  headersStart = 0;
  headerCount = 0;

  /** Begins at `start`; `count` records must fill everything up to `end`. */
  reset(bytes: Uint8Array, start: number, end: number, count: number): this {
    if (count < 0) throw new InvalidRecordError(`Batch has invalid record count ${count}`);
    this.bytes = bytes;
    this.pos = start;
    this.end = end;
    this.left = count;
    return this;
  }

  /** Moves to the next record. Returns false after the last; throws `InvalidRecordError`. */
  next(): boolean {
    if (this.left === 0) return false;
    this.left--;
    this.start = this.pos;
    this.recordEnd = this.end;
    const size = this.varint();
    const end = this.pos + size;
    if (size < 0 || end > this.end) {
      throw new InvalidRecordError(`Record of ${size} bytes, ${this.end - this.pos} left in batch`);
    }
    this.recordEnd = end;
    if (size === 0) throw new InvalidRecordError("Record has no fields");
    this.attributes = this.bytes[this.pos++];
    this.timestampDelta = this.varlong();
    this.afterTimestamp = this.pos;
    this.offsetDelta = this.varint();
    this.keyLength = this.blobLength();
    this.keyStart = this.pos;
    if (this.keyLength > 0) this.pos += this.keyLength;
    this.valueLength = this.blobLength();
    this.valueStart = this.pos;
    if (this.valueLength > 0) this.pos += this.valueLength;
    this.headerCount = this.varint();
    if (this.headerCount < 0 || this.headerCount > end - this.pos) {
      throw new InvalidRecordError(`Record has invalid header count ${this.headerCount}`);
    }
    this.headersStart = this.pos;
    for (let i = 0; i < this.headerCount; i++) {
      const keyLength = this.blobLength();
      if (keyLength < 0) throw new InvalidRecordError("Record header has a null key");
      this.pos += keyLength;
      const valueLength = this.blobLength();
      if (valueLength > 0) this.pos += valueLength;
    }
    if (this.pos !== end) {
      throw new InvalidRecordError(`Record announces ${size} bytes, ${end - this.pos} are unused`);
    }
    if (this.left === 0 && this.pos !== this.end) {
      throw new InvalidRecordError(
        `${this.end - this.pos} bytes after the last record of the batch`,
      );
    }
    return true;
  }

  get hasKey(): boolean {
    return this.keyLength >= 0;
  }

  get key(): Uint8Array | null {
    return this.slice(this.keyStart, this.keyLength);
  }

  get value(): Uint8Array | null {
    return this.slice(this.valueStart, this.valueLength);
  }

  /** The headers, as views into the batch. */
  headers(): [key: Uint8Array, value: Uint8Array | null][] {
    const after = this.pos;
    this.pos = this.headersStart;
    const headers: [Uint8Array, Uint8Array | null][] = [];
    for (let i = 0; i < this.headerCount; i++) {
      const keyLength = this.varint();
      const key = this.bytes.subarray(this.pos, this.pos += keyLength);
      const valueLength = this.varint();
      headers.push([key, this.slice(this.pos, valueLength)]);
      if (valueLength > 0) this.pos += valueLength;
    }
    this.pos = after;
    return headers;
  }

  private slice(start: number, length: number): Uint8Array | null {
    return length < 0 ? null : this.bytes.subarray(start, start + length);
  }

  private blobLength(): number {
    const length = this.varint();
    if (length > this.recordEnd - this.pos) {
      throw new InvalidRecordError(`Field of ${length} bytes runs past its record`);
    }
    return length < 0 ? -1 : length;
  }

  private byte(): number {
    if (this.pos >= this.recordEnd) throw new InvalidRecordError("Record ends early");
    return this.bytes[this.pos++];
  }

  private varint(): number {
    let byte = this.byte();
    let raw = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 28) throw new InvalidRecordError("Varint is longer than 32 bits");
      byte = this.byte();
      raw |= (byte & 0x7f) << shift;
    }
    return (raw >>> 1) ^ -(raw & 1);
  }

  private varlong(): number {
    const first = this.byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let low = first & 0x7f;
    let high = 0;
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        const magnitudeHigh = high >>> 1;
        if (magnitudeHigh >= SAFE_HIGH) return low & 1 ? -Infinity : Infinity;
        const magnitude = magnitudeHigh * TWO_32 + (((low >>> 1) | (high << 31)) >>> 0);
        return low & 1 ? -magnitude - 1 : magnitude;
      }
    }
    throw new InvalidRecordError("Varint is longer than 64 bits");
  }
}
