/**
 * Encoding and decoding of declared messages: compiled lazily per version, interpreted where the
 * runtime forbids code generation.
 */
import type { Decoded, Draft, Fields, Message } from "../schema/schema.ts";
import { compileDecoder, compileEncoder, type Decode, type Encode } from "./compile.ts";
import { interpretDecode, interpretEncode } from "./interpret.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

interface Compiled {
  readonly decoders: (Decode | undefined)[];
  readonly encoders: (Encode | undefined)[];
}

const compiled = new WeakMap<object, Compiled>();

const canCompile = (() => {
  try {
    return new Function("return true")() === true;
  } catch {
    return false; // Code generation from strings is disallowed here: the interpreter takes over.
  }
})();

function entry(message: object): Compiled {
  let known = compiled.get(message);
  if (known === undefined) {
    known = { decoders: [], encoders: [] };
    compiled.set(message, known);
  }
  return known;
}

function decoderOf(message: Message, version: number): Decode {
  const { decoders } = entry(message);
  return decoders[version] ??= canCompile
    ? compileDecoder(message, version)
    : (reader) => interpretDecode(message, version, reader);
}

function encoderOf(message: Message, version: number): Encode {
  const { encoders } = entry(message);
  return encoders[version] ??= canCompile
    ? compileEncoder(message, version)
    : (writer, value) => interpretEncode(message, version, value, writer);
}

/**
 * Decodes a message from the reader's position.
 * Throws `DecodeError` where the bytes are not such a message.
 */
export function decode<F extends Fields>(
  message: Message<F>,
  version: number,
  reader: Reader,
): Decoded<Message<F>> {
  return decoderOf(message as unknown as Message, version)(reader) as Decoded<Message<F>>;
}

/**
 * Encodes a message at the writer's position; what the draft leaves out has its default.
 * Throws `EncodeError` where the version cannot carry the value.
 */
export function encode<F extends Fields>(
  message: Message<F>,
  version: number,
  value: Draft<Message<F>>,
  writer: Writer,
): void {
  encoderOf(message as unknown as Message, version)(writer, value as Record<string, unknown>);
}

/** Decodes a message that is all of `bytes`; bytes left over are an error. */
export function decodeBytes<F extends Fields>(
  message: Message<F>,
  version: number,
  bytes: Uint8Array,
): Decoded<Message<F>> {
  const reader = new Reader(bytes);
  const value = decode(message, version, reader);
  if (reader.remaining > 0) {
    reader.fail(`${reader.remaining} bytes left over after ${message.name}`);
  }
  return value;
}

/** Encodes a message into bytes of its own. */
export function encodeBytes<F extends Fields>(
  message: Message<F>,
  version: number,
  value: Draft<Message<F>>,
): Uint8Array {
  const writer = new Writer();
  encode(message, version, value, writer);
  return writer.finish();
}
