/**
 * The memory tail: what was appended last, in chunks that all logs share a bounded amount of.
 *
 * An append copies into the newest chunk of its segment; one write per turn of the event loop takes
 * what is new from there to the file, and readers that keep up are served from it. The oldest chunk
 * makes room for the newest, whichever log it belongs to, once it is on file.
 */

/** Chunks come in these sizes, in bytes; a log that fills one gets the next larger. */
const CHUNK_BYTES = [16 << 10, 64 << 10, 256 << 10, 1 << 20];

/** How many chunks per size are kept for reuse. */
const POOLED_CHUNKS = 8;

/** A run of bytes of one segment. */
export interface TailChunk {
  readonly buffer: Uint8Array;
  /** Where in the segment's file the chunk begins, and how many bytes of it are in use. */
  readonly position: number;
  length: number;
  /** How many of them are on file. */
  written: number;
  /** Index into the chunk sizes; -1 for one of its own size. */
  readonly sizeClass: number;
  /** Takes the chunk from its segment. */
  readonly evict: () => void;
}

export class TailCache {
  /** In order of allocation. */
  private readonly chunks = new Set<TailChunk>();
  private readonly pool: Uint8Array[][] = CHUNK_BYTES.map(() => []);
  private bytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** The bytes that chunks hold at present. */
  get size(): number {
    return this.bytes;
  }

  /**
   * A chunk for at least `needed` bytes at `position` of a segment. `grown` is the size class of
   * the segment's last chunk plus one, where that chunk filled up.
   */
  allocate(position: number, needed: number, grown: number, evict: () => void): TailChunk {
    let sizeClass = Math.min(grown, CHUNK_BYTES.length - 1);
    while (sizeClass >= 0 && sizeClass < CHUNK_BYTES.length && CHUNK_BYTES[sizeClass] < needed) {
      sizeClass++;
    }
    if (sizeClass >= CHUNK_BYTES.length) sizeClass = -1;
    const size = sizeClass < 0 ? needed : CHUNK_BYTES[sizeClass];
    this.makeRoom(size);
    const buffer = sizeClass < 0
      ? new Uint8Array(size)
      : this.pool[sizeClass].pop() ?? new Uint8Array(size);
    const chunk = { buffer, position, length: 0, written: 0, sizeClass, evict };
    this.chunks.add(chunk);
    this.bytes += size;
    return chunk;
  }

  private makeRoom(size: number): void {
    for (const chunk of this.chunks) {
      if (this.bytes + size <= this.bytesMax) return;
      if (chunk.written === chunk.length) this.release(chunk);
    }
  }

  /** Gives a chunk back; nobody may read it any more. */
  release(chunk: TailChunk): void {
    if (!this.chunks.delete(chunk)) return;
    this.bytes -= chunk.buffer.length;
    chunk.evict();
    if (chunk.sizeClass < 0) return;
    const pool = this.pool[chunk.sizeClass];
    if (pool.length < POOLED_CHUNKS) pool.push(chunk.buffer);
  }
}
