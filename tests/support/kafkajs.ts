/**
 * KafkaJS as tests use it: quiet, without retries that would hide a failure, with all codecs, and
 * reading partitions without a consumer group.
 */
import {
  type Broker,
  CompressionCodecs,
  CompressionTypes,
  Kafka,
  type KafkaMessage,
  logLevel,
} from "kafkajs";
import { asBuffer } from "../../lib/bytes.ts";
import { lz4Compress } from "../../lib/lz4.ts";
import { snappyCompress } from "../../lib/snappy.ts";
import { zstdCompress } from "../../lib/zstd.ts";
import {
  Compression,
  type CompressionId,
  decompress,
} from "../../protocol/records/compression/compression.ts";
import { MAX_DECOMPRESSED_BATCH_BYTES } from "../../protocol/records/read.ts";

/** What KafkaJS encodes into. */
interface Encoder {
  readonly buffer: Uint8Array;
}

/** Compresses as the usual add-ons for KafkaJS do, which for snappy is the raw format. */
function codec(id: CompressionId, compress: (bytes: Uint8Array) => Uint8Array) {
  return () => ({
    compress: ({ buffer }: Encoder) => Promise.resolve(asBuffer(compress(buffer))),
    decompress: (bytes: Uint8Array) =>
      Promise.resolve(asBuffer(decompress(id, bytes, MAX_DECOMPRESSED_BATCH_BYTES))),
  });
}

CompressionCodecs[CompressionTypes.Snappy] = codec(Compression.SNAPPY, snappyCompress);
CompressionCodecs[CompressionTypes.LZ4] = codec(Compression.LZ4, lz4Compress);
CompressionCodecs[CompressionTypes.ZSTD] = codec(
  Compression.ZSTD,
  (bytes) => zstdCompress(bytes, 3),
);

/** A client of the node at `host:port`, which tries again only as often as it is told. */
export function kafkaJs(address: string, retries = 0): Kafka {
  return new Kafka({
    clientId: "kafkajs",
    brokers: [address],
    logLevel: logLevel.NOTHING,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 500 },
  });
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
}

/** The part of a client that its consumers share, which it keeps under a symbol of its own. */
function clusterOf(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka)
    .find(({ description }) => description === "private:Kafka:createCluster")!;
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  return create({ allowAutoTopicCreation: false });
}

/** Reads a partition of a cluster with one node from an offset to the end, with KafkaJS's decoder. */
export async function kafkaJsRead(
  kafka: Kafka,
  topic: string,
  partition: number,
  fromOffset: number,
): Promise<KafkaMessage[]> {
  const cluster = clusterOf(kafka);
  await cluster.connect();
  try {
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    const messages: KafkaMessage[] = [];
    for (let offset = fromOffset;;) {
      const { responses } = await broker.fetch({
        maxWaitTime: 0,
        topics: [{
          topic,
          partitions: [{ partition, fetchOffset: String(offset), maxBytes: 1024 * 1024 }],
        }],
      });
      const [{ messages: fetched, highWatermark }] = responses[0].partitions;
      messages.push(...fetched.filter((message: KafkaMessage) => Number(message.offset) >= offset));
      offset = messages.length === 0 ? fromOffset : Number(messages.at(-1)!.offset) + 1;
      if (fetched.length === 0 || offset >= Number(highWatermark)) return messages;
    }
  } finally {
    await cluster.disconnect();
  }
}
