/** The topics that groups of the tools' checks consume; their records are the same in both brokers. */
import { ClusterClient } from "../../../client/cluster.ts";
import { Producer } from "../../../client/producer.ts";
import { CreateTopics } from "../../../protocol/messages/19_create_topics.ts";
import { requireTrue } from "../report.ts";

/** So many records in each partition, an hour between each two. */
export const TRADES = { topic: "trades", partitions: 4, records: 10 };
export const QUOTES = { topic: "quotes", partitions: 2, records: 5 };
/** Nobody subscribes to it. */
const SPARE = { topic: "spare", partitions: 1, records: 1 };

const BEGIN = Date.parse("2023-11-14T22:13:20Z");
const STEP_MS = 3_600_000;

/** One more record of `trades`, at the end of partition 0, is some minutes old. */
const RECENT = { partition: 0, timestamp: Date.now() - 600_000 };

/** How many records `trades` has, and all that groups may subscribe to. */
export const TRADES_RECORDS = TRADES.partitions * TRADES.records + 1;
export const ALL_RECORDS = TRADES_RECORDS + QUOTES.partitions * QUOTES.records;

/** Makes the topics and writes their records. Throws `KafkaError` where the broker refuses. */
export async function writeGroupTopics(bootstrapServers: string): Promise<void> {
  using client = new ClusterClient({ bootstrapServers });
  const shapes = [TRADES, QUOTES, SPARE];
  const { topics } = await client.ask(CreateTopics, {
    topics: shapes.map(({ topic, partitions }) => ({
      name: topic,
      numPartitions: partitions,
      replicationFactor: 1,
    })),
  });
  for (const { name, errorCode } of topics) {
    requireTrue(errorCode === 0, `${name} cannot be made: error ${errorCode}`);
  }
  for (const { topic, partitions, records } of shapes) {
    const producer = new Producer(client, { topic });
    await producer.start();
    for (let partition = 0; partition < partitions; partition++) {
      for (let offset = 0; offset < records; offset++) {
        const value = new TextEncoder().encode(`${partition}/${offset}`);
        await producer.send({ timestamp: BEGIN + offset * STEP_MS, value }, partition);
      }
    }
    if (topic === TRADES.topic) {
      const { partition, timestamp } = RECENT;
      await producer.send({ timestamp }, partition);
    }
    await producer.flush();
  }
}
