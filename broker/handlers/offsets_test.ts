import { assertEquals } from "../../lib/assert.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { ListOffsets } from "../../protocol/messages/02_list_offsets.ts";
import { Metadata } from "../../protocol/messages/03_metadata.ts";
import { DeleteRecords } from "../../protocol/messages/21_delete_records.ts";
import { OffsetForLeaderEpoch } from "../../protocol/messages/23_offset_for_leader_epoch.ts";
import { buildBatch } from "../../protocol/records/builder.ts";
import {
  batchOf,
  fetchPartitions,
  produceBatch,
  readValues,
  RECORD_TIME_MS,
} from "../testing/records.ts";
import { type Configs, createTopic, TestBroker } from "../testing/test_broker.ts";
import type { WireClient } from "../testing/wire_client.ts";

const [LATEST, EARLIEST, MAX_TIMESTAMP] = [-1, -2, -3];

/** A node with a topic `t`, and a client of it. */
async function nodeWithTopic(configs: Configs = {}) {
  const node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "t", { configs });
  return { node, client, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

/** A batch whose records have these times, in milliseconds after `RECORD_TIME_MS`. */
function batchAt(...times: number[]): Uint8Array {
  return buildBatch(times.map((ms) => ({ timestamp: RECORD_TIME_MS + ms, key: Uint8Array.of(1) })));
}

interface Asked {
  readonly topic?: string;
  readonly partition?: number;
  readonly epoch?: number;
  readonly version?: number;
}

async function listOffset(
  client: WireClient,
  timestamp: number,
  { topic = "t", partition = 0, epoch = -1, version = 7 }: Asked = {},
) {
  const partitions = [{ partitionIndex: partition, timestamp, currentLeaderEpoch: epoch }];
  const request = { replicaId: -1, topics: [{ name: topic, partitions }] };
  const { topics: [{ partitions: [answer] }] } = await client.request(
    ListOffsets,
    version,
    request,
  );
  return answer;
}

async function deleteRecords(client: WireClient, offset: number, topic = "t", partition = 0) {
  const request = {
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, offset }] }],
    timeoutMs: 1000,
  };
  const { topics } = await client.request(DeleteRecords, 2, request);
  const [{ errorCode, lowWatermark }] = topics[0].partitions;
  return [errorCode, lowWatermark];
}

Deno.test("ListOffsets: where the log begins and ends", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const ends = async () => [
    (await listOffset(client, EARLIEST)).offset,
    (await listOffset(client, LATEST)).offset,
  ];
  assertEquals(await ends(), [0, 0]);
  await produceBatch(client, "t", batchOf(["a", "b", "c"]));
  assertEquals(await ends(), [0, 3]);
  assertEquals(await deleteRecords(client, 2), [ErrorCode.NONE, 2]);
  assertEquals(await ends(), [2, 3]);
  await made.node.restart();
  const later = await made.node.connect();
  assertEquals((await listOffset(later, EARLIEST)).offset, 2);
});

Deno.test("ListOffsets: the first record at or after a time", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  await produceBatch(client, "t", batchAt(100, 200, 300));
  await produceBatch(client, "t", batchAt(400));
  await produceBatch(client, "t", batchAt(250, 500));
  const found = async (ms: number) => {
    const { offset, timestamp } = await listOffset(client, RECORD_TIME_MS + ms);
    return [offset, timestamp < 0 ? -1 : timestamp - RECORD_TIME_MS];
  };
  assertEquals(await found(0), [0, 100]);
  assertEquals(await found(150), [1, 200]);
  assertEquals(await found(301), [3, 400]);
  assertEquals(await found(401), [5, 500]);
  assertEquals(await found(501), [-1, -1]);
  await deleteRecords(client, 2);
  assertEquals(await found(0), [2, 300], "what is deleted is not found");
});

Deno.test("ListOffsets: the record with the largest time (KIP-734)", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  assertEquals((await listOffset(client, MAX_TIMESTAMP)).offset, -1);
  await produceBatch(client, "t", batchAt(100, 900));
  await produceBatch(client, "t", batchAt(300));
  const { offset, timestamp } = await listOffset(client, MAX_TIMESTAMP);
  assertEquals([offset, timestamp], [1, RECORD_TIME_MS + 900]);
});

Deno.test("ListOffsets: errors are told by partition", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const code = async (timestamp: number, asked: Asked) =>
    (await listOffset(client, timestamp, asked)).errorCode;
  const unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  assertEquals(await code(LATEST, { topic: "unknown" }), unknown);
  assertEquals(await code(LATEST, { partition: 5 }), unknown);
  assertEquals(await code(LATEST, { epoch: 100 }), ErrorCode.UNKNOWN_LEADER_EPOCH);
  assertEquals(await code(MAX_TIMESTAMP, { version: 6 }), ErrorCode.UNSUPPORTED_VERSION);
  assertEquals(await code(-99, {}), ErrorCode.UNSUPPORTED_VERSION);
});

