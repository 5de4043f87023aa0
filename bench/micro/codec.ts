/** The messages of the hot paths in the versions of today's clients, compiled and interpreted. */
import { compileDecoder, compileEncoder } from "../../protocol/codec/compile.ts";
import { interpretDecode, interpretEncode } from "../../protocol/codec/interpret.ts";
import { Reader } from "../../protocol/codec/reader.ts";
import { Writer } from "../../protocol/codec/writer.ts";
import { Produce } from "../../protocol/messages/00_produce.ts";
import { Fetch } from "../../protocol/messages/01_fetch.ts";
import { Metadata } from "../../protocol/messages/03_metadata.ts";
import type { Draft, Fields, Message } from "../../protocol/schema/schema.ts";
import type { MicroGroup } from "./runner.ts";

const TOPIC_ID = "AAAAAAAAQACAAAAAAAAAAQ";
const RECORDS = new Uint8Array(16 * 1024);

/** Records that are placed by reference, as a Fetch answer has them. */
const SOURCE = { byteLength: 1024 * 1024, copyTo: () => 0 };

const PRODUCE_REQUEST: Draft<typeof Produce.request> = {
  acks: -1,
  timeoutMs: 30_000,
  topicData: [{
    name: "orders",
    topicId: TOPIC_ID,
    partitionData: [{ index: 0, records: RECORDS }],
  }],
};

const PRODUCE_RESPONSE: Draft<typeof Produce.response> = {
  responses: [{
    name: "orders",
    topicId: TOPIC_ID,
    partitionResponses: [{ index: 0, baseOffset: 123_456_789, logStartOffset: 0 }],
  }],
};

const FETCH_REQUEST: Draft<typeof Fetch.request> = {
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 52_428_800,
  topics: [{
    topic: "orders",
    topicId: TOPIC_ID,
    partitions: [{ partition: 0, fetchOffset: 123_456_789, partitionMaxBytes: 1_048_576 }],
  }],
};

const FETCH_RESPONSE: Draft<typeof Fetch.response> = {
  sessionId: 17,
  responses: [{
    topic: "orders",
    topicId: TOPIC_ID,
    partitions: [{ partitionIndex: 0, highWatermark: 123_456_789, records: SOURCE }],
  }],
};

const METADATA_REQUEST: Draft<typeof Metadata.request> = { topics: [{ name: "orders" }] };

/** A cluster of three brokers with a hundred topics of six partitions. */
const METADATA_RESPONSE: Draft<typeof Metadata.response> = {
  brokers: [1, 2, 3].map((nodeId) => ({ nodeId, host: `broker-${nodeId}.example`, port: 9092 })),
  clusterId: "AAAAAAAAQACAAAAAAAAAAg",
  controllerId: 1,
  topics: Array.from({ length: 100 }, (_, t) => ({
    name: `topic-${t}`,
    topicId: TOPIC_ID,
    partitions: Array.from({ length: 6 }, (_, p) => ({
      partitionIndex: p,
      leaderId: 1 + p % 3,
      leaderEpoch: 4,
      replicaNodes: [1, 2, 3],
      isrNodes: [1, 2, 3],
    })),
  })),
};

type AnyMessage = Message<Fields>;

function both<F extends Fields>(
  declared: Message<F>,
  draft: Draft<Message<F>>,
  version: number,
  encoded: boolean,
): MicroGroup {
  const message = declared as unknown as AnyMessage;
  const value = draft as Record<string, unknown>;
  const encode = compileEncoder(message, version);
  const decode = compileDecoder(message, version);
  const writer = new Writer(64 * 1024);
  const write = (run: () => void) => () => {
    writer.reset();
    run();
    return writer.pos;
  };
  if (encoded) {
    return {
      name: `encode ${message.name} v${version}`,
      cases: [
        { name: "compiled", bytes: 0, run: write(() => encode(writer, value)) },
        {
          name: "interpreted",
          bytes: 0,
          run: write(() => interpretEncode(message, version, value, writer)),
        },
      ],
    };
  }
  encode(writer, value);
  const bytes = writer.copy();
  return {
    name: `decode ${message.name} v${version}`,
    cases: [
      { name: "compiled", bytes: 0, run: () => decode(new Reader(bytes)) },
      {
        name: "interpreted",
        bytes: 0,
        run: () => interpretDecode(message, version, new Reader(bytes)),
      },
    ],
  };
}

/** What a broker does with each message, in the versions of Kafka's own client and of librdkafka. */
export function codecGroups(): MicroGroup[] {
  return [
    both(Produce.request, PRODUCE_REQUEST, 13, false),
    both(Produce.request, PRODUCE_REQUEST, 10, false),
    both(Produce.response, PRODUCE_RESPONSE, 13, true),
    both(Produce.response, PRODUCE_RESPONSE, 10, true),
    both(Fetch.request, FETCH_REQUEST, 18, false),
    both(Fetch.request, FETCH_REQUEST, 16, false),
    both(Fetch.response, FETCH_RESPONSE, 18, true),
    both(Fetch.response, FETCH_RESPONSE, 16, true),
    both(Metadata.request, METADATA_REQUEST, 13, false),
    both(Metadata.response, METADATA_RESPONSE, 13, true),
    both(Metadata.response, METADATA_RESPONSE, 12, true),
  ];
}
