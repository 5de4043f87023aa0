/**
 * Checks the codecs against bytes that Kafka's own classes made, one case a line:
 * `{"name", "version", "hex", "json"}`, JSON in the form of Kafka's converters.
 */
import { messageByName } from "./all_messages.ts";
import { compileDecoder, compileEncoder } from "./codec/compile.ts";
import { interpretDecode, interpretEncode } from "./codec/interpret.ts";
import { fromJson, type Json, toJson } from "./codec/json.ts";
import { Reader } from "./codec/reader.ts";
import { Writer } from "./codec/writer.ts";
import type { Message } from "./schema/schema.ts";

type Value = Record<string, unknown>;

/** A codec as the check sees it. */
interface CodecUnderTest {
  readonly name: string;
  decode(message: Message, version: number, reader: Reader): Value;
  encode(message: Message, version: number, value: Value, writer: Writer): void;
}

const CODECS: readonly CodecUnderTest[] = [
  {
    name: "compiled",
    decode: (message, version, reader) => compileDecoder(message, version)(reader),
    encode: (message, version, value, writer) => compileEncoder(message, version)(writer, value),
  },
  { name: "interpreted", decode: interpretDecode, encode: interpretEncode },
];

export interface GoldenCase {
  readonly name: string;
  readonly version: number;
  readonly hex: string;
  readonly json: Json;
}

/**
 * Checks one line with both codecs: decode `hex` and compare with `json`, encode `json` and
 * compare with `hex`. Returns what is wrong, or null.
 */
export function checkGoldenLine(line: string): string | null {
  let golden: GoldenCase;
  try {
    golden = JSON.parse(line);
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  return checkGoldenCase(golden);
}

/** The same for a parsed case. */
export function checkGoldenCase(golden: GoldenCase): string | null {
  const { name, version, hex, json } = golden;
  if (typeof name !== "string" || typeof version !== "number" || typeof hex !== "string") {
    return "name, version or hex is missing";
  }
  const named = messageByName(name);
  if (named === undefined) return `unknown message ${name}`;
  for (const codec of CODECS) {
    const problem = checkCodec(codec, named.message, version, hex, json);
    if (problem !== null) return `${name} v${version}, ${codec.name} codec: ${problem}`;
  }
  return null;
}

function checkCodec(
  codec: CodecUnderTest,
  message: Message,
  version: number,
  hex: string,
  json: Json,
): string | null {
  try {
    const expected = fromJson(message, version, json);
    const reader = new Reader(Uint8Array.fromHex(hex));
    const decoded = codec.decode(message, version, reader);
    if (reader.remaining > 0) return `${reader.remaining} bytes left over`;
    const got = JSON.stringify(toJson(message, version, decoded));
    const want = JSON.stringify(toJson(message, version, expected));
    if (got !== want) return `decoded ${difference(got, want)}`;
    const writer = new Writer();
    codec.encode(message, version, expected, writer);
    const encoded = writer.finish().toHex();
    if (encoded !== hex) return `encoded ${difference(encoded, hex)}`;
    return null;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** Where two texts part, with some of what follows. */
function difference(got: string, want: string): string {
  let at = 0;
  while (at < got.length && got[at] === want[at]) at++;
  const from = Math.max(0, at - 20);
  const part = (text: string) => `"${text.slice(from, at + 40)}"`;
  return `${part(got)}, expected ${part(want)} (they part at character ${at})`;
}
