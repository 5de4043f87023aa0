import { assert, assertEquals } from "../../lib/assert.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { Metadata } from "../../protocol/messages/03_metadata.ts";
import { CreateTopics } from "../../protocol/messages/19_create_topics.ts";
import { DeleteTopics } from "../../protocol/messages/20_delete_topics.ts";
import { CreatePartitions } from "../../protocol/messages/37_create_partitions.ts";
import { batchOf, produceBatch, readValues } from "../testing/records.ts";
import { createTopic, describeTopics, TestBroker } from "../testing/test_broker.ts";
import type { WireClient } from "../testing/wire_client.ts";

const TIMEOUT_MS = 10_000;

interface Wanted {
  readonly name: string;
  readonly numPartitions?: number;
  readonly replicationFactor?: number;
  readonly assignments?: readonly { partitionIndex: number; brokerIds: number[] }[];
  readonly configs?: readonly { name: string; value: string | null }[];
}

async function create(client: WireClient, wanted: readonly Wanted[], validateOnly = false) {
  const topics = wanted.map((each) => ({ numPartitions: 1, replicationFactor: 1, ...each }));
  const request = { topics, timeoutMs: TIMEOUT_MS, validateOnly };
  return (await client.request(CreateTopics, 7, request)).topics;
}

async function names(client: WireClient): Promise<(string | null)[]> {
  const { topics } = await client.request(Metadata, 12, { topics: null });
  return topics.map(({ name }) => name).toSorted();
}

Deno.test("CreateTopics: a topic is there when it is answered, as it was asked for", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const configs = [{ name: "retention.ms", value: "7000" }];
  const [made] = await create(client, [{ name: "t", numPartitions: 4, configs }]);
  assertEquals([made.errorCode, made.numPartitions, made.replicationFactor], [0, 4, 1]);
  const retention = made.configs!.find(({ name }) => name === "retention.ms")!;
  assertEquals(retention.value, "7000");
  const [{ topicId, partitions }] = await describeTopics(client, "t");
  assertEquals([topicId, partitions.length], [made.topicId, 4]);
  assertEquals((await produceBatch(client, "t", batchOf(["a"]), { partition: 3 })).errorCode, 0);
});

Deno.test("CreateTopics: -1 leaves partitions and replicas to the broker's defaults", async () => {
  await using node = await TestBroker.start({ "num.partitions": "5" });
  const client = await node.connect();
  const wanted = { name: "t", numPartitions: -1, replicationFactor: -1 };
  const [made] = await create(client, [wanted]);
  assertEquals([made.errorCode, made.numPartitions, made.replicationFactor], [0, 5, 1]);
});

Deno.test("CreateTopics: each topic has its own result", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "exists");
  const results = await create(client, [
    { name: "good" },
    { name: "exists" },
    { name: "in valid" },
    { name: "." },
    { name: "x".repeat(250) },
    { name: "no-partitions", numPartitions: 0 },
    { name: "too-many-replicas", replicationFactor: 2 },
    { name: "no-replicas", replicationFactor: 0 },
    { name: "wrong-config", configs: [{ name: "no.such.key", value: "1" }] },
    {
      name: "unknown-broker",
      assignments: [{ partitionIndex: 0, brokerIds: [9] }],
      numPartitions: -1,
      replicationFactor: -1,
    },
  ]);
  const code = (name: string) => results.find((each) => each.name === name)!.errorCode;
  assertEquals(code("good"), ErrorCode.NONE);
  assertEquals(code("exists"), ErrorCode.TOPIC_ALREADY_EXISTS);
  assertEquals(code("in valid"), ErrorCode.INVALID_TOPIC_EXCEPTION);
  assertEquals(code("."), ErrorCode.INVALID_TOPIC_EXCEPTION);
  assertEquals(code("x".repeat(250)), ErrorCode.INVALID_TOPIC_EXCEPTION);
  assertEquals(code("no-partitions"), ErrorCode.INVALID_PARTITIONS);
  assertEquals(code("too-many-replicas"), ErrorCode.INVALID_REPLICATION_FACTOR);
  assertEquals(code("no-replicas"), ErrorCode.INVALID_REPLICATION_FACTOR);
  assertEquals(code("wrong-config"), ErrorCode.INVALID_CONFIG);
  assertEquals(code("unknown-broker"), ErrorCode.INVALID_REPLICA_ASSIGNMENT);
  assertEquals(await names(client), ["exists", "good"]);
});

