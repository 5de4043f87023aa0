/** KafkaJS against the program: administration, and producing in every way that it knows. */
import {
  CompressionTypes,
  ConfigResourceTypes,
  type Message,
  Partitioners,
  type ProducerConfig,
} from "kafkajs";
import { assertEquals, assertRejects } from "../lib/assert.ts";
import { kafkaJs, kafkaJsRead } from "./support/kafkajs.ts";
import { NodeProcess } from "./support/node_process.ts";
import { readPartition, type ReadRecord } from "./support/records.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const BASE_TIME_MS = 1_700_000_000_000;

/** Runs something with a node and a KafkaJS client. */
async function withNode(
  run: (node: NodeProcess, kafka: ReturnType<typeof kafkaJs>) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await using node = await NodeProcess.start({ dataFolder: folder.path });
  await run(node, kafkaJs(node.address));
  assertEquals(await node.stop(), 0);
  assertEquals(node.log.filter(({ level }) => level !== "info"), []);
}

type Admin = ReturnType<ReturnType<typeof kafkaJs>["admin"]>;
type Producer = ReturnType<ReturnType<typeof kafkaJs>["producer"]>;

async function withAdmin<T>(
  kafka: ReturnType<typeof kafkaJs>,
  run: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await run(admin);
  } finally {
    await admin.disconnect();
  }
}

async function withProducer<T>(
  kafka: ReturnType<typeof kafkaJs>,
  run: (producer: Producer) => Promise<T>,
  options: ProducerConfig = {},
): Promise<T> {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    ...options,
  });
  await producer.connect();
  try {
    return await run(producer);
  } finally {
    await producer.disconnect();
  }
}

/** Messages of all kinds: with and without key, value and headers, ordinary bytes and others. */
function messagesFor(partition: number, count: number): Message[] {
  return Array.from({ length: count }, (_, i): Message => ({
    partition,
    key: i % 3 === 0 ? null : `key ${i}`,
    value: i % 7 === 6 ? null : "größe 日本 ".repeat(i % 50) + i,
    headers: i % 4 === 0 ? {} : { trace: `id-${i}`, raw: Buffer.from([0, 255, i % 256]) },
    timestamp: String(BASE_TIME_MS + i * 1000),
  }));
}

const base64 = (value: unknown): string | null =>
  value === null || value === undefined
    ? null
    : Buffer.from(value as string | Buffer).toString("base64");

/** The records that messages become, the first of them at `baseOffset`. */
function asRecords(messages: readonly Message[], baseOffset: number): ReadRecord[] {
  return messages.map(({ partition, timestamp, key, value, headers }, i) => ({
    partition: partition!,
    offset: baseOffset + i,
    timestamp: Number(timestamp),
    key: base64(key),
    value: base64(value),
    headers: Object.entries(headers ?? {}).map(([name, value]) => [name, base64(value)] as const),
  }));
}

/** What KafkaJS's own decoder reads, in the same form. */
async function readByKafkaJs(
  kafka: ReturnType<typeof kafkaJs>,
  topic: string,
  partition: number,
): Promise<ReadRecord[]> {
  const messages = await kafkaJsRead(kafka, topic, partition, 0);
  return asRecords(messages.map((message) => ({ ...message, partition })), 0)
    .map((record, i) => ({ ...record, offset: Number(messages[i].offset) }));
}

Deno.test("kafkajs creates, lists, describes, extends, alters and deletes topics", () =>
  withNode((node, kafka) =>
    withAdmin(kafka, async (admin) => {
      const topics = [
        {
          topic: "orders",
          numPartitions: 3,
          configEntries: [{ name: "retention.ms", value: "86400000" }],
        },
        { topic: "audit", numPartitions: 1 },
      ];
      assertEquals(await admin.createTopics({ topics }), true);
      assertEquals(await admin.createTopics({ topics }), false, "they exist");
      assertEquals((await admin.listTopics()).sort(), ["audit", "orders"]);

      const cluster = await admin.describeCluster();
      assertEquals(cluster.brokers, [{ nodeId: 1, host: node.host, port: node.port }]);
      assertEquals(cluster.controller, 1);

      await admin.createPartitions({ topicPartitions: [{ topic: "orders", count: 5 }] });
      const metadata = await admin.fetchTopicMetadata({ topics: ["orders"] });
      const { partitions } = metadata.topics[0];
      assertEquals(
        partitions.map(({ partitionId }) => partitionId).sort((a, b) => a - b),
        [0, 1, 2, 3, 4],
      );
      for (const { leader, replicas, isr, partitionErrorCode } of partitions) {
        assertEquals({ leader, replicas, isr, partitionErrorCode }, {
          leader: 1,
          replicas: [1],
          isr: [1],
          partitionErrorCode: 0,
        });
      }

      const resource = { type: ConfigResourceTypes.TOPIC, name: "orders" };
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{ ...resource, configEntries: [{ name: "cleanup.policy", value: "compact" }] }],
      });
      const described = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{
          ...resource,
          configNames: ["cleanup.policy", "retention.ms", "max.message.bytes"],
        }],
      });
      const values = described.resources[0].configEntries.map(({ configName, configValue }) =>
        [configName, configValue] as const
      );
      assertEquals(Object.fromEntries(values), {
        "cleanup.policy": "compact",
        "retention.ms": "604800000", // What is not named in an AlterConfigs is reset.
        "max.message.bytes": "1048588",
      });

      await admin.deleteTopics({ topics: ["orders"] });
      assertEquals(await admin.listTopics(), ["audit"]);
      await assertRejects(
        () => admin.deleteTopics({ topics: ["orders"] }),
        Error,
        "does not host this topic-partition",
      );
    })
  ));

