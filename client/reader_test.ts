import { assert, assertEquals, assertRejects } from "../lib/assert.ts";
import { ErrorCode, KafkaError } from "../protocol/errors.ts";
import { Fetch } from "../protocol/messages/01_fetch.ts";
import { ListOffsets } from "../protocol/messages/02_list_offsets.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { Compression } from "../protocol/records/compression/compression.ts";
import { ClusterClient } from "./cluster.ts";
import {
  EARLIEST,
  endOffsets,
  fetchPartitions,
  fetchRecords,
  listOffsets,
  resolvePosition,
  type StartPosition,
} from "./reader.ts";
import { FakeBroker } from "./testing/fake_broker.ts";
import { FakeCluster } from "./testing/fake_groups.ts";

const TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAQA";

/** A broker with a topic of one partition that holds the given bytes. */
function reading({ records = new Uint8Array(0), errorCode = 0, start = 0, end = 0 }) {
  const broker = FakeBroker.listen();
  broker
    .on(Metadata, () => ({
      brokers: [{ nodeId: 1, host: "127.0.0.1", port: broker.port }],
      topics: [{
        name: "t",
        topicId: TOPIC_ID,
        partitions: [{ partitionIndex: 0, leaderId: 1 }],
      }],
    }))
    .on(ListOffsets, ({ topics: [{ name, partitions: [{ timestamp }] }] }) => {
      // Offsets are their own timestamps here.
      const known = new Map([[-1, end], [-2, start]]);
      const offset = known.get(timestamp) ?? (timestamp < end ? timestamp : -1);
      return { topics: [{ name, partitions: [{ partitionIndex: 0, offset }] }] };
    })
    .on(Fetch, () => ({
      responses: [{
        topicId: TOPIC_ID,
        partitions: [{ partitionIndex: 0, errorCode, highWatermark: end, records }],
      }],
    }));
  const cluster = new ClusterClient({ bootstrapServers: broker.address });
  return {
    broker,
    cluster,
    fetch: (offset: number) => fetchRecords(cluster, "t", 0, offset),
    async [Symbol.asyncDispose]() {
      cluster.close();
      await broker[Symbol.asyncDispose]();
    },
  };
}

