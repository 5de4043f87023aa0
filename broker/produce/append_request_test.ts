import { assert, assertEquals } from "../../lib/assert.ts";
import { ManualClock } from "../../lib/clock.ts";
import { FileSystemError, MemoryFiles } from "../../lib/memory_files.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { Produce } from "../../protocol/messages/00_produce.ts";
import { Metadata } from "../../protocol/messages/03_metadata.ts";
import { InitProducerId } from "../../protocol/messages/22_init_producer_id.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { buildBatch } from "../../protocol/records/builder.ts";
import { Compression } from "../../protocol/records/compression/compression.ts";
import {
  batchOf,
  batchOfSize,
  fetchPartitions,
  produceBatch,
  readValues,
  RECORD_TIME_MS,
} from "../testing/records.ts";
import { type Configs, createTopic, describeTopics, TestBroker } from "../testing/test_broker.ts";
import type { WireClient } from "../testing/wire_client.ts";

/** A node with a topic `t` of one partition. */
async function nodeWithTopic(configs: Configs = {}) {
  const node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "t", { configs });
  return { node, client, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

/** The error code that a batch gets. */
async function codeFor(client: WireClient, records: Uint8Array, version?: number): Promise<number> {
  return (await produceBatch(client, "t", records, { version })).errorCode;
}

Deno.test("produce: acks=1 and acks=all tell where the records are", async () => {
  await using made = await nodeWithTopic();
  for (const [i, acks] of [1, -1, 1].entries()) {
    const answer = await produceBatch(made.client, "t", batchOf(["a", "b"]), { acks });
    assertEquals(answer.errorCode, ErrorCode.NONE);
    assertEquals(answer.baseOffset, 2 * i);
    assertEquals(answer.logAppendTimeMs, -1);
    assertEquals(answer.logStartOffset, 0);
  }
  assertEquals(await readValues(made.client, "t"), ["a", "b", "a", "b", "a", "b"]);
});

Deno.test("produce: acks=0 gets no answer, and what follows gets its own", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const partitionData = [{ index: 0, records: batchOf(["silent"]) }];
  for (let i = 0; i < 3; i++) {
    await client.send(Produce, 12, { acks: 0, topicData: [{ name: "t", partitionData }] });
  }
  const answer = await produceBatch(client, "t", batchOf(["loud"]));
  assertEquals(answer.baseOffset, 3);
  assertEquals(await readValues(client, "t"), ["silent", "silent", "silent", "loud"]);
});

Deno.test("produce: an error with acks=0 closes the connection, which is logged", async () => {
  await using made = await nodeWithTopic();
  const partitionData = [{ index: 5, records: batchOf(["lost"]) }];
  await made.client.send(Produce, 12, { acks: 0, topicData: [{ name: "t", partitionData }] });
  assert(await made.client.isClosed());
  const [reason] = made.node.logger.closeReasons;
  assert(String(reason).includes("t-5"), String(reason));
});

Deno.test("produce: acks that there are not are refused", async () => {
  await using made = await nodeWithTopic();
  for (const acks of [2, -2, 32767]) {
    const answer = await produceBatch(made.client, "t", batchOf(["a"]), { acks });
    assertEquals(answer.errorCode, ErrorCode.INVALID_REQUIRED_ACKS);
    assertEquals(answer.baseOffset, -1);
  }
  assertEquals(await readValues(made.client, "t"), []);
});

Deno.test("produce: each partition has its own result", async () => {
  await using made = await nodeWithTopic();
  const records = batchOf(["a"]);
  const { responses } = await made.client.request(Produce, 12, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      { name: "unknown", partitionData: [{ index: 0, records }] },
      { name: "t", partitionData: [{ index: 1, records }, { index: 0, records }] },
    ],
  });
  const told = responses.flatMap(({ name, partitionResponses }) =>
    partitionResponses.map((each) => `${name}-${each.index}: ${each.errorCode}`)
  );
  const unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  assertEquals(told.toSorted(), [`t-0: 0`, `t-1: ${unknown}`, `unknown-0: ${unknown}`]);
  assertEquals(await readValues(made.client, "t"), ["a"]);
});

