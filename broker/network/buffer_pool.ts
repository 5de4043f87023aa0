/**
 * Buffers that connections borrow while they have something to receive or to send. An idle
 * connection holds none, so that thousands of them cost little.
 */

/** The sizes that are lent, in bytes; larger ones are made to measure. */
const SIZES = [16 << 10, 64 << 10, 256 << 10, 1 << 20];

/** How many bytes of returned buffers are kept for reuse. */
const POOLED_BYTES_MAX = 16 * 1024 * 1024;

/** The share of the bound up to which a connection may keep its buffer while it waits. */
const COMFORTABLE_SHARE = 0.25;

export class BufferPool {
  private readonly free: Uint8Array[][] = SIZES.map(() => []);
  private pooledBytes = 0;
  private lentBytes = 0;
  /** The one borrower who got a buffer although the bound was reached. */
  private overdraft: Uint8Array | null = null;
  private readonly waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  /** `bytesMax` bounds what is lent at one time; one borrower may go beyond it, so that all proceed. */
  constructor(private readonly bytesMax: number) {}

  /** The bytes that are lent at present. */
  get size(): number {
    return this.lentBytes;
  }

  /** Whether borrowers have to wait. */
  get isExhausted(): boolean {
    return this.waiting.length > 0;
  }

  /** Whether there is room enough to keep a buffer for what may come soon. */
  get isComfortable(): boolean {
    return this.lentBytes <= this.bytesMax * COMFORTABLE_SHARE;
  }

  /**
   * A buffer of at least `bytes` with arbitrary content, once there is room for it. `instead` is the
   * buffer that the borrower has outgrown and gives back next: whoever went beyond the bound may go
   * on, or all would wait for each other with half of a request each.
   */
  borrow(bytes: number, instead: Uint8Array | null = null): Uint8Array | Promise<Uint8Array> {
    if (instead !== null && this.overdraft === instead) return this.overdraft = this.lend(bytes);
    if (this.waiting.length === 0 && this.mayLend(bytes)) return this.lendInTurn(bytes);
    return new Promise((resolve) => {
      this.waiting.push({ bytes, go: () => resolve(this.lendInTurn(bytes)) });
    });
  }

  /** A buffer of at least `bytes` at once, whatever is lent: for what must not wait for others. */
  borrowNow(bytes: number): Uint8Array {
    return this.lend(bytes);
  }

  private mayLend(bytes: number): boolean {
    return this.overdraft === null || this.lentBytes + bytes <= this.bytesMax;
  }

  private lendInTurn(bytes: number): Uint8Array {
    const buffer = this.lend(bytes);
    if (this.lentBytes > this.bytesMax) this.overdraft = buffer;
    return buffer;
  }

  private lend(bytes: number): Uint8Array {
    const sizeClass = SIZES.findIndex((size) => size >= bytes);
    const pooled = sizeClass < 0 ? undefined : this.free[sizeClass].pop();
    if (pooled !== undefined) this.pooledBytes -= pooled.length;
    const buffer = pooled ?? new Uint8Array(sizeClass < 0 ? bytes : SIZES[sizeClass]);
    this.lentBytes += buffer.length;
    return buffer;
  }

  /** Takes a borrowed buffer back; nobody may use it any more. */
  giveBack(buffer: Uint8Array): void {
    this.lentBytes -= buffer.length;
    if (this.overdraft === buffer) this.overdraft = null;
    const sizeClass = SIZES.indexOf(buffer.length);
    if (sizeClass >= 0 && this.pooledBytes + buffer.length <= POOLED_BYTES_MAX) {
      this.free[sizeClass].push(buffer);
      this.pooledBytes += buffer.length;
    }
    while (this.waiting.length > 0 && this.mayLend(this.waiting[0].bytes)) {
      this.waiting.shift()!.go();
    }
  }
}
