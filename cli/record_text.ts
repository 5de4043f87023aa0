/** Records as text and JSON, both ways. Bytes that are not UTF-8 are written as base64. */
import type { RecordInput } from "../protocol/records/builder.ts";
import type { Record } from "../protocol/records/read.ts";
import { ArgumentError } from "../lib/args.ts";

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });

/** The text of bytes, or null where they are not UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null; // The caller shows base64 then.
  }
}

/** `{name: text}`, or `{nameBase64: ...}` for bytes that are no text. */
function field(name: string, bytes: Uint8Array | null): { [key: string]: string | null } {
  if (bytes === null) return { [name]: null };
  const text = textOf(bytes);
  return text === null ? { [`${name}Base64`]: bytes.toBase64() } : { [name]: text };
}

/** A record as one JSON object. */
export function recordToJson(topic: string, partition: number, record: Record): string {
  return JSON.stringify({
    topic,
    partition,
    offset: record.offset,
    timestamp: record.timestamp,
    ...field("key", record.key),
    ...field("value", record.value),
    headers: record.headers.map(([name, value]) => ({
      ...field("name", name),
      ...field("value", value),
    })),
  });
}

/** Bytes for a person: text, or base64 in brackets, or `null`. */
export function displayText(bytes: Uint8Array | null): string {
  if (bytes === null) return "null";
  return textOf(bytes) ?? `[base64 ${bytes.toBase64()}]`;
}

type JsonObject = { [key: string]: unknown };

function requireObject(value: unknown, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new ArgumentError(`${what} must be a JSON object`);
}

/** The bytes of `name`, as text or as `nameBase64`; other JSON is taken as its own text. */
function bytesFrom(json: JsonObject, name: string): Uint8Array | null {
  const base64 = json[`${name}Base64`];
  if (base64 !== undefined) {
    try {
      return Uint8Array.fromBase64(base64 as string);
    } catch (error) {
      throw new ArgumentError(`${name}Base64 is not base64: ${(error as Error).message}`);
    }
  }
  const text = json[name];
  if (text === undefined || text === null) return null;
  return encoder.encode(typeof text === "string" ? text : JSON.stringify(text));
}

function integerFrom(json: JsonObject, name: string): number | undefined {
  const value = json[name];
  if (value === undefined || value === null) return undefined;
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new ArgumentError(`${name} must be a whole number from 0 on`);
}

function headersFrom({ headers }: JsonObject): RecordInput["headers"] {
  if (headers === undefined || headers === null) return [];
  if (!Array.isArray(headers)) throw new ArgumentError("headers must be a list");
  return headers.map((each) => {
    const header = requireObject(each, "each of headers");
    return [bytesFrom(header, "name") ?? new Uint8Array(0), bytesFrom(header, "value")];
  });
}

/** A record from one JSON object, as `recordToJson` writes it. Throws `ArgumentError`. */
export function recordFromJson(
  line: string,
  nowMs: number,
): { record: RecordInput; partition: number | undefined } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new ArgumentError(`not JSON: ${(error as Error).message}`);
  }
  const json = requireObject(parsed, "a record");
  return {
    partition: integerFrom(json, "partition"),
    record: {
      key: bytesFrom(json, "key"),
      value: bytesFrom(json, "value"),
      timestamp: integerFrom(json, "timestamp") ?? nowMs,
      headers: headersFrom(json),
    },
  };
}
