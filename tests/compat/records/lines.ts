/**
 * How records are written down so that every program can read and print them: a line each,
 *
 *     PARTITION <tab> OFFSET <tab> TIMESTAMP <tab> KEY <tab> VALUE <tab> HEADERS
 *
 * with bytes in hex and `-` for null; headers are `NAME=VALUE` joined by commas. A writer writes the
 * lines of a file in order, so each partition's n-th line has offset n; what a reader prints of a
 * partition must be those very lines.
 */
import { createHash } from "node:crypto";
import { CheckError } from "../report.ts";

export type Bytes = Uint8Array | null;

export interface CompatRecord {
  readonly partition: number;
  readonly offset: number;
  /** In milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Bytes;
  readonly value: Bytes;
  readonly headers: readonly (readonly [name: Uint8Array, value: Bytes])[];
}

const hexOf = (bytes: Bytes) => bytes === null ? "-" : bytes.toHex();
const bytesOf = (hex: string): Bytes => hex === "-" ? null : Uint8Array.fromHex(hex);

/** Writes a record down. */
export function lineOf(record: CompatRecord): string {
  const { partition, offset, timestamp, key, value } = record;
  const headers = record.headers.map(([name, value]) => `${hexOf(name)}=${hexOf(value)}`).join(",");
  return `${partition}\t${offset}\t${timestamp}\t${hexOf(key)}\t${hexOf(value)}\t${headers}`;
}

/** Reads a line. */
export function recordOf(line: string): CompatRecord {
  const [partition, offset, timestamp, key, value, headers] = line.split("\t");
  return {
    partition: Number(partition),
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: bytesOf(key),
    value: bytesOf(value),
    headers: headers === "" ? [] : headers.split(",").map((header) => {
      const [name, value] = header.split("=");
      return [Uint8Array.fromHex(name), bytesOf(value)] as const;
    }),
  };
}

/** The lines of a text, which ends with a line's end. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  lines.pop();
  return lines;
}

/** The lines of each partition, one partition after the other. */
export function byPartition(lines: readonly string[]): string[] {
  const partitions = Map.groupBy(lines, (line) => Number(line.slice(0, line.indexOf("\t"))));
  return [...partitions.keys()].sort((a, b) => a - b).flatMap((key) => partitions.get(key)!);
}

/** The same without timestamps: for what cannot be told which one to give a record. */
export function withoutTimestamps(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const columns = line.split("\t");
    columns[2] = "";
    return columns.join("\t");
  });
}

/**
 * Holds what was read against what should be there, by SHA-256.
 * Returns the digest for the report; throws `CheckError` that shows the first record that differs.
 */
export function requireRecords(found: readonly string[], expected: readonly string[]): string {
  const digest = digestOf(expected);
  if (digestOf(found) === digest) return `sha256 ${digest.slice(0, DIGEST_CHARS)}…`;
  const at = expected.findIndex((line, i) => line !== found[i]);
  const first = at < 0 ? expected.length : at;
  throw new CheckError(
    `${found.length} records instead of ${expected.length}; the first that differs is\n` +
      `        ${shortened(found[first])}\n        instead of\n        ${
        shortened(expected[first])
      }`,
  );
}

/** How much of a digest is shown. */
const DIGEST_CHARS = 16;

function digestOf(lines: readonly string[]): string {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(line).update("\n");
  return hash.digest("hex");
}

const SHOWN_CHARS = 300;

function shortened(line: string | undefined): string {
  if (line === undefined) return "(none)";
  const text = line.replaceAll("\t", " ");
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}…`;
}
