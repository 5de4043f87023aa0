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

function bytesFrom(json: JsonObject, name: string): Uint8Array | null {
  const base64 = json[`${name}Base64`];
  if (typeof base64 === "string") return Uint8Array.fromBase64(base64);
  const text = json[name];
  if (text === undefined || text === null) return null;
  return encoder.encode(typeof text === "string" ? text : JSON.stringify(text));
}

/** A record from one JSON object, as `recordToJson` writes it. Throws `ArgumentError`. */
export function recordFromJson(
  line: string,
  nowMs: number,
): { record: RecordInput; partition: number | undefined } {
  let json: JsonObject;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new ArgumentError(`not JSON: ${(error as Error).message}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ArgumentError("a JSON object is wanted");
  }
  const headers = Array.isArray(json.headers) ? json.headers as JsonObject[] : [];
  return {
    partition: typeof json.partition === "number" ? json.partition : undefined,
    record: {
      key: bytesFrom(json, "key"),
      value: bytesFrom(json, "value"),
      timestamp: typeof json.timestamp === "number" ? json.timestamp : nowMs,
      headers: headers.map((header) =>
        [bytesFrom(header, "name") ?? new Uint8Array(0), bytesFrom(header, "value")] as const
      ),
    },
  };
}