Deno.test("ListOffsets: a partition that is named twice is refused, others are answered", async () => {
  await using made = await nodeWithTopic();
  await createTopic(made.client, "u");
  const partitions = [{ partitionIndex: 0, timestamp: LATEST }];
  const { topics } = await made.client.request(ListOffsets, 7, {
    replicaId: -1,
    topics: [{ name: "t", partitions: [...partitions, ...partitions] }, { name: "u", partitions }],
  });
  const told = topics.flatMap(({ name, partitions }) =>
    partitions.map(({ errorCode }) => [name, errorCode])
  );
  assertEquals(told.toSorted(), [["t", ErrorCode.INVALID_REQUEST], ["u", ErrorCode.NONE]]);
});

Deno.test("DeleteRecords: the log begins later, up to the high watermark", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  await produceBatch(client, "t", batchOf(["a", "b"]));
  await produceBatch(client, "t", batchOf(["c"]));
  assertEquals(await deleteRecords(client, 2), [ErrorCode.NONE, 2]);
  assertEquals(
    await deleteRecords(client, 1),
    [ErrorCode.NONE, 2],
    "it never begins earlier again",
  );
  const [before] = await fetchPartitions(client, [{ topic: "t", offset: 1 }]);
  assertEquals(before.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE);
  const [after] = await fetchPartitions(client, [{ topic: "t", offset: 2 }]);
  assertEquals([after.errorCode, after.logStartOffset], [ErrorCode.NONE, 2]);
  assertEquals(await deleteRecords(client, 4), [ErrorCode.OFFSET_OUT_OF_RANGE, -1]);
  assertEquals(await deleteRecords(client, -2), [ErrorCode.OFFSET_OUT_OF_RANGE, -1]);
  assertEquals(await deleteRecords(client, -1), [ErrorCode.NONE, 3], "-1: the high watermark");
  const next = await produceBatch(client, "t", batchOf(["d"]));
  assertEquals([next.baseOffset, next.logStartOffset], [3, 3]);
  const [rest] = await fetchPartitions(client, [{ topic: "t", offset: 3 }]);
  assertEquals(rest.errorCode, ErrorCode.NONE);
});

Deno.test("DeleteRecords: compacted and internal topics keep their records", async () => {
  await using made = await nodeWithTopic({ "cleanup.policy": "compact" });
  const { client } = made;
  await produceBatch(client, "t", batchAt(0));
  assertEquals(await deleteRecords(client, 1), [ErrorCode.POLICY_VIOLATION, -1]);
  assertEquals((await readValues(client, "t").catch(() => [])).length <= 1, true);
  assertEquals(await deleteRecords(client, 0, "unknown"), [
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    -1,
  ]);
  const name = "__transaction_state";
  const request = { topics: [{ name }], allowAutoTopicCreation: true };
  while ((await client.request(Metadata, 12, request)).topics[0].errorCode !== ErrorCode.NONE);
  assertEquals(await deleteRecords(client, 0, name), [ErrorCode.INVALID_TOPIC_EXCEPTION, -1]);
});

Deno.test("OffsetForLeaderEpoch: an epoch ends where the next one began", async () => {
  await using made = await nodeWithTopic();
  await produceBatch(made.client, "t", batchOf(["a", "b"]));
  const first = (await listOffset(made.client, LATEST)).leaderEpoch;
  await made.node.restart();
  const client = await made.node.connect();
  await produceBatch(client, "t", batchOf(["c"]));
  const second = (await listOffset(client, LATEST)).leaderEpoch;
  const endOf = async (leaderEpoch: number, currentLeaderEpoch = -1, partition = 0) => {
    const { topics } = await client.request(OffsetForLeaderEpoch, 4, {
      replicaId: -1,
      topics: [{ topic: "t", partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }],
    });
    const [answer] = topics[0].partitions;
    return [answer.errorCode, answer.leaderEpoch, answer.endOffset];
  };
  assertEquals(await endOf(first), [ErrorCode.NONE, first, 2]);
  assertEquals(await endOf(second), [ErrorCode.NONE, second, 3]);
  assertEquals(await endOf(second + 1), [ErrorCode.NONE, -1, -1], "an epoch that is not known");
  assertEquals(await endOf(first, first), [ErrorCode.FENCED_LEADER_EPOCH, -1, -1]);
  assertEquals(await endOf(first, second + 1), [ErrorCode.UNKNOWN_LEADER_EPOCH, -1, -1]);
  assertEquals(await endOf(first, -1, 9), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1, -1]);
});
