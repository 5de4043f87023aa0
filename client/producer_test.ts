import { assert, assertEquals, assertRejects } from "../lib/assert.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { ErrorCode, KafkaError } from "../protocol/errors.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { Produce } from "../protocol/messages/00_produce.ts";
import { InitProducerId } from "../protocol/messages/22_init_producer_id.ts";
import { BatchView } from "../protocol/records/batch.ts";
import { Compression } from "../protocol/records/compression/compression.ts";
import { readRecords } from "../protocol/records/read.ts";
import { ClusterClient } from "./cluster.ts";
import { partitionForKey } from "./partitioner.ts";
import { type Delivery, Producer, type ProducerOptions } from "./producer.ts";
import { FakeBroker } from "./testing/fake_broker.ts";

const PRODUCER_ID = 4000;

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | null) => value === null ? null : new TextDecoder().decode(value);

/** What a batch that was produced says. */
interface Batch {
  readonly partition: number;
  readonly baseSequence: number;
  readonly values: (string | null)[];
}

type Outcome = { errorCode?: number; errorMessage?: string; baseOffset?: number };

/** A broker with a topic, and a producer to it. `outcome` decides what a batch comes to. */
async function producing({ partitions = 1, ...options }: Partial<ProducerOptions> & {
  partitions?: number;
  outcome?: (batch: Batch, attempt: number) => Outcome | Promise<Outcome>;
} = {}) {
  const { outcome = () => ({}) } = options;
  const batches: Batch[] = [];
  const broker = FakeBroker.listen();
  broker
    .on(Metadata, () => ({
      brokers: [{ nodeId: 1, host: "127.0.0.1", port: broker.port }],
      topics: [{
        name: "t",
        partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
          partitionIndex,
          leaderId: 1,
        })),
      }],
    }))
    .on(InitProducerId, () => ({ producerId: PRODUCER_ID, producerEpoch: 3 }))
    .on(Produce, async ({ acks, topicData }) => {
      assertEquals(acks, -1);
      const [{ name, topicId, partitionData: [{ index, records }] }] = topicData;
      const view = new BatchView(records!);
      assert(view.isValid);
      assertEquals([view.producerId, view.producerEpoch], [PRODUCER_ID, 3]);
      const batch = {
        partition: index,
        baseSequence: view.baseSequence,
        values: readRecords(view).map(({ value }) => text(value)),
      };
      batches.push(batch);
      const result = await outcome(batch, batches.length);
      return { responses: [{ name, topicId, partitionResponses: [{ index, ...result }] }] };
    });
  // Pauses before retries are over at once.
  const clock: Clock = {
    ...systemClock,
    schedule: (delayMs, run) => systemClock.schedule(delayMs === 250 ? 0 : delayMs, run),
  };
  const cluster = new ClusterClient({ bootstrapServers: broker.address, clock });
  const deliveries: Delivery[] = [];
  const { compression } = options;
  const producer = new Producer(cluster, { topic: "t", compression }, (delivery) => {
    deliveries.push(delivery);
  });
  await producer.start();
  return {
    broker,
    cluster,
    producer,
    batches,
    deliveries,
    async [Symbol.asyncDispose]() {
      cluster.close();
      await broker[Symbol.asyncDispose]();
    },
  };
}

const record = (value: string, key: string | null = null) => ({
  key: key === null ? null : bytes(key),
  value: bytes(value),
  timestamp: 1_700_000_000_000,
});

Deno.test("producer: records wait for each other and leave in batches, in their order", async () => {
  await using made = await producing({ outcome: () => ({ baseOffset: 70 }) });
  for (const value of ["a", "b", "c"]) await made.producer.send(record(value));
  assertEquals(made.batches, []);
  await made.producer.flush();
  assertEquals(made.batches, [{ partition: 0, baseSequence: 0, values: ["a", "b", "c"] }]);
  assertEquals(made.deliveries, [{ partition: 0, baseOffset: 70, count: 3 }]);
  await made.producer.flush();
  assertEquals(made.batches.length, 1, "nothing is left to be sent");
});

Deno.test("producer: a batch of half a MiB leaves by itself; sequence numbers go on", async () => {
  await using made = await producing();
  const large = "x".repeat(200 * 1024);
  for (let i = 0; i < 7; i++) await made.producer.send(record(large));
  await made.producer.flush();
  assertEquals(made.batches.map(({ baseSequence, values }) => [baseSequence, values.length]), [
    [0, 3],
    [3, 3],
    [6, 1],
  ]);
});

