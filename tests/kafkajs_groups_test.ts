/** KafkaJS's balanced consumers against the program: shared work, leaving, commits, restarts. */
import { type Consumer, type Kafka, Partitioners } from "kafkajs";
import { assertEquals } from "../lib/assert.ts";
import { kafkaJs } from "./support/kafkajs.ts";
import { NodeProcess } from "./support/node_process.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const TOPIC = "work";
const GROUP = "workers";
const PARTITIONS = 6;
/** Coordinators are not there at once. */
const RETRIES = 20;

const SETTINGS = { "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "3" };

/** One member, and what it saw. */
class Worker {
  readonly seen: string[] = [];
  partitions: number[] = [];
  private readonly consumer: Consumer;

  constructor(kafka: Kafka, private readonly onChange: () => void) {
    this.consumer = kafka.consumer({
      groupId: GROUP,
      sessionTimeout: 6000,
      heartbeatInterval: 200,
      rebalanceTimeout: 10_000,
      maxWaitTimeInMs: 100,
    });
  }

  async start(): Promise<this> {
    this.consumer.on("consumer.group_join", ({ payload }) => {
      this.partitions = payload.memberAssignment[TOPIC] ?? [];
      this.onChange();
    });
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await this.consumer.run({
      autoCommitThreshold: 1,
      partitionsConsumedConcurrently: PARTITIONS,
      eachMessage: ({ message }) => {
        this.seen.push(String(message.value));
        this.onChange();
        return Promise.resolve();
      },
    });
    return this;
  }

  /** Leaves the group; what it has processed is committed. */
  async stop(): Promise<void> {
    await this.consumer.stop();
    await this.consumer.disconnect();
    this.partitions = [];
  }
}

/** Waits, without asking again and again, until something that members do makes it true. */
class Until {
  private readonly waiting = new Set<() => void>();
  readonly notify = () => this.waiting.forEach((check) => check());

  holds(what: string, condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.waiting.delete(check);
        settle();
      };
      const timer = setTimeout(() => end(() => reject(new Error(`${what} never came`))), 60_000);
      const check = () => condition() && end(resolve);
      this.waiting.add(check);
      check();
    });
  }
}

async function produce(kafka: Kafka, from: number, count: number): Promise<string[]> {
  const values = Array.from({ length: count }, (_, i) => `${from + i}`);
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({
    topic: TOPIC,
    messages: values.map((value, i) => ({ value, partition: i % PARTITIONS })),
  });
  await producer.disconnect();
  return values;
}

const sorted = (values: Iterable<string>) => [...values].sort((a, b) => Number(a) - Number(b));

Deno.test("kafkajs: a group shares its partitions, and goes on where it was after joins, leaves and restarts", async () => {
  await using folder = await TemporaryFolder.make();
  const until = new Until();
  const all: string[] = [];
  const workers: Worker[] = [];
  const seen = () => workers.flatMap((worker) => worker.seen);
  const everything = (what: string) => until.holds(what, () => new Set(seen()).size === all.length);
  const shares = () => workers.map(({ partitions }) => partitions.length).filter((n) => n > 0);
  const add = async (kafka: Kafka) => {
    const worker = new Worker(kafka, until.notify);
    workers.push(worker);
    await worker.start();
    return worker;
  };

  {
    await using node = await NodeProcess.start({ dataFolder: folder.path, settings: SETTINGS });
    const kafka = kafkaJs(node.address, RETRIES);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }] });
    all.push(...await produce(kafka, 0, 60));
    const first = await add(kafka);
    await everything("the first records");
    const second = await add(kafka);
    await add(kafka);
    await until.holds("an equal share for each of three", () => shares().join() === "2,2,2");
    all.push(...await produce(kafka, 60, 60));
    await everything("records after two more had joined");
    await second.stop();
    await until.holds("an equal share for each of two", () => shares().join() === "3,3");
    all.push(...await produce(kafka, 120, 60));
    await everything("records after one had left");
    assertEquals(sorted(seen()), all, "nothing twice where all left cleanly");

    const { groups } = await admin.describeGroups([GROUP]);
    assertEquals([groups[0].state, groups[0].members.length], ["Stable", 2]);
    for (const worker of [first, workers[2]]) await worker.stop();
    const [{ partitions }] = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] });
    assertEquals(partitions.map(({ offset }) => offset), Array(PARTITIONS).fill("30"));
    await admin.disconnect();
    assertEquals(await node.stop(), 0);
  }

  await using node = await NodeProcess.start({ dataFolder: folder.path, settings: SETTINGS });
  const kafka = kafkaJs(node.address, RETRIES);
  all.push(...await produce(kafka, 180, 60));
  await add(kafka);
  await everything("records after the restart");
  assertEquals(sorted(seen()), all, "it goes on from the committed offsets");
  await workers.at(-1)!.stop();

  const admin = kafka.admin();
  await admin.connect();
  assertEquals((await admin.listGroups()).groups, [{ groupId: GROUP, protocolType: "consumer" }]);
  await admin.deleteGroups([GROUP]);
  assertEquals((await admin.listGroups()).groups, []);
  await admin.disconnect();
  assertEquals(await node.stop(), 0);
});
