/**
 * kafkajs, a client in JavaScript, with codecs registered as its users do.
 *
 * `write HOST:PORT FILE TOPIC=CODEC...` writes the lines of a file to each topic. It reads nothing:
 * kafkajs consumes in groups only.
 */
import { Buffer } from "node:buffer";
import { CompressionCodecs, CompressionTypes, Kafka, logLevel, type Message } from "kafkajs";
import { asBuffer } from "../../../lib/bytes.ts";
import { lz4Compress } from "../../../lib/lz4.ts";
import { snappyCompress } from "../../../lib/snappy.ts";
import { zstdCompress } from "../../../lib/zstd.ts";
import { type Bytes, linesOf, recordOf } from "../records/lines.ts";

/** How many records go into one request. */
const CHUNK_RECORDS = 1000;

const ZSTD_LEVEL = 3;

const TYPES: Readonly<Record<string, CompressionTypes>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

/** What kafkajs hands to a codec. */
interface Encoder {
  readonly buffer: Buffer;
}

/** A codec that only writes: nothing is read. */
const codecOf = (compress: (bytes: Uint8Array) => Uint8Array) => () => ({
  compress: (encoder: Encoder) => Promise.resolve(asBuffer(compress(encoder.buffer))),
  decompress: () => Promise.reject(new Error("This program reads nothing")),
});

CompressionCodecs[CompressionTypes.Snappy] = codecOf(snappyCompress);
CompressionCodecs[CompressionTypes.LZ4] = codecOf(lz4Compress);
CompressionCodecs[CompressionTypes.ZSTD] = codecOf((bytes) => zstdCompress(bytes, ZSTD_LEVEL));

const bufferOf = (bytes: Bytes) => bytes === null ? null : asBuffer(bytes);

function messageOf(line: string): Message {
  const { partition, timestamp, key, value, headers } = recordOf(line);
  const named: Record<string, Buffer[]> = {};
  for (const [name, value] of headers) {
    (named[new TextDecoder().decode(name)] ??= []).push(bufferOf(value)!);
  }
  return {
    partition,
    timestamp: String(timestamp),
    key: bufferOf(key),
    value: bufferOf(value),
    headers: named,
  };
}

const [what, broker, path, ...targets] = Deno.args;
if (what !== "write") throw new Error(`kafkajs cannot ${what}`);
const lines = linesOf(await Deno.readTextFile(path));
const kafka = new Kafka({ clientId: "compat", brokers: [broker], logLevel: logLevel.ERROR });
const producer = kafka.producer();
await producer.connect();
for (const target of targets) {
  const [topic, codec] = target.split("=");
  for (let at = 0; at < lines.length; at += CHUNK_RECORDS) {
    const messages = lines.slice(at, at + CHUNK_RECORDS).map(messageOf);
    await producer.send({ topic, messages, acks: -1, compression: TYPES[codec] });
  }
}
await producer.disconnect();