Deno.test("kafkajs's records are read back as they were, in every compression", async (t) => {
  await withNode(async (node, kafka) => {
    const codecs = ["None", "GZIP", "Snappy", "LZ4", "ZSTD"] as const;
    await withAdmin(kafka, (admin) =>
      admin.createTopics({
        topics: codecs.map((name) => ({ topic: name, numPartitions: 2 })),
      }));
    for (const topic of codecs) {
      await t.step(topic, async () => {
        const sent = [messagesFor(0, 300), messagesFor(1, 20)];
        const results = await withProducer(kafka, async (producer) => [
          ...await producer.send({
            topic,
            compression: CompressionTypes[topic],
            messages: sent.flat(),
          }),
          ...await producer.send({
            topic,
            compression: CompressionTypes[topic],
            messages: sent[0],
          }),
        ]);
        assertEquals(
          results.map(({ partition, baseOffset }) => `${partition} ${baseOffset}`).sort(),
          ["0 0", "0 300", "1 0"],
        );
        const expected = [
          [...asRecords(sent[0], 0), ...asRecords(sent[0], 300)],
          asRecords(sent[1], 0),
        ];
        await node.withClient(async (client) => {
          for (const partition of [0, 1]) {
            assertEquals(await readPartition(client, topic, partition, 0), expected[partition]);
            assertEquals(await readByKafkaJs(kafka, topic, partition), expected[partition]);
          }
        });
      });
    }
  });
});

Deno.test("kafkajs produces with each kind of acknowledgement, and idempotently", () =>
  withNode(async (node, kafka) => {
    const messages = messagesFor(0, 10);
    await withAdmin(
      kafka,
      (admin) => admin.createTopics({ topics: [{ topic: "acks", numPartitions: 1 }] }),
    );
    await withProducer(kafka, async (producer) => {
      assertEquals(await producer.send({ topic: "acks", messages, acks: 0 }), []);
      // The same connection: what follows is answered after what came before.
      const [leader] = await producer.send({ topic: "acks", messages, acks: 1 });
      assertEquals(leader.baseOffset, "10");
      const [all] = await producer.send({ topic: "acks", messages, acks: -1 });
      assertEquals(all.baseOffset, "20");
    });
    await withProducer(kafka, async (producer) => {
      for (let i = 0; i < 3; i++) await producer.send({ topic: "acks", messages });
    }, { idempotent: true, retry: { retries: 1 } });
    const expected = [0, 1, 2, 3, 4, 5].flatMap((i) => asRecords(messages, 10 * i));
    await node.withClient(async (client) => {
      assertEquals(await readPartition(client, "acks", 0, 0), expected);
    });
    assertEquals(await readByKafkaJs(kafka, "acks", 0), expected);
  }));

Deno.test("kafkajs finds offsets by end and by time, and deletes records", () =>
  withNode(async (node, kafka) => {
    const topic = "offsets";
    await withAdmin(kafka, async (admin) => {
      await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
      const messages = messagesFor(0, 100);
      await withProducer(kafka, (producer) => producer.send({ topic, messages }));
      const ends = async () =>
        (await admin.fetchTopicOffsets(topic)).sort((a, b) => a.partition - b.partition)
          .map(({ low, high }) => [low, high]);
      assertEquals(await ends(), [["0", "100"], ["0", "0"]]);

      const at = async (timeMs: number) =>
        (await admin.fetchTopicOffsetsByTimestamp(topic, timeMs))
          .find(({ partition }) => partition === 0)!.offset;
      assertEquals(await at(BASE_TIME_MS), "0");
      assertEquals(await at(BASE_TIME_MS + 41_001), "42", "the first that is not earlier");
      assertEquals(await at(BASE_TIME_MS + 100_000), "100", "later than all: the end");

      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "60" }] });
      assertEquals(await ends(), [["60", "100"], ["0", "0"]]);
      assertEquals(await at(BASE_TIME_MS), "60");
      await node.withClient(async (client) => {
        assertEquals(await readPartition(client, topic, 0, 60), asRecords(messages, 0).slice(60));
      });
    });
  }));

Deno.test("kafkajs writes to a topic that comes into being thereby, if its name is possible", () =>
  withNode((node, kafka) =>
    withProducer(kafka, async (producer) => {
      const messages = messagesFor(0, 3);
      const [result] = await producer.send({ topic: "new", messages });
      assertEquals(result.baseOffset, "0");
      await node.withClient(async (client) => {
        assertEquals(await readPartition(client, "new", 0, 0), asRecords(messages, 0));
      });
      await assertRejects(
        () => producer.send({ topic: "no/topic", messages }),
        Error,
        "an operation on an invalid topic",
      );
    }, { retry: { initialRetryTime: 20, retries: 20 } })
  ));