function batch(baseOffset: number, values: readonly string[], options = {}): Uint8Array {
  const inputs = values.map((value) => ({
    timestamp: 1_700_000_000_000,
    value: new TextEncoder().encode(value),
  }));
  return buildBatch(inputs, { baseOffset, ...options });
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

const values = ({ records }: { records: readonly { value: Uint8Array | null }[] }) =>
  records.map(({ value }) => new TextDecoder().decode(value!));

Deno.test("reader: positions are offsets, ends, times, or so many before the end", async () => {
  await using made = reading({ start: 10, end: 50 });
  const resolve = (position: StartPosition) => resolvePosition(made.cluster, "t", 0, position);
  assertEquals(await resolve("beginning"), 10);
  assertEquals(await resolve("end"), 50);
  assertEquals(await resolve({ offset: 30 }), 30);
  assertEquals(await resolve({ offset: 0 }), 0);
  assertEquals(await resolve({ offset: -5 }), 45);
  assertEquals(await resolve({ offset: -500 }), 10, "there are not so many");
  assertEquals(await resolve({ timestamp: 33 }), 33);
  assertEquals(await resolve({ timestamp: 99 }), 50, "nothing is as late: the end");
});

Deno.test("reader: records come in their order, from the wanted offset on, compressed or not", async () => {
  const records = concat(
    batch(0, ["a", "b", "c"], { compression: Compression.GZIP }),
    batch(3, ["d"]),
    batch(7, ["e", "f"], { compression: Compression.LZ4 }),
  );
  await using made = reading({ records, end: 9 });
  const read = await made.fetch(2);
  assertEquals(values(read), ["c", "d", "e", "f"]);
  assertEquals(read.records.map(({ offset }) => offset), [2, 3, 7, 8]);
  assertEquals([read.nextOffset, read.highWatermark], [9, 9]);
  const [{ topics: [{ topicId, partitions }] }] = made.broker.requestsOf(Fetch);
  assertEquals([topicId, partitions[0].fetchOffset], [TOPIC_ID, 2]);
});

Deno.test("reader: a batch that is cut off at the end is left for the next time", async () => {
  const records = concat(batch(0, ["a"]), batch(1, ["b"]).subarray(0, 65));
  await using made = reading({ records, end: 2 });
  const read = await made.fetch(0);
  assertEquals([values(read), read.nextOffset], [["a"], 1]);
});

Deno.test("reader: control batches are passed over, and the offset goes on behind them", async () => {
  const records = concat(batch(0, ["a"]), batch(1, ["commit"], { control: true }));
  await using made = reading({ records, end: 2 });
  const read = await made.fetch(0);
  assertEquals([values(read), read.nextOffset], [["a"], 2]);
});

Deno.test("reader: where there is nothing the offset stays", async () => {
  await using made = reading({ end: 4 });
  const read = await made.fetch(4);
  assertEquals([read.records, read.nextOffset], [[], 4]);
});

Deno.test("reader: an offset that the log does not have is told with its partition", async () => {
  await using made = reading({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
  const error = await assertRejects(() => made.fetch(77), KafkaError);
  assertEquals(error.errorName, "OFFSET_OUT_OF_RANGE");
  assert(error.message.includes("offset 77 is not in partition 0 of t"), error.message);
});

Deno.test("reader: partitions with one leader are read with one request, others beside it", async () => {
  await using first = FakeBroker.listen();
  await using second = FakeBroker.listen();
  const brokers = [first, second];
  const leaders = [0, 1, 0];
  for (const broker of brokers) {
    broker
      .on(Metadata, () => ({
        brokers: brokers.map(({ port }, nodeId) => ({ nodeId, host: "127.0.0.1", port })),
        topics: [{
          name: "t",
          topicId: TOPIC_ID,
          partitions: leaders.map((leaderId, partitionIndex) => ({ partitionIndex, leaderId })),
        }],
      }))
      .on(Fetch, ({ topics: [{ partitions }] }) => ({
        responses: [{
          topicId: TOPIC_ID,
          partitions: partitions.map(({ partition, fetchOffset }) => ({
            partitionIndex: partition,
            highWatermark: fetchOffset + 1,
            records: batch(fetchOffset, [`of ${partition}`]),
          })),
        }],
      }));
  }
  const cluster = new ClusterClient({ bootstrapServers: first.address });
  const fetched = await fetchPartitions(cluster, "t", new Map([[0, 5], [1, 6], [2, 7]]));
  cluster.close();
  const told = [...fetched].map((
    [partition, each],
  ) => [partition, ...values(each), each.nextOffset]);
  assertEquals(told.toSorted(), [[0, "of 0", 6], [1, "of 1", 7], [2, "of 2", 8]]);
  const asked = brokers.map((broker) =>
    broker.requestsOf(Fetch).map(({ topics: [{ partitions }] }) =>
      partitions.map(({ partition }) => partition)
    )
  );
  assertEquals(asked, [[[0, 2]], [[1]]]);
});

Deno.test("reader: offsets of many partitions are asked of each leader once", async () => {
  await using fake = new FakeCluster({
    brokerCount: 2,
    topics: {
      t: [{ start: 1, end: 4 }, { start: 2, end: 5, leader: 1 }, { start: 3, end: 6 }],
    },
  });
  using cluster = new ClusterClient({ bootstrapServers: fake.address });
  const starts = await listOffsets(cluster, "t", [0, 1, 2], EARLIEST);
  assertEquals([...starts].sort(), [[0, 1], [1, 2], [2, 3]]);
  const late = await listOffsets(cluster, "t", [0, 2], 5);
  assertEquals([...late], [[0, -1], [2, 5]]);
  assertEquals(fake.brokers.map((broker) => broker.requestsOf(ListOffsets).length), [2, 1]);
});

Deno.test("reader: the ends of partitions, where they exist and are led", async () => {
  await using fake = new FakeCluster({
    topics: { t: [{ end: 4 }, { end: 5, leader: -1 }], leaderless: [{ end: 1, leader: -1 }] },
  });
  using cluster = new ClusterClient({ bootstrapServers: fake.address });
  assertEquals([...await endOffsets(cluster, "t", [0, 1, 7])], [[0, 4]]);
  assertEquals([...await endOffsets(cluster, "leaderless", [0])], []);
  assertEquals([...await endOffsets(cluster, "gone", [0])], []);
  assertEquals(fake.brokers[0].requestsOf(ListOffsets).length, 1);
});