Deno.test("produce: from version 13 on topics are found by id", async () => {
  await using made = await nodeWithTopic();
  const [{ topicId }] = await describeTopics(made.client, "t");
  const codes = async (id: string) => {
    const partitionData = [{ index: 0, records: batchOf(["a"]) }];
    const { responses } = await made.client.request(Produce, 13, {
      acks: 1,
      topicData: [{ topicId: id, partitionData }],
    });
    assertEquals(responses.map(({ topicId }) => topicId), [id]);
    return responses[0].partitionResponses[0].errorCode;
  };
  assertEquals(await codes(topicId), ErrorCode.NONE);
  assertEquals(await codes("AAAAAAAAAAAAAAAAAAAAQA"), ErrorCode.UNKNOWN_TOPIC_ID);
});

Deno.test("produce: a repeated batch of an idempotent producer is written once", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const { producerId, producerEpoch } = await client.request(InitProducerId, 4, {
    transactionalId: null,
  });
  const batch = (baseSequence: number, epoch = producerEpoch) =>
    batchOf([`${baseSequence}`, `${baseSequence + 1}`], {
      producerId,
      producerEpoch: epoch,
      baseSequence,
    });
  const answers = [];
  for (const sequence of [0, 2, 0, 2]) {
    answers.push(await produceBatch(client, "t", batch(sequence)));
  }
  assertEquals(answers.map(({ errorCode, baseOffset }) => [errorCode, baseOffset]), [
    [0, 0],
    [0, 2],
    [0, 0],
    [0, 2],
  ]);
  assertEquals(await codeFor(client, batch(6)), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assertEquals(await codeFor(client, batch(0, producerEpoch + 1)), ErrorCode.NONE);
  assertEquals(await codeFor(client, batch(4)), ErrorCode.INVALID_PRODUCER_EPOCH);
  assertEquals(await readValues(client, "t"), ["0", "1", "2", "3", "0", "1"]);
});

Deno.test("produce: producer ids are never given twice, also after restarts", async () => {
  await using made = await nodeWithTopic();
  const ids: number[] = [];
  for (let start = 0; start < 3; start++) {
    const clients = await Promise.all([1, 2, 3].map(() => made.node.connect()));
    const answers = clients.map((each) =>
      each.request(InitProducerId, 4, { transactionalId: null })
    );
    for (const { errorCode, producerId, producerEpoch } of await Promise.all(answers)) {
      assertEquals([errorCode, producerEpoch], [ErrorCode.NONE, 0]);
      ids.push(producerId);
    }
    await made.node.restart({ crash: start === 1 });
  }
  assertEquals(new Set(ids).size, 9);
});

Deno.test("produce: a compacted topic refuses records without a key, telling which (KIP-467)", async () => {
  await using made = await nodeWithTopic({ "cleanup.policy": "compact" });
  const value = Uint8Array.of(1);
  const keys = [Uint8Array.of(7), null, Uint8Array.of(8), null];
  const records = buildBatch(keys.map((key) => ({ timestamp: RECORD_TIME_MS, key, value })));
  const answer = await produceBatch(made.client, "t", records);
  assertEquals(answer.errorCode, ErrorCode.INVALID_RECORD);
  assertEquals(answer.recordErrors.map(({ batchIndex }) => batchIndex), [1, 3]);
  assert(answer.recordErrors.every(({ batchIndexErrorMessage }) => batchIndexErrorMessage));
  assert(answer.errorMessage);
  assertEquals(await readValues(made.client, "t"), [], "the whole batch is refused");
});

Deno.test("produce: bytes that are not one good batch are refused", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const good = batchOf(["a"]);
  const damaged = good.slice();
  damaged[damaged.length - 1] ^= 1;
  assertEquals(await codeFor(client, damaged), ErrorCode.CORRUPT_MESSAGE);
  assertEquals(await codeFor(client, new Uint8Array(0)), ErrorCode.INVALID_RECORD);
  const two = new Uint8Array([...good, ...good]);
  assertEquals(await codeFor(client, two), ErrorCode.INVALID_RECORD);
  const old = good.slice();
  new DataView(old.buffer).setInt8(16, 1);
  assertEquals(await codeFor(client, old), ErrorCode.INVALID_RECORD, "magic 1");
  const control = batchOf(["a"], { control: true });
  assertEquals(await codeFor(client, control), ErrorCode.INVALID_RECORD);
  const countless = new BatchView(good.slice());
  countless.view.setInt32(57, 2);
  countless.updateCrc();
  assertEquals(await codeFor(client, countless.bytes), ErrorCode.INVALID_RECORD);
  assertEquals(await readValues(client, "t"), []);
});

