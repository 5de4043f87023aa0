/** kcat, the command-line client over librdkafka. */
import { mustRun } from "../processes.ts";
import { type CompatRecord, lineOf, linesOf, recordOf } from "../records/lines.ts";
import type { Codec } from "./mod.ts";

/** What stands between records and between a key and its value; no record contains them. */
const RECORD_END = "<end of record>";
const KEY_END = "<end of key>";

const HEADERS = [["source", "kcat"], ["größe", "überfällig"], ["flag", ""]] as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const utf8 = (text: string) => encoder.encode(text);

/** What kcat can write of a record. */
export function withinKcat(record: CompatRecord): CompatRecord {
  const orNull = (bytes: Uint8Array | null) => bytes?.length === 0 ? null : bytes;
  return {
    ...record,
    key: orNull(record.key),
    value: orNull(record.value),
    headers: HEADERS.map(([name, value]) => [utf8(name), utf8(value)]),
  };
}

/** One run writes to one partition, so each partition gets a file of its own. */
export async function kcatWrite(
  bootstrap: string,
  input: string,
  topics: ReadonlyMap<string, Codec>,
): Promise<void> {
  const records = linesOf(await Deno.readTextFile(input)).map(recordOf);
  const headers = HEADERS.flatMap(([name, value]) => ["-H", `${name}=${value}`]);
  for (const [partition, ofPartition] of Map.groupBy(records, (record) => record.partition)) {
    const file = `${input}-${partition}`;
    await writeForKcat(file, ofPartition);
    for (const [topic, codec] of topics) {
      const target = ["-b", bootstrap, "-t", topic, "-p", String(partition), "-z", codec];
      const form = ["-Z", "-D", RECORD_END, "-K", KEY_END, ...headers];
      const reliably = ["-X", "enable.idempotence=true", "-X", "linger.ms=20"];
      await mustRun(["kcat", "-P", ...target, ...form, ...reliably, "-l", file]);
    }
    await Deno.remove(file);
  }
}

async function writeForKcat(path: string, records: readonly CompatRecord[]): Promise<void> {
  const file = await Deno.open(path, { create: true, write: true, truncate: true });
  const writer = file.writable.getWriter();
  const [keyEnd, recordEnd, nothing] = [KEY_END, RECORD_END, ""].map(utf8);
  for (const { key, value } of records) {
    for (const bytes of [key ?? nothing, keyEnd, value ?? nothing, recordEnd]) {
      await writer.write(bytes);
    }
  }
  await writer.close();
}

/** Everything but the headers ends where its length says. */
const FORMAT = "%p %o %T %K %S %h\n%k%s\n";

/** Reads one topic after the other. */
export async function* kcatRead(
  bootstrap: string,
  topics: readonly string[],
): AsyncGenerator<[topic: string, lines: string[]]> {
  for (const topic of topics) {
    const from = ["-b", bootstrap, "-t", topic, "-o", "beginning"];
    yield [topic, parse(await mustRun(["kcat", "-C", "-q", "-e", ...from, "-f", FORMAT]))];
  }
}

function parse(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let at = 0;
  const take = (length: number) => {
    if (length < 0) return null;
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const newline = bytes.indexOf(10, at);
    const text = decoder.decode(bytes.subarray(at, newline));
    at = newline + 1;
    const [, ...numbers] = /^(\d+) (\d+) (-?\d+) (-?\d+) (-?\d+) /.exec(text)!;
    const [partition, offset, timestamp, keyLength, valueLength] = numbers.map(Number);
    const headers = text.slice(numbers.join(" ").length + 1);
    const key = take(keyLength);
    const value = take(valueLength);
    at++; // The end of the line.
    lines.push(
      lineOf({ partition, offset, timestamp, key, value, headers: parseHeaders(headers) }),
    );
  }
  return lines;
}

/** `name=value,name=value`; the generator makes no value that holds a comma or is "NULL". */
function parseHeaders(text: string): CompatRecord["headers"] {
  if (text === "") return [];
  return text.split(",").map((header) => {
    const at = header.indexOf("=");
    const value = header.slice(at + 1);
    return [utf8(header.slice(0, at)), value === "NULL" ? null : utf8(value)] as const;
  });
}
