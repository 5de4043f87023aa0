/** A connection in memory, whose other end is the test. */
import { decode } from "../../protocol/codec/codec.ts";
import { Reader } from "../../protocol/codec/reader.ts";
import { ResponseHeader } from "../../protocol/headers.ts";
import type { Transport } from "../network/connection.ts";

export class FakeTransport implements Transport {
  /** What was written, one entry a write. */
  readonly writes: Uint8Array[] = [];
  closed = false;
  /** While set, the client does not read: writes do not come to an end. */
  stalled = false;
  private incoming: Uint8Array[] = [];
  private ended = false;
  private onRead: (() => void) | null = null;
  private onWrite: (() => void) | null = null;
  /** How many bytes were taken from the client. */
  taken = 0;

  /** The client sends something. */
  deliver(...chunks: Uint8Array[]): void {
    this.incoming.push(...chunks);
    this.onRead?.();
  }

  /** The client sends nothing more. */
  end(): void {
    this.ended = true;
    this.onRead?.();
  }

  /** The client reads on. */
  resume(): void {
    this.stalled = false;
    this.onWrite?.();
  }

  async read(target: Uint8Array): Promise<number | null> {
    while (this.incoming.length === 0 && !this.ended && !this.closed) {
      await new Promise<void>((resolve) => this.onRead = resolve);
    }
    if (this.closed) throw new Error("read from a closed connection");
    const [chunk] = this.incoming;
    if (chunk === undefined) return null;
    const length = Math.min(chunk.length, target.length);
    target.set(chunk.subarray(0, length));
    if (length === chunk.length) this.incoming.shift();
    else this.incoming[0] = chunk.subarray(length);
    this.taken += length;
    return length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.stalled && !this.closed) {
      await new Promise<void>((resolve) => this.onWrite = resolve);
    }
    if (this.closed) throw new Error("write to a closed connection");
    this.writes.push(bytes.slice());
    return bytes.length;
  }

  close(): void {
    this.closed = true;
    this.onRead?.();
    this.onWrite?.();
  }

  /** The correlation ids of the answers, write by write; answers must not be cut. */
  get answers(): number[][] {
    return this.writes.map((bytes) => {
      const ids: number[] = [];
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < bytes.length; at += 4 + view.getInt32(at)) {
        ids.push(decode(ResponseHeader, 0, new Reader(bytes, at + 4)).correlationId);
      }
      return ids;
    });
  }
}