Deno.test("produce: batches beyond max.message.bytes are refused", async () => {
  await using made = await nodeWithTopic({ "max.message.bytes": "1000" });
  assertEquals(await codeFor(made.client, batchOfSize(1000)), ErrorCode.NONE);
  assertEquals(await codeFor(made.client, batchOfSize(1001)), ErrorCode.MESSAGE_TOO_LARGE);
});

Deno.test("produce: zstd is accepted from version 7 on (KIP-110)", async () => {
  await using made = await nodeWithTopic();
  const batch = batchOf(["a"], { compression: Compression.ZSTD });
  assertEquals(await codeFor(made.client, batch, 6), ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
  assertEquals(await codeFor(made.client, batch, 7), ErrorCode.NONE);
  for (const compression of [Compression.GZIP, Compression.SNAPPY, Compression.LZ4]) {
    assertEquals(await codeFor(made.client, batchOf(["a"], { compression }), 3), ErrorCode.NONE);
  }
  assertEquals(await readValues(made.client, "t"), ["a", "a", "a", "a"]);
});

Deno.test("produce: with LogAppendTime the node's time counts and is told", async () => {
  const clock = new ManualClock(RECORD_TIME_MS + 5000);
  await using node = await TestBroker.start({}, { clock });
  const client = await node.connect();
  await createTopic(client, "t", { configs: { "message.timestamp.type": "LogAppendTime" } });
  const answer = await produceBatch(client, "t", batchOf(["a"]));
  assertEquals(answer.logAppendTimeMs, RECORD_TIME_MS + 5000);
  const [{ records }] = await fetchPartitions(client, [{ topic: "t" }]);
  const batch = new BatchView(records!);
  assert(batch.isLogAppendTime && batch.isValid);
  assertEquals(batch.maxTimestamp, RECORD_TIME_MS + 5000);
});

Deno.test("produce: only administrators may write to internal topics", async () => {
  await using node = await TestBroker.start({ "offsets.topic.num.partitions": "1" });
  const client = await node.connect();
  const request = { topics: [{ name: "__consumer_offsets" }], allowAutoTopicCreation: true };
  while ((await client.request(Metadata, 9, request)).topics[0].errorCode !== ErrorCode.NONE);
  const answer = await produceBatch(client, "__consumer_offsets", batchOf(["a"]));
  assertEquals(answer.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  const admin = await node.connect("__admin_client");
  const key = Uint8Array.of(1);
  const records = buildBatch([{ timestamp: RECORD_TIME_MS, key, value: key }]);
  const allowed = await produceBatch(admin, "__consumer_offsets", records);
  assertEquals(allowed.errorCode, ErrorCode.NONE);
});

Deno.test("produce: transactional records without a transactional id are refused as a whole", async () => {
  await using made = await nodeWithTopic();
  const records = batchOf(["a"], {
    transactional: true,
    producerId: 1,
    producerEpoch: 0,
    baseSequence: 0,
  });
  const code = await codeFor(made.client, records);
  assertEquals(code, ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
});

Deno.test("produce: a disk that fails is KAFKA_STORAGE_ERROR for its partitions only", async () => {
  const files = new MemoryFiles();
  await using node = await TestBroker.start({}, { files });
  const client = await node.connect();
  await createTopic(client, "t");
  await createTopic(client, "other");
  assertEquals(await codeFor(client, batchOf(["before"])), ErrorCode.NONE);
  files.failure = (operation, path) =>
    operation === "write" && path.includes("/t-0/") ? new FileSystemError("ENOSPC", path) : null;
  for (const acks of [1, -1]) {
    const answer = await produceBatch(client, "t", batchOf(["lost"]), { acks });
    assertEquals(answer.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  }
  const [{ errorCode }] = await fetchPartitions(client, [{ topic: "t" }]);
  assertEquals(errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  assertEquals((await produceBatch(client, "other", batchOf(["fine"]))).errorCode, ErrorCode.NONE);
  const [line] = node.logger.of("log is offline after a disk error; restart once it is mended");
  assertEquals(line.fields.log, "t-0");
});
