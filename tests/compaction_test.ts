/**
 * Compaction in the program as users start it, in its worker: topics end with the last value of each
 * key, also where the node is killed again and again meanwhile.
 */
import type { ClusterClient } from "../client/cluster.ts";
import { requireNoError } from "../client/cluster.ts";
import { Producer } from "../client/producer.ts";
import { assert, assertEquals, assertLess } from "../lib/assert.ts";
import { SeededRandom } from "../lib/random.ts";
import { CreateTopics } from "../protocol/messages/19_create_topics.ts";
import { Compression } from "../protocol/records/compression/compression.ts";
import { NodeProcess } from "./support/node_process.ts";
import { readPartition } from "./support/records.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const TOPIC = "state";
const KEYS = 500;
const RECORDS = 30_000;
const ROUNDS = 4;
/** The smallest that topics may have. */
const SEGMENT_BYTES = 1024 * 1024;

/** How often is looked whether a log is being compacted, and for how long, in milliseconds. */
const LOOK_MS = 2;
const CLEANING_MS_MAX = 60_000;

const SETTINGS = {
  "log.cleaner.backoff.ms": "20",
  "log.segment.delete.delay.ms": "0",
};

async function createTopic(client: ClusterClient): Promise<void> {
  const configs = {
    "cleanup.policy": "compact",
    "segment.bytes": String(SEGMENT_BYTES),
    "min.cleanable.dirty.ratio": "0.01",
  };
  const { topics } = await client.ask(CreateTopics, {
    topics: [{
      name: TOPIC,
      numPartitions: 1,
      replicationFactor: 1,
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    }],
    timeoutMs: 30_000,
  });
  requireNoError(topics[0].errorCode, topics[0].errorMessage);
}

/** The last value of each key so far. */
class State {
  readonly values = new Map<string, string>();
  private written = 0;
  private readonly random = new SeededRandom(1);

  /** Writes so many records of random keys. */
  async write(client: ClusterClient, count: number): Promise<void> {
    const encoder = new TextEncoder();
    const producer = new Producer(client, { topic: TOPIC, compression: Compression.LZ4 });
    await producer.start();
    for (let i = 0; i < count; i++) {
      const key = `key ${Math.floor(this.random.fraction() * KEYS)}`;
      // Random, so that it does not compress to nothing.
      const value = `${this.written++}:${this.random.bytes(200).toHex()}`;
      this.values.set(key, value);
      await producer.send({
        key: encoder.encode(key),
        value: encoder.encode(value),
        timestamp: Date.now(),
      });
    }
    await producer.flush();
  }

  /** Holds what is read against it. Returns how many records there are. */
  async check(client: ClusterClient): Promise<number> {
    const records = await readPartition(client, TOPIC, 0, 0);
    const decode = (text: string | null) => new TextDecoder().decode(Uint8Array.fromBase64(text!));
    const found = new Map(records.map(({ key, value }) => [decode(key), decode(value)]));
    assertEquals(found.size, this.values.size);
    for (const [key, value] of this.values) assert(found.get(key) === value, `the value of ${key}`);
    const offsets = records.map(({ offset }) => offset);
    assertEquals(offsets, offsets.toSorted((a, b) => a - b));
    return records.length;
  }
}

Deno.test("a compacted topic ends with the last value of each key", async () => {
  await using folder = await TemporaryFolder.make();
  const state = new State();
  {
    await using node = await NodeProcess.start({ dataFolder: folder.path, settings: SETTINGS });
    await node.withClient(async (client) => {
      await createTopic(client);
      await state.write(client, RECORDS);
    });
    // The last segment that was closed has been compacted, whenever that was.
    const compacted = () => node.log.filter(({ message }) => message === "log compacted");
    await node.loggedWhere(({ message, to }) =>
      message === "log compacted" && Number(to) > RECORDS * 0.7
    );
    const count = await node.withClient((client) => state.check(client));
    assertLess(count, RECORDS / 2);
    console.log(`${count} of ${RECORDS} records are left of ${compacted().length} passes`);
    assertEquals(node.log.filter(({ level }) => level === "error"), []);
    assertEquals(await node.stop(), 0);
  }
  await using again = await NodeProcess.start({ dataFolder: folder.path, settings: SETTINGS });
  await again.withClient((client) => state.check(client));
});

/** Waits until a segment is being written anew. */
async function cleaningBegun(folder: string): Promise<void> {
  const isCleaned = ({ name }: Deno.DirEntry) => name.endsWith(".log.cleaned");
  for (let waitedMs = 0; ![...Deno.readDirSync(folder)].some(isCleaned); waitedMs += LOOK_MS) {
    assertLess(waitedMs, CLEANING_MS_MAX, "nothing is compacted");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

Deno.test("a node that is killed while it compacts has lost no value", async () => {
  await using folder = await TemporaryFolder.make();
  const state = new State();
  for (let round = 0; round < ROUNDS; round++) {
    // So slow that it is seldom through when the node is killed.
    const slow = { ...SETTINGS, "log.cleaner.io.max.bytes.per.second": "1e7" };
    await using node = await NodeProcess.start({ dataFolder: folder.path, settings: slow });
    await node.withClient(async (client) => {
      if (round === 0) await createTopic(client);
      else await state.check(client);
      await state.write(client, RECORDS / ROUNDS);
    });
    await cleaningBegun(folder.join(`${TOPIC}-0`));
    await node.kill();
  }
  await using node = await NodeProcess.start({ dataFolder: folder.path, settings: SETTINGS });
  await node.withClient((client) => state.check(client));
  assertEquals(await node.stop(), 0);
});
