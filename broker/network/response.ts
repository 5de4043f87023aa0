/**
 * Putting answers on the wire: several in one write, record data copied from the log straight to
 * its place, large answers piece by piece, so that a slow reader holds no more than one piece.
 */
import { encode } from "../../protocol/codec/codec.ts";
import { type RecordsSlot, Writer } from "../../protocol/codec/writer.ts";
import { ResponseHeader } from "../../protocol/headers.ts";
import type { Draft, Fields, Message } from "../../protocol/schema/schema.ts";

/** An answer, encoded once it is its turn to be sent. */
export interface OutgoingResponse {
  readonly message: Message;
  readonly version: number;
  /** 1 where the answer is flexible, 0 else and for ApiVersions (KIP-511). */
  readonly headerVersion: number;
  readonly correlationId: number;
  readonly body: Draft<Message>;
}

/** The bytes of one encoded answer, to be taken in pieces. */
interface Encoded {
  readonly bytes: Uint8Array;
  readonly slots: readonly RecordsSlot[];
}

/** Less than this is not worth another round: the next answer waits for the next piece. */
const PIECE_REST_BYTES = 256;

/** All connections encode with it; what does not go out at once is copied. */
const writer = new Writer(64 * 1024);

/** A writer that grew beyond this starts over with so much, in bytes. */
const WRITER_BYTES_MAX = 1024 * 1024;

function encodeResponse(response: OutgoingResponse): Encoded {
  writer.reset(WRITER_BYTES_MAX);
  writer.int32(0);
  encode(ResponseHeader, response.headerVersion, { correlationId: response.correlationId }, writer);
  encode(response.message as Message<Fields>, response.version, response.body, writer);
  writer.setInt32(0, writer.pos + writer.slotBytes - 4);
  return { bytes: writer.finish(), slots: writer.slots };
}

/** The answers of one connection on their way into pieces. */
export class ResponseStream {
  private current: Encoded | null = null;
  /** How many bytes of the current answer are taken: of its own, and of the slot it is at. */
  private taken = 0;
  private slot = 0;
  private slotTaken = 0;

  /** Whether an answer is only partly taken. */
  get isMidResponse(): boolean {
    return this.current !== null;
  }

  /**
   * Fills a piece from `at` on with the rest of the current answer, then with what `next` gives.
   * Returns where the piece ends. Throws where record data is no longer there.
   */
  fill(piece: Uint8Array, next: () => OutgoingResponse | null): number {
    let at = this.current === null ? 0 : this.take(piece, 0);
    while (this.current === null && piece.length - at >= PIECE_REST_BYTES) {
      const response = next();
      if (response === null) break;
      this.begin(encodeResponse(response));
      at = this.take(piece, at);
    }
    // The writer is everybody's: what waits for the next piece must be this connection's own.
    const { current } = this;
    if (current !== null && current.bytes.buffer === writer.bytes.buffer) {
      this.current = { bytes: current.bytes.slice(), slots: current.slots };
    }
    return at;
  }

  private begin(encoded: Encoded): void {
    this.current = encoded;
    this.taken = 0;
    this.slot = 0;
    this.slotTaken = 0;
  }

  private take(piece: Uint8Array, from: number): number {
    const { bytes, slots } = this.current!;
    let at = from;
    while (at < piece.length) {
      const slot = slots[this.slot];
      const until = slot === undefined ? bytes.length : slot.at;
      const length = Math.min(until - this.taken, piece.length - at);
      piece.set(bytes.subarray(this.taken, this.taken + length), at);
      this.taken += length;
      at += length;
      if (this.taken < until) break;
      if (slot === undefined) {
        this.current = null;
        break;
      }
      at = this.takeSlot(slot, piece, at);
    }
    return at;
  }

  private takeSlot({ source }: RecordsSlot, piece: Uint8Array, from: number): number {
    const length = Math.min(source.byteLength - this.slotTaken, piece.length - from);
    const copied = source.copyTo(piece.subarray(from, from + length), this.slotTaken);
    if (copied < length) throw new Error("the log was cut while its records were being sent");
    this.slotTaken += length;
    if (this.slotTaken === source.byteLength) {
      this.slot++;
      this.slotTaken = 0;
    }
    return from + length;
  }
}
