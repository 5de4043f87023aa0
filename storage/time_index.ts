/**
 * The sparse time index of a segment (`.timeindex`): pairs of int64 timestamp and int32 relative
 * offset, both ascending. An entry says: up to this offset no timestamp is larger.
 */
import type { FileSystem } from "../lib/files.ts";
import { getInt64, setInt64 } from "../protocol/records/batch.ts";
import { CorruptIndexError } from "./offset_index.ts";

const ENTRY_BYTES = 12;

export interface TimestampOffset {
  /** Milliseconds since 1970; -1 for none. */
  readonly timestamp: number;
  readonly offset: number;
}

export class TimeIndex {
  private timestamps: number[] = [];
  private offsets: number[] = [];
  private loaded = false;
  private persistedCount = 0;

  constructor(
    private readonly files: FileSystem,
    readonly path: string,
    private readonly baseOffset: number,
    private readonly bytesMax: number,
  ) {}

  /** Checks the file without reading all of it. Throws `CorruptIndexError`. */
  checkFile(): void {
    const status = this.files.status(this.path);
    if (status === null) throw new CorruptIndexError(`${this.path} does not exist`);
    if (status.size % ENTRY_BYTES !== 0) {
      throw new CorruptIndexError(`${this.path} has ${status.size} bytes, not a multiple of 12`);
    }
  }

  reset(): void {
    this.timestamps = [];
    this.offsets = [];
    this.persistedCount = 0;
    this.loaded = true;
  }

  private load(): void {
    if (this.loaded) return;
    this.loaded = true;
    if (!this.files.exists(this.path)) return;
    const bytes = this.files.readFile(this.path);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A Kafka that was killed leaves its preallocated zeros behind the last entry.
    if (bytes.length > ENTRY_BYTES && bytes.subarray(0, 2 * ENTRY_BYTES).every((b) => b === 0)) {
      return;
    }
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      const timestamp = getInt64(view, at);
      if (timestamp <= (this.timestamps.at(-1) ?? -1)) break;
      this.timestamps.push(timestamp);
      this.offsets.push(this.baseOffset + view.getInt32(at + 8));
    }
    this.persistedCount = this.timestamps.length;
  }

  get entryCount(): number {
    this.load();
    return this.timestamps.length;
  }

  /** One entry less than fits: the last place is kept for the segment's largest timestamp. */
  get isFull(): boolean {
    return this.entryCount >= Math.floor(this.bytesMax / ENTRY_BYTES) - 1;
  }

  get lastEntry(): TimestampOffset {
    this.load();
    const last = this.timestamps.length - 1;
    if (last < 0) return { timestamp: -1, offset: this.baseOffset };
    return { timestamp: this.timestamps[last], offset: this.offsets[last] };
  }

  /** Adds an entry where its timestamp is larger than the last one. */
  maybeAppend(timestamp: number, offset: number): void {
    if (timestamp <= this.lastEntry.timestamp) return;
    this.timestamps.push(timestamp);
    this.offsets.push(offset);
  }

  /** The last entry at or before `timestamp`; the segment's beginning where there is none. */
  lookup(timestamp: number): TimestampOffset {
    this.load();
    let low = 0;
    let high = this.timestamps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timestamps[middle] <= timestamp) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return { timestamp: -1, offset: this.baseOffset };
    return { timestamp: this.timestamps[low - 1], offset: this.offsets[low - 1] };
  }

  /** Forgets all entries at or after `offset`. */
  truncateTo(offset: number): void {
    this.load();
    while (this.offsets.length > 0 && this.offsets.at(-1)! >= offset) {
      this.offsets.pop();
      this.timestamps.pop();
    }
    this.persistedCount = Math.min(this.persistedCount, this.offsets.length);
  }

  /** Brings the file to what is in memory. */
  persist(): void {
    const status = this.files.status(this.path);
    const count = this.timestamps.length;
    const isCurrent = !this.loaded ||
      (this.persistedCount === count && status?.size === count * ENTRY_BYTES);
    if (status !== null && isCurrent) return;
    this.load();
    const file = this.files.openWrite(this.path);
    try {
      const from = this.persistedCount;
      const bytes = new Uint8Array((this.timestamps.length - from) * ENTRY_BYTES);
      const view = new DataView(bytes.buffer);
      for (let i = from; i < this.timestamps.length; i++) {
        setInt64(view, (i - from) * ENTRY_BYTES, this.timestamps[i]);
        view.setInt32((i - from) * ENTRY_BYTES + 8, this.offsets[i] - this.baseOffset);
      }
      file.writeAt(bytes, from * ENTRY_BYTES);
      file.truncate(this.timestamps.length * ENTRY_BYTES);
      this.persistedCount = this.timestamps.length;
    } finally {
      file.close();
    }
  }
}
