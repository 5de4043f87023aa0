/**
 * Cuts what a connection sends into requests: a length (int32), then so many bytes. A request is
 * handed on where it was received, without a copy.
 *
 * While nothing comes, a small buffer of the connection's own waits. For more than that one is
 * borrowed, and it grows with what has really come, not with what a length announces.
 */
import type { BufferPool } from "./buffer_pool.ts";

/** The connection sent what no client sends. */
export class FrameError extends Error {
  override name = "FrameError";
}

/** The buffer that an idle connection keeps, in bytes: most requests of consumers fit. */
const IDLE_BUFFER_BYTES = 512;

/** The first borrowed buffer, in bytes, and the largest that is taken for throughput alone. */
const FIRST_BUFFER_BYTES = 64 * 1024;
const BUSY_BUFFER_BYTES = 256 * 1024;

/** By how much a buffer grows when what came has filled it. */
const GROWTH = 4;

const LENGTH_BYTES = 4;

export class FrameReader {
  private readonly own = new Uint8Array(IDLE_BUFFER_BYTES);
  private buffer: Uint8Array = this.own;
  /** Received and not handed on: `buffer[start..end]`. */
  private start = 0;
  private end = 0;
  private lastRead = 0;
  private awaitsMemory = false;
  /** Where the request that `next` found begins and ends in `bytes`. */
  frameStart = 0;
  frameEnd = 0;

  constructor(
    private readonly pool: BufferPool,
    private readonly frameBytesMax: number,
  ) {}

  /** What holds the request that `next` found; valid until `room`. */
  get bytes(): Uint8Array {
    return this.buffer;
  }

  /** Whether part of a request has come. */
  get isMidFrame(): boolean {
    return this.end > this.start;
  }

  /** Whether nothing is received for want of a buffer. */
  get isStarved(): boolean {
    return this.awaitsMemory;
  }

  /**
   * Steps to the next request that has come whole. Returns false where there is none.
   * Throws `FrameError` for a length that no request has.
   */
  next(): boolean {
    const length = this.announcedLength();
    if (length < 0 || this.end - this.start < LENGTH_BYTES + length) return false;
    this.frameStart = this.start + LENGTH_BYTES;
    this.frameEnd = this.frameStart + length;
    this.start = this.frameEnd;
    return true;
  }

  /** The length before what comes next; -1 where it has not come yet. */
  private announcedLength(): number {
    const { buffer, start } = this;
    if (this.end - start < LENGTH_BYTES) return -1;
    const length = (buffer[start] << 24) | (buffer[start + 1] << 16) | (buffer[start + 2] << 8) |
      buffer[start + 3];
    if (length < 0 || length > this.frameBytesMax) {
      throw new FrameError(
        `request of ${length} bytes announced, at most ${this.frameBytesMax} are accepted ` +
          "(socket.request.max.bytes)",
      );
    }
    return length;
  }

  /**
   * Where what comes next is to be put, as soon as there is a buffer for it.
   * Throws `FrameError` for a length that no request has.
   */
  room(): Uint8Array | Promise<Uint8Array> {
    return this.makeRoom()?.then(() => this.free) ?? this.free;
  }

  private get free(): Uint8Array {
    return this.end === 0 ? this.buffer : this.buffer.subarray(this.end);
  }

  /** Takes in so many bytes that were put where `room` said. */
  received(bytes: number): void {
    this.lastRead = bytes;
    this.end += bytes;
  }

  private makeRoom(): Promise<void> | undefined {
    const waiting = this.end - this.start;
    if (waiting === 0) {
      this.start = 0;
      this.end = 0;
      const keep = this.buffer === this.own ||
        (this.lastRead >= IDLE_BUFFER_BYTES && this.pool.isComfortable);
      if (!keep) this.release();
      else if (this.buffer !== this.own && this.lastRead === this.buffer.length) {
        return this.grow(BUSY_BUFFER_BYTES);
      }
      return undefined;
    }
    const frameBytes = LENGTH_BYTES + Math.max(0, this.announcedLength());
    if (this.start > 0) {
      this.buffer.copyWithin(0, this.start, this.end);
      this.start = 0;
      this.end = waiting;
    }
    if (frameBytes <= this.buffer.length && waiting < this.buffer.length) return undefined;
    if (waiting < this.buffer.length && this.buffer !== this.own) return undefined;
    const wanted = Math.max(FIRST_BUFFER_BYTES, waiting * GROWTH);
    return this.grow(Math.min(wanted, Math.max(frameBytes, FIRST_BUFFER_BYTES)));
  }

  /** Moves what waits into a buffer of at least `bytes`. */
  private grow(bytes: number): Promise<void> | undefined {
    if (bytes <= this.buffer.length) return undefined;
    const borrowed = this.pool.borrow(bytes, this.buffer === this.own ? null : this.buffer);
    if (!(borrowed instanceof Promise)) {
      this.moveTo(borrowed);
      return undefined;
    }
    this.awaitsMemory = true;
    return borrowed.then((buffer) => {
      this.awaitsMemory = false;
      this.moveTo(buffer);
    });
  }

  private moveTo(buffer: Uint8Array): void {
    buffer.set(this.buffer.subarray(this.start, this.end));
    this.end -= this.start;
    this.start = 0;
    if (this.buffer !== this.own) this.pool.giveBack(this.buffer);
    this.buffer = buffer;
  }

  /** Gives a borrowed buffer back. What waits in it is lost. */
  release(): void {
    if (this.buffer !== this.own) this.pool.giveBack(this.buffer);
    this.buffer = this.own;
    this.start = 0;
    this.end = 0;
  }
}
