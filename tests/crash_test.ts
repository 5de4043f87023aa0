/**
 * `kill -9` under load, several times: an idempotent producer that sends again what was not
 * acknowledged finds every acknowledged record in place, none twice, none missing.
 */
import { ClientConnection, ConnectionError } from "../client/connection.ts";
import { requireNoError } from "../client/cluster.ts";
import { assertEquals, assertGreater } from "../lib/assert.ts";
import { SeededRandom } from "../lib/random.ts";
import { Produce } from "../protocol/messages/00_produce.ts";
import { CreateTopics } from "../protocol/messages/19_create_topics.ts";
import { InitProducerId } from "../protocol/messages/22_init_producer_id.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { Compression } from "../protocol/records/compression/compression.ts";
import { NodeProcess } from "./support/node_process.ts";
import { readPartition } from "./support/records.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const CRASHES = 5;
/** How many batches are acknowledged, at least and at most, before the node is killed. */
const BATCHES_PER_LIFE = [60, 260] as const;
const TOPIC = "survivor";
const PARTITIONS = 3;
/** So small that segments are rolled, and producer snapshots written, between crashes. */
const SEGMENT_BYTES = 1024 * 1024;
/** As many as an idempotent producer may have under way. */
const IN_FLIGHT_MAX = 5;
const RECORDS_PER_BATCH_MAX = 30;
const RECORD_BYTES_MAX = 1000;

const PRODUCE_VERSION = 12;
const CODECS = [Compression.NONE, Compression.LZ4, Compression.ZSTD];

interface Batch {
  readonly firstSequence: number;
  readonly records: Uint8Array;
}

/** Writes one partition: its records are numbered, so that number, sequence and offset agree. */
class PartitionWriter {
  /** The values of all records sent so far, by number. */
  readonly values: string[] = [];
  /** Batches that are not acknowledged, in order. */
  private readonly pending: Batch[] = [];
  /** A producer whose records are old is forgotten when a snapshot is loaded (KIP-360). */
  private readonly startedMs = Date.now();

  constructor(
    private readonly partition: number,
    private readonly producer: { readonly producerId: number; readonly producerEpoch: number },
    private readonly random: SeededRandom,
    private readonly onAcknowledged: () => void,
  ) {}

  /** How many records are acknowledged. */
  get acknowledged(): number {
    return this.pending[0]?.firstSequence ?? this.values.length;
  }

  private nextBatch(): Batch {
    const { random } = this;
    const firstSequence = this.values.length;
    const count = 1 + Math.floor(random.fraction() * RECORDS_PER_BATCH_MAX);
    const inputs = Array.from({ length: count }, () => {
      const value = random.bytes(Math.floor(random.fraction() * RECORD_BYTES_MAX));
      this.values.push(value.toBase64());
      return { value, timestamp: this.startedMs };
    });
    const batch = {
      firstSequence,
      records: buildBatch(inputs, {
        ...this.producer,
        baseSequence: firstSequence,
        compression: CODECS[Math.floor(random.fraction() * CODECS.length)],
      }),
    };
    this.pending.push(batch);
    return batch;
  }

  /** Sends what is pending again, then more for as long as it may. Throws `ConnectionError`. */
  async write(connection: ClientConnection, mayGoOn: () => boolean): Promise<void> {
    const again = [...this.pending];
    const underWay: Promise<void>[] = [];
    while (again.length > 0 || mayGoOn()) {
      const delivery = this.deliver(connection, again.shift() ?? this.nextBatch());
      delivery.catch(() => {}); // With the connection all of them fail; the first one is thrown.
      underWay.push(delivery);
      if (underWay.length === IN_FLIGHT_MAX) await underWay.shift();
    }
    await Promise.all(underWay);
  }

  private async deliver(connection: ClientConnection, batch: Batch): Promise<void> {
    const { records, firstSequence } = batch;
    const answer = await connection.request(Produce, PRODUCE_VERSION, {
      acks: -1,
      timeoutMs: 30_000,
      topicData: [{ name: TOPIC, partitionData: [{ index: this.partition, records }] }],
    });
    const [{ errorCode, errorMessage, baseOffset }] = answer.responses[0].partitionResponses;
    requireNoError(errorCode, errorMessage);
    assertEquals(baseOffset, firstSequence, "also when it was sent before the crash");
    assertEquals(this.pending.shift(), batch, "acknowledged in order");
    this.onAcknowledged();
  }
}

function createTopic(node: NodeProcess, name: string): Promise<void> {
  return node.withClient(async (client) => {
    const { topics } = await client.ask(CreateTopics, {
      topics: [{
        name,
        numPartitions: PARTITIONS,
        replicationFactor: 1,
        configs: [{ name: "segment.bytes", value: String(SEGMENT_BYTES) }],
      }],
      timeoutMs: 30_000,
    });
    requireNoError(topics[0].errorCode, topics[0].errorMessage);
  });
}

/** Runs all writers until they lose the node. */
async function writeUntilKilled(
  node: NodeProcess,
  writers: readonly PartitionWriter[],
): Promise<void> {
  const results = await Promise.allSettled(writers.map(async (writer) => {
    const connection = await ClientConnection.connect({ host: node.host, port: node.port });
    try {
      await writer.write(connection, () => true);
    } finally {
      connection.close();
    }
  }));
  for (const result of results) {
    const lost = result.status === "rejected" && result.reason instanceof ConnectionError;
    if (!lost) throw (result as PromiseRejectedResult).reason;
  }
}

Deno.test("after kill -9 under load every acknowledged record is there once and in order", async () => {
  await using folder = await TemporaryFolder.make();
  const dataFolder = folder.path;
  const random = new SeededRandom(4);
  let onAcknowledged = () => {};
  const topics = [TOPIC];

  await using first = await NodeProcess.start({ dataFolder });
  await createTopic(first, TOPIC);
  const producer = await first.withClient((client) =>
    client.ask(InitProducerId, { transactionalId: null, transactionTimeoutMs: 60_000 })
  );
  await first.kill();
  const writers = Array.from(
    { length: PARTITIONS },
    (_, i) => new PartitionWriter(i, producer, random, () => onAcknowledged()),
  );

  for (let crash = 0; crash < CRASHES; crash++) {
    await using node = await NodeProcess.start({ dataFolder });
    topics.push(`made-${crash}`);
    await createTopic(node, `made-${crash}`);
    const [least, most] = BATCHES_PER_LIFE;
    let left = least + Math.floor(random.fraction() * (most - least));
    onAcknowledged = () => {
      if (--left === 0) node.kill();
    };
    await writeUntilKilled(node, writers);
    await node.kill();
  }

  await using node = await NodeProcess.start({ dataFolder });
  onAcknowledged = () => {};
  await node.withClient(async (client) => {
    assertEquals(
      (await client.metadata(null)).topics.map(({ name }) => name).sort(),
      topics.sort(),
    );
    for (const [partition, writer] of writers.entries()) {
      const kept = await readPartition(client, TOPIC, partition, 0);
      assertEquals(kept.map(({ offset }) => offset), kept.map((_, i) => i));
      assertGreater(kept.length, writer.acknowledged - 1);
      assertEquals(kept.map(({ value }) => value), writer.values.slice(0, kept.length));

      // What was under way at the last crash is sent again, and is there once.
      const connection = await ClientConnection.connect({ host: node.host, port: node.port });
      await writer.write(connection, () => false);
      connection.close();
      const all = await readPartition(client, TOPIC, partition, 0);
      assertEquals(all.map(({ value }) => value), writer.values);
    }
  });
  assertEquals(await node.stop(), 0);
});
