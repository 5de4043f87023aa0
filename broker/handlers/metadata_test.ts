import { assert, assertEquals } from "../../lib/assert.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { Metadata } from "../../protocol/messages/03_metadata.ts";
import { DescribeTopicPartitions } from "../../protocol/messages/75_describe_topic_partitions.ts";
import { type Configs, createTopic, TestBroker } from "../testing/test_broker.ts";
import type { WireClient } from "../testing/wire_client.ts";

const VERSION = 12;
const UNKNOWN_ID = "AAAAAAAAAAAAAAAAAAAAQA";

/** A node with topics `a` (1 partition) and `b` (3). */
async function nodeWithTopics(configs: Configs = {}) {
  const node = await TestBroker.start(configs);
  const client = await node.connect();
  const ids = { a: await createTopic(client, "a"), b: "" };
  ids.b = await createTopic(client, "b", { partitions: 3 });
  return { node, client, ids, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

/** Asks by name until a topic is there. */
async function untilCreated(client: WireClient, name: string) {
  for (;;) {
    const { topics: [topic] } = await client.request(Metadata, VERSION, { topics: [{ name }] });
    if (topic.errorCode !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return topic;
  }
}

Deno.test("Metadata: it tells the brokers, the cluster's id, and the topics with their partitions", async () => {
  await using made = await nodeWithTopics();
  const answer = await made.client.request(Metadata, VERSION, { topics: [{ name: "b" }] });
  assertEquals(answer.clusterId, made.node.broker.clusterId);
  assertEquals(answer.controllerId, 1);
  assertEquals(answer.brokers.map(({ nodeId, host, port }) => [nodeId, host, port]), [
    [1, "127.0.0.1", made.node.port],
  ]);
  const [{ errorCode, topicId, isInternal, partitions }] = answer.topics;
  assertEquals([errorCode, topicId, isInternal], [ErrorCode.NONE, made.ids.b, false]);
  assertEquals(
    partitions.map((
      each,
    ) => [each.partitionIndex, each.leaderId, each.replicaNodes, each.isrNodes]),
    [[0, 1, [1], [1]], [1, 1, [1], [1]], [2, 1, [1], [1]]],
  );
  assert(
    partitions.every(({ errorCode, offlineReplicas }) => !errorCode && !offlineReplicas.length),
  );
});

Deno.test("Metadata: null stands for all topics, an empty list for none, in version 0 for all", async () => {
  await using made = await nodeWithTopics();
  const names = async (version: number, topics: [] | null) => {
    const answer = await made.client.request(Metadata, version, { topics });
    return answer.topics.map(({ name }) => name).toSorted();
  };
  assertEquals(await names(VERSION, null), ["a", "b"]);
  assertEquals(await names(1, null), ["a", "b"]);
  assertEquals(await names(1, []), []);
  assertEquals(await names(VERSION, []), []);
  assertEquals(await names(0, []), ["a", "b"]);
});

Deno.test("Metadata: topics that are unknown or have invalid names are told as such", async () => {
  await using made = await nodeWithTopics();
  const names = ["a", "unknown", "in valid", ""];
  const { topics } = await made.client.request(Metadata, VERSION, {
    topics: names.map((name) => ({ name })),
    allowAutoTopicCreation: false,
  });
  const codes = new Map(topics.map(({ name, errorCode }) => [name, errorCode]));
  assertEquals(names.map((name) => codes.get(name)), [
    ErrorCode.NONE,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.INVALID_TOPIC_EXCEPTION,
    ErrorCode.INVALID_TOPIC_EXCEPTION,
  ]);
});

Deno.test("Metadata: from version 12 on topics are found by id", async () => {
  await using made = await nodeWithTopics();
  const { topics } = await made.client.request(Metadata, VERSION, {
    topics: [made.ids.a, UNKNOWN_ID].map((topicId) => ({ name: null, topicId })),
  });
  const told = topics.map(({ topicId, name, errorCode }) => [topicId, name, errorCode]);
  assertEquals(
    told.toSorted(),
    [
      [made.ids.a, "a", ErrorCode.NONE],
      [UNKNOWN_ID, null, ErrorCode.UNKNOWN_TOPIC_ID],
    ].toSorted(),
  );
});

Deno.test("Metadata: an unknown topic is made where both sides allow it", async () => {
  await using made = await nodeWithTopics({ "num.partitions": "2" });
  const { client } = made;
  const ask = async (name: string, allowAutoTopicCreation: boolean) => {
    const request = { topics: [{ name }], allowAutoTopicCreation };
    return (await client.request(Metadata, VERSION, request)).topics[0].errorCode;
  };
  assertEquals(await ask("unwanted", false), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assertEquals(await ask("wanted", true), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "not yet there");
  assertEquals((await untilCreated(client, "wanted")).partitions.length, 2);
  assertEquals(await ask("unwanted", false), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);

  await made.node.restart({ configs: { "auto.create.topics.enable": "false" } });
  const later = await made.node.connect();
  for (let i = 0; i < 3; i++) {
    const { topics } = await later.request(Metadata, VERSION, { topics: [{ name: "refused" }] });
    assertEquals(topics[0].errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }
});

Deno.test("Metadata: internal topics are made with their own settings and marked", async () => {
  await using node = await TestBroker.start({
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.num.partitions": "2",
  });
  const client = await node.connect();
  for (const [name, count] of [["__consumer_offsets", 3], ["__transaction_state", 2]] as const) {
    const topic = await untilCreated(client, name);
    assertEquals([topic.isInternal, topic.partitions.length], [true, count]);
  }
});

Deno.test("Metadata: a topic that cannot be made is a warning in the log", async () => {
  await using node = await TestBroker.start({ "default.replication.factor": "3" });
  const client = await node.connect();
  const request = { topics: [{ name: "wanted" }], allowAutoTopicCreation: true };
  while (node.logger.of("topic was not made").length === 0) {
    const { topics } = await client.request(Metadata, VERSION, request);
    assertEquals(topics[0].errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }
  const [{ level, fields }] = node.logger.of("topic was not made");
  assertEquals([level, fields.topic], ["warn", "wanted"]);
});

Deno.test("Metadata: authorised operations are told to those who ask (KIP-430)", async () => {
  await using made = await nodeWithTopics();
  const operations = async (asked: boolean) => {
    const answer = await made.client.request(Metadata, 8, {
      topics: [{ name: "a" }],
      includeTopicAuthorizedOperations: asked,
      includeClusterAuthorizedOperations: asked,
    });
    return [answer.topics[0].topicAuthorizedOperations, answer.clusterAuthorizedOperations];
  };
  assertEquals(await operations(false), [-0x80000000, -0x80000000]);
  // READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS; and of the cluster
  // CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE.
  assertEquals(await operations(true), [0b0_1101_1111_1000, 0b1_1111_1010_0000]);
});

Deno.test("DescribeTopicPartitions: topics come in order, page by page", async () => {
  await using made = await nodeWithTopics();
  const { client } = made;
  const pages: string[][] = [];
  let cursor: { topicName: string; partitionIndex: number } | null = null;
  do {
    const answer: Awaited<ReturnType<typeof page>> = await page(cursor);
    pages.push(
      answer.topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex }) => `${name}/${partitionIndex}`)
      ),
    );
    cursor = answer.nextCursor;
  } while (cursor !== null);
  assertEquals(pages, [["a/0", "b/0"], ["b/1", "b/2"]]);

  function page(from: typeof cursor) {
    return client.request(DescribeTopicPartitions, 0, {
      topics: [],
      responsePartitionLimit: 2,
      cursor: from,
    });
  }
});

Deno.test("DescribeTopicPartitions: named topics that do not exist are told", async () => {
  await using made = await nodeWithTopics();
  const { topics } = await made.client.request(DescribeTopicPartitions, 0, {
    topics: [{ name: "unknown" }, { name: "a" }],
    responsePartitionLimit: 100,
  });
  assertEquals(topics.map(({ name, errorCode, topicId }) => [name, errorCode, topicId]), [
    ["a", ErrorCode.NONE, made.ids.a],
    ["unknown", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ZERO_UUID],
  ]);
  const [{ leaderId, replicaNodes, isrNodes, eligibleLeaderReplicas }] = topics[0].partitions;
  assertEquals([leaderId, replicaNodes, isrNodes], [1, [1], [1]]);
  assertEquals(eligibleLeaderReplicas ?? [], []);
});

Deno.test("DescribeTopicPartitions: a cursor that is none is refused", async () => {
  await using made = await nodeWithTopics();
  const refused = async (cursor: { topicName: string; partitionIndex: number }) => {
    const answer = await made.client.request(DescribeTopicPartitions, 0, {
      topics: [{ name: "a" }],
      cursor,
    });
    return answer.topics.map(({ errorCode }) => errorCode);
  };
  const elsewhere = await refused({ topicName: "b", partitionIndex: 0 });
  assertEquals(elsewhere, [ErrorCode.INVALID_REQUEST]);
  const negative = await refused({ topicName: "a", partitionIndex: -1 });
  assertEquals(negative, [ErrorCode.INVALID_REQUEST]);
});