Deno.test("CreateTopics: names that collide in metrics, with a dot for a low line, are refused", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "a.b");
  const [{ errorCode }] = await create(client, [{ name: "a_b" }]);
  assertEquals(errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
});

Deno.test("CreateTopics: what is only to be checked is not made", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const [good, bad] = await create(client, [{ name: "t" }, { name: "u", numPartitions: 0 }], true);
  assertEquals([good.errorCode, bad.errorCode], [ErrorCode.NONE, ErrorCode.INVALID_PARTITIONS]);
  assertEquals(await names(client), []);
});

Deno.test("DeleteTopics: by name and by id; the records are gone, a new topic of the name is another", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const id = await createTopic(client, "by-id");
  await createTopic(client, "by-name");
  await produceBatch(client, "by-name", batchOf(["old"]));
  const unknownId = "AAAAAAAAAAAAAAAAAAAAQA";
  const { responses } = await client.request(DeleteTopics, 6, {
    topics: [
      { name: "by-name" },
      { name: null, topicId: id },
      { name: "unknown" },
      { name: null, topicId: unknownId },
    ],
    timeoutMs: TIMEOUT_MS,
  });
  const codes = new Map(responses.map((each) => [each.name ?? each.topicId, each.errorCode]));
  assertEquals(codes.get("by-name"), ErrorCode.NONE);
  assertEquals(codes.get("by-id"), ErrorCode.NONE, "the name of a topic id is told");
  assertEquals(codes.get("unknown"), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assertEquals(codes.get(unknownId), ErrorCode.UNKNOWN_TOPIC_ID);
  assertEquals(await names(client), []);
  assertEquals((await produceBatch(client, "by-name", batchOf(["a"]))).errorCode, 3);
  await createTopic(client, "by-name");
  assertEquals(await readValues(client, "by-name"), []);
  await node.restart();
  assertEquals(await names(await node.connect()), ["by-name"]);
});

Deno.test("DeleteTopics: old versions name topics in a plain list", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "t");
  const { responses } = await client.request(DeleteTopics, 1, {
    topicNames: ["t", "unknown"],
    timeoutMs: TIMEOUT_MS,
  });
  const told = responses.map(({ name, errorCode }) => [name, errorCode]);
  assertEquals(told.toSorted(), [["t", 0], ["unknown", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]]);
});

Deno.test("DeleteTopics: with delete.topic.enable=false nothing is deleted", async () => {
  await using node = await TestBroker.start({ "delete.topic.enable": "false" });
  const client = await node.connect();
  await createTopic(client, "t");
  const expected = [[6, ErrorCode.TOPIC_DELETION_DISABLED], [2, ErrorCode.INVALID_REQUEST]];
  for (const [version, code] of expected) {
    const named = version >= 6 ? { topics: [{ name: "t" }] } : { topicNames: ["t"] };
    const request = { ...named, timeoutMs: TIMEOUT_MS };
    const { responses } = await client.request(DeleteTopics, version, request);
    assertEquals(responses.map(({ errorCode }) => errorCode), [code]);
  }
  assertEquals(await names(client), ["t"]);
});

Deno.test("CreatePartitions: a topic may only grow", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "t", { partitions: 2 });
  await produceBatch(client, "t", batchOf(["kept"]), { partition: 1 });
  const grow = async (name: string, count: number, validateOnly = false) => {
    const topics = [{ name, count, assignments: null }];
    const request = { topics, timeoutMs: TIMEOUT_MS, validateOnly };
    return (await client.request(CreatePartitions, 3, request)).results[0].errorCode;
  };
  const count = async () => (await describeTopics(client, "t"))[0].partitions.length;
  assertEquals(await grow("t", 4, true), ErrorCode.NONE);
  assertEquals(await count(), 2);
  assertEquals(await grow("t", 4), ErrorCode.NONE);
  assertEquals(await count(), 4);
  assertEquals(await readValues(client, "t", 1), ["kept"]);
  assertEquals((await produceBatch(client, "t", batchOf(["new"]), { partition: 3 })).errorCode, 0);
  for (const wrong of [4, 3, 0]) assertEquals(await grow("t", wrong), ErrorCode.INVALID_PARTITIONS);
  assertEquals(await grow("unknown", 3), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert(await count() === 4);
});
