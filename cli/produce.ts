/** `produce`: writes the lines of standard input or a file as records. */
import { Producer } from "../client/producer.ts";
import { ArgumentError, type Arguments } from "../lib/args.ts";
import { systemClock } from "../lib/clock.ts";
import type { RecordInput } from "../protocol/records/builder.ts";
import { Compression, compressionId } from "../protocol/records/compression/compression.ts";
import { type Command, ExitCode, InputError, keyValue, onlyArgument } from "./command.ts";
import { CONNECT_OPTIONS, withCluster } from "./connect.ts";
import { complain, Progress } from "./output.ts";
import { recordFromJson } from "./record_text.ts";

const encoder = new TextEncoder();

/** The longest line that is taken as one record, in bytes. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;

const NEWLINE = 10;

/** The lines of a stream, without their ends, as bytes. */
async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield join(rest, chunk.subarray(start, end));
      rest = new Uint8Array(0);
      start = end + 1;
    }
    rest = join(rest, chunk.subarray(start));
    if (rest.length > LINE_BYTES_MAX) {
      throw new ArgumentError(`a line is longer than ${LINE_BYTES_MAX} bytes`);
    }
  }
  if (rest.length > 0) yield rest;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b.slice();
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

interface Parsed {
  readonly record: RecordInput;
  readonly partition: number | undefined;
}

/** How a line becomes a record, as the options say. */
function lineParser(args: Arguments): (line: Uint8Array) => Parsed {
  if (args.has("json")) {
    const decoder = new TextDecoder();
    return (line) => recordFromJson(decoder.decode(line), systemClock.now());
  }
  const headers = args.texts("header").map((text) => {
    const [name, value] = keyValue(text, "header");
    return [encoder.encode(name), encoder.encode(value)] as const;
  });
  const key = args.text("key");
  const fixedKey = key === undefined ? null : encoder.encode(key);
  const separator = args.text("key-separator");
  return (line) => {
    const timestamp = systemClock.now();
    if (separator === undefined) {
      return { record: { key: fixedKey, value: line, headers, timestamp }, partition: undefined };
    }
    const at = indexOf(line, encoder.encode(separator));
    if (at < 0) throw new ArgumentError(`there is no "${separator}" in it`);
    const value = line.subarray(at + encoder.encode(separator).length);
    const record = { key: line.subarray(0, at), value, headers, timestamp };
    return { record, partition: undefined };
  };
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(wanted[0]); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

async function inputOf(path: string | undefined): Promise<ReadableStream<Uint8Array>> {
  if (path === undefined) return Deno.stdin.readable;
  try {
    return (await Deno.open(path)).readable;
  } catch (error) {
    throw new ArgumentError(`--file: cannot read ${path}: ${(error as Error).message}`);
  }
}

export const produce: Command = {
  name: "produce",
  summary: "Writes each line of standard input (or a file) to a topic, with acks=all.",
  usage: "produce TOPIC [OPTION]...",
  options: {
    ...CONNECT_OPTIONS,
    file: { value: "FILE", letter: "f", summary: "Reads from a file instead." },
    partition: { value: "N", letter: "p", summary: "Writes to this partition only." },
    key: { value: "TEXT", letter: "k", summary: "The key of all records." },
    "key-separator": { value: "TEXT", letter: "K", summary: "What parts key and value of a line." },
    header: {
      value: "NAME=VALUE",
      letter: "H",
      repeated: true,
      summary: "A header of all records.",
    },
    compression: {
      value: "CODEC",
      letter: "z",
      summary: "none, gzip, snappy, lz4 or zstd (none).",
    },
    json: { summary: "Lines are objects of key, value, headers, timestamp, partition." },
  },
  async run(args) {
    const topic = onlyArgument(args, "the topic's name");
    const codec = args.text("compression") ?? "none";
    const compression = compressionId(codec);
    if (compression === undefined) throw new ArgumentError(`--compression: unknown codec ${codec}`);
    const partition = args.integer("partition", 0);
    const parse = lineParser(args);
    const input = await inputOf(args.text("file"));
    return await withCluster(args, async (cluster) => {
      let sent = 0;
      let written = 0;
      const progress = new Progress(() => `${written} of ${sent} records written`);
      const producer = new Producer(
        cluster,
        { topic, compression: compression ?? Compression.NONE },
        ({ count }) => {
          written += count;
          progress.tick();
        },
      );
      await producer.start();
      requirePartition(partition, topic, producer.partitionCount);
      try {
        for await (const line of lines(input)) {
          const parsed = parse(line);
          requirePartition(parsed.partition, topic, producer.partitionCount);
          await producer.send(parsed.record, partition ?? parsed.partition);
          sent++;
        }
        await producer.flush();
      } catch (error) {
        if (!(error instanceof ArgumentError)) throw error;
        await producer.flush();
        throw new InputError(
          `line ${sent + 1}: ${error.message}; the ${sent} records before it are written`,
        );
      } finally {
        progress.end();
      }
      complain(`${written} records are written to ${topic}.`);
      return ExitCode.OK;
    });
  },
};

function requirePartition(partition: number | undefined, topic: string, count: number): void {
  if (partition === undefined || partition < count) return;
  throw new ArgumentError(`${topic} has partitions 0 to ${count - 1}, not ${partition}`);
}