Deno.test("producer: a batch that failed for a while is sent again as it was", async () => {
  await using made = await producing({
    outcome: (_, attempt) => ({
      errorCode: [ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.REQUEST_TIMED_OUT][attempt - 1] ?? 0,
    }),
  });
  const before = made.broker.requestsOf(Metadata).length;
  await made.producer.send(record("a"));
  await made.producer.flush();
  await made.producer.send(record("b"));
  await made.producer.flush();
  const first = { partition: 0, baseSequence: 0, values: ["a"] };
  assertEquals(made.batches, [first, first, first, { ...first, baseSequence: 1, values: ["b"] }]);
  assertEquals(made.broker.requestsOf(Metadata).length, before + 2, "the leader is looked up anew");
  assertEquals(made.deliveries.length, 2, "each batch is delivered once");
});

Deno.test("producer: a connection that is lost before the answer is no loss", async () => {
  await using made = await producing({
    outcome: (_, attempt) => {
      if (attempt === 1) made.broker.disconnectAll();
      return {};
    },
  });
  await made.producer.send(record("a"));
  await made.producer.flush();
  const batch = { partition: 0, baseSequence: 0, values: ["a"] };
  assertEquals(made.batches, [batch, batch], "the sequence number tells the broker that it is one");
});

Deno.test("producer: an error that stays is thrown by flush, with the broker's message", async () => {
  await using made = await producing({
    outcome: () => ({ errorCode: ErrorCode.INVALID_RECORD, errorMessage: "no key" }),
  });
  await made.producer.send(record("a"));
  const error = await assertRejects(() => made.producer.flush(), KafkaError, "no key");
  assertEquals(error.errorName, "INVALID_RECORD");
  assertEquals(made.deliveries, []);
});

Deno.test("producer: keys decide the partition as in Kafka's Java client", async () => {
  await using made = await producing({ partitions: 5 });
  const keys = ["21", "foobar", "a-little-bit-long-string", "abc", ""];
  for (const key of keys) await made.producer.send(record(key, key));
  await made.producer.flush();
  const found = made.batches.flatMap(({ partition, values }) =>
    values.map((value) => [value, partition])
  );
  const expected = keys.map((key) => [key, partitionForKey(bytes(key), 5)]);
  assertEquals(found.toSorted(), expected.toSorted());
});

Deno.test("producer: records without a key stay together until their batch is full", async () => {
  await using made = await producing({ partitions: 3 });
  const large = "x".repeat(300 * 1024);
  for (let i = 0; i < 5; i++) await made.producer.send(record(large));
  await made.producer.flush();
  const counts = made.batches.map(({ partition, values }) => [partition, values.length]);
  assertEquals(counts.toSorted(), [[0, 2], [1, 2], [2, 1]]);
});

Deno.test("producer: a partition may be chosen, one that there is not is refused", async () => {
  await using made = await producing({ partitions: 2 });
  assertEquals(made.producer.partitionCount, 2);
  await made.producer.send(record("a", "key"), 1);
  await made.producer.flush();
  assertEquals(made.batches.map(({ partition }) => partition), [1]);
  await assertRejects(() => made.producer.send(record("b"), 2), RangeError, "not a partition 2");
});

Deno.test("producer: one batch of a partition is under way at a time", async () => {
  const arrived: string[] = [];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const begun = Promise.withResolvers<void>();
  await using made = await producing({
    outcome: async (_, attempt) => {
      arrived.push(`batch ${attempt}`);
      begun.resolve();
      await gates[attempt - 1].promise;
      arrived.push(`answer ${attempt}`);
      return {};
    },
  });
  const large = "x".repeat(600 * 1024);
  await made.producer.send(record(large));
  const second = made.producer.send(record(large));
  await begun.promise;
  // On the same connection, so whatever is sent before it has arrived with it.
  for (let i = 0; i < 3; i++) await made.cluster.metadata(["t"]);
  assertEquals(arrived, ["batch 1"]);
  for (const gate of gates) gate.resolve();
  await second;
  await made.producer.flush();
  assertEquals(arrived, ["batch 1", "answer 1", "batch 2", "answer 2"]);
});

Deno.test("producer: batches are compressed as asked for", async () => {
  await using made = await producing({ compression: Compression.ZSTD });
  await made.producer.send(record("a"));
  await made.producer.flush();
  const [{ topicData }] = made.broker.requestsOf(Produce);
  const view = new BatchView(topicData[0].partitionData[0].records!);
  assertEquals(view.compression, Compression.ZSTD);
  assertEquals(made.batches[0].values, ["a"]);
});
