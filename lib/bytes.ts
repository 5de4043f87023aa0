/** Byte arrays between the runtime's own type and Node's. */
import { Buffer } from "node:buffer";

/** The same memory as a plain `Uint8Array`, whatever subclass a Node API gave. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The same memory as a Node `Buffer`, for bindings that insist on one. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
