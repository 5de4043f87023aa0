/**
 * The sparse offset index of a segment (`.index`): pairs of int32, offset relative to the
 * segment's base and position in its log file, ascending.
 *
 * Entries live in memory and reach the file when the segment is closed or persisted: after a crash
 * the index is rebuilt from the log, which recovery reads anyway.
 */
import type { FileSystem } from "../lib/files.ts";

const ENTRY_BYTES = 8;

/** An index file is not what it must be, and has to be rebuilt. */
export class CorruptIndexError extends Error {
  override name = "CorruptIndexError";
}

export interface OffsetPosition {
  readonly offset: number;
  readonly position: number;
}

export class OffsetIndex {
  private entries: Int32Array<ArrayBuffer> = new Int32Array(0);
  private count = 0;
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
      throw new CorruptIndexError(`${this.path} has ${status.size} bytes, not a multiple of 8`);
    }
  }

  /** Starts empty, forgetting what the file holds. */
  reset(): void {
    this.count = 0;
    this.persistedCount = 0;
    this.loaded = true;
  }

  private load(): void {
    if (this.loaded) return;
    this.loaded = true;
    if (!this.files.exists(this.path)) return;
    const bytes = this.files.readFile(this.path);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const found = Math.floor(bytes.length / ENTRY_BYTES);
    this.entries = new Int32Array(found * 2);
    for (let i = 0; i < found; i++) {
      const relative = view.getInt32(i * ENTRY_BYTES);
      // A Kafka that was killed leaves its preallocated zeros behind the last entry.
      if (i > 0 && relative <= this.entries[i * 2 - 2]) break;
      if (i === 0 && relative === 0 && view.getInt32(4) === 0 && found > 1) break;
      this.entries[i * 2] = relative;
      this.entries[i * 2 + 1] = view.getInt32(i * ENTRY_BYTES + 4);
      this.count++;
    }
    this.persistedCount = this.count;
  }

  get entryCount(): number {
    this.load();
    return this.count;
  }

  get isFull(): boolean {
    return this.entryCount >= Math.floor(this.bytesMax / ENTRY_BYTES);
  }

  /** The last entry's offset, or the base offset where there is none. */
  get lastOffset(): number {
    this.load();
    return this.count === 0 ? this.baseOffset : this.baseOffset + this.entries[this.count * 2 - 2];
  }

  append(offset: number, position: number): void {
    this.load();
    const at = this.count * 2;
    if (at === this.entries.length) {
      const grown = new Int32Array(Math.max(32, at * 2));
      grown.set(this.entries);
      this.entries = grown;
    }
    this.entries[at] = offset - this.baseOffset;
    this.entries[at + 1] = position;
    this.count++;
  }

  /** The last entry at or before `offset`; the segment's beginning where there is none. */
  lookup(offset: number): OffsetPosition {
    this.load();
    const relative = offset - this.baseOffset;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[middle * 2] <= relative) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return { offset: this.baseOffset, position: 0 };
    return {
      offset: this.baseOffset + this.entries[low * 2 - 2],
      position: this.entries[low * 2 - 1],
    };
  }

  /** The position of the last entry at or before `position`; 0 where there is none. */
  floorPosition(position: number): number {
    this.load();
    let at = this.count;
    while (at > 0 && this.entries[at * 2 - 1] > position) at--;
    return at === 0 ? 0 : this.entries[at * 2 - 1];
  }

  /** Forgets all entries at or after `offset`. */
  truncateTo(offset: number): void {
    this.load();
    const relative = offset - this.baseOffset;
    while (this.count > 0 && this.entries[this.count * 2 - 2] >= relative) this.count--;
    this.persistedCount = Math.min(this.persistedCount, this.count);
  }

  /** Brings the file to what is in memory. */
  persist(): void {
    const status = this.files.status(this.path);
    const isCurrent = this.persistedCount === this.count &&
      (!this.loaded || status?.size === this.count * ENTRY_BYTES);
    if (status !== null && isCurrent) return;
    this.load();
    const file = this.files.openWrite(this.path);
    try {
      const from = this.persistedCount;
      const bytes = new Uint8Array((this.count - from) * ENTRY_BYTES);
      const view = new DataView(bytes.buffer);
      for (let i = from * 2; i < this.count * 2; i++) {
        view.setInt32((i - from * 2) * 4, this.entries[i]);
      }
      file.writeAt(bytes, from * ENTRY_BYTES);
      file.truncate(this.count * ENTRY_BYTES);
      this.persistedCount = this.count;
    } finally {
      file.close();
    }
  }
}
