/**
 * Clients that mean harm, or behave as if they did: a node closes their connections and says why,
 * its memory stays within bounds, and everybody else is served meanwhile.
 */
import { WireClient } from "../broker/testing/wire_client.ts";
import type { ClusterClient } from "../client/cluster.ts";
import { Producer } from "../client/producer.ts";
import { fetchRecords } from "../client/reader.ts";
import { assertEquals, assertLess, assertMatch } from "../lib/assert.ts";
import { SeededRandom } from "../lib/random.ts";
import { Fetch } from "../protocol/messages/01_fetch.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { CreateTopics } from "../protocol/messages/19_create_topics.ts";
import { NodeProcess } from "./support/node_process.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const MIB = 1024 * 1024;

/** By how much the node's memory may grow over what it was after warming up. */
const GROWTH_BYTES_MAX = 64 * MIB;

const IDLE_CONNECTIONS = 5_000;
const RANDOM_STRINGS = 10_000;
const RANDOM_STRING_BYTES_MAX = 2_000;
const HALF_OPEN_CONNECTIONS = 200;
const HUGE_LENGTHS = 100;
const DEAF_READERS = 8;
/** A node that is at work has had connections, good ones and bad ones. */
const WARM_UP_CONNECTIONS = 2_000;

/** How many connections are opened, or attacks made, at a time. */
const AT_ONCE = 50;

const TOPIC = "large";
const LARGE_BYTES = 48 * MIB;
const RECORD_BYTES = 64 * 1024;
const FETCH_VERSION = 12;

async function createTopic(client: ClusterClient): Promise<void> {
  await client.ask(CreateTopics, {
    topics: [{ name: TOPIC, numPartitions: 2, replicationFactor: 1 }],
    timeoutMs: 30_000,
  });
}

/** Partition 0 holds what large answers are made of. */
async function fill(client: ClusterClient, bytes: number): Promise<void> {
  const producer = new Producer(client, { topic: TOPIC });
  await producer.start();
  const value = new SeededRandom(1).bytes(RECORD_BYTES);
  for (let sent = 0; sent < bytes; sent += RECORD_BYTES) {
    await producer.send({ value, timestamp: 1_700_000_000_000 }, 0);
  }
  await producer.flush();
}

async function readAll(client: ClusterClient): Promise<void> {
  for (let offset = 0;;) {
    const { nextOffset, highWatermark } = await fetchRecords(client, TOPIC, 0, offset);
    offset = nextOffset;
    if (offset >= highWatermark) return;
  }
}

/** Somebody who means well: writes a record to partition 1 and reads it back. */
class GoodClient {
  private count = 0;

  constructor(private readonly client: ClusterClient) {}

  async isServed(): Promise<void> {
    const value = new TextEncoder().encode(`good ${this.count}`);
    const producer = new Producer(this.client, { topic: TOPIC });
    await producer.start();
    await producer.send({ value, timestamp: 1_700_000_000_000 }, 1);
    await producer.flush();
    const { records } = await fetchRecords(this.client, TOPIC, 1, this.count);
    assertEquals(records.map((record) => record.value), [value]);
    this.count++;
  }
}

/** Runs something so many times, a bounded number at once. */
async function repeat<T>(times: number, run: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < times; i += AT_ONCE) {
    const count = Math.min(AT_ONCE, times - i);
    results.push(...await Promise.all(Array.from({ length: count }, (_, k) => run(i + k))));
  }
  return results;
}

/** A connection that has been served once and then says no more. */
async function openIdle(port: number): Promise<WireClient> {
  const client = await WireClient.connect(port);
  await client.request(ApiVersions, 0, {});
  return client;
}

/** Sends bytes and nothing after them; fulfils once the node has ended the connection. */
async function attack(port: number, bytes: Uint8Array): Promise<void> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await socket.write(bytes);
    await socket.closeWrite();
    const target = new Uint8Array(1024);
    while (await socket.read(target) !== null);
  } catch (error) {
    const ended = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.NotConnected;
    if (!ended) throw error;
  } finally {
    socket.close();
  }
}

/** Bytes at random; every other string is a request as far as its length goes. */
function randomString(random: SeededRandom, i: number): Uint8Array {
  const bytes = random.bytes(1 + Math.floor(random.fraction() * RANDOM_STRING_BYTES_MAX));
  if (i % 2 === 0) return bytes;
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setInt32(0, bytes.length);
  framed.set(bytes, 4);
  return framed;
}

/** Announces a request of 2 GiB and begins to send it. */
const HUGE_LENGTH = new Uint8Array([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 12]);

const HUGE_LENGTH_REASON = "request of 2147483647 bytes announced, at most 104857600 are " +
  "accepted (socket.request.max.bytes)";

/** The first half of a request's length, header or body, by turns. */
function halfRequest(client: WireClient, i: number): Uint8Array {
  const request = client.encode(Metadata, 12, { topics: [{ name: TOPIC }] });
  const frame = new Uint8Array(4 + request.length);
  new DataView(frame.buffer).setInt32(0, request.length);
  frame.set(request, 4);
  return frame.subarray(0, [2, 9, frame.length - 1][i % 3]);
}

/** Asks for everything, over and over, and never reads an answer. */
async function openDeaf(port: number): Promise<WireClient> {
  const client = await WireClient.connect(port);
  for (let i = 0; i < 4; i++) {
    await client.send(Fetch, FETCH_VERSION, {
      maxBytes: LARGE_BYTES,
      topics: [{
        topic: TOPIC,
        partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: LARGE_BYTES }],
      }],
    });
  }
  return client;
}

/** Why the node closed connections so far. */
const closed = (node: NodeProcess) =>
  node.log.filter(({ message }) => message === "connection closed")
    .map(({ reason }) => reason as string);

Deno.test("hostile connections are closed with a reason and cost little memory", async (t) => {
  await using folder = await TemporaryFolder.make();
  await using node = await NodeProcess.start({ dataFolder: folder.path });
  using client = node.client();
  const good = new GoodClient(client);
  const random = new SeededRandom(20);
  const open: WireClient[] = [];

  await createTopic(client);
  await fill(client, LARGE_BYTES);
  await readAll(client);
  await repeat(WARM_UP_CONNECTIONS, (i) => attack(node.port, randomString(random, i)));
  for (const each of await repeat(WARM_UP_CONNECTIONS, () => openIdle(node.port))) each.close();
  await good.isServed();
  const warmBytes = await node.residentBytes();
  let expectedClosed = WARM_UP_CONNECTIONS;
  const growth: string[] = [];

  /** One kind of attack: served throughout, and within the bound. */
  const step = (name: string, run: () => Promise<void>) =>
    t.step(name, async () => {
      const running = run();
      await good.isServed();
      await running;
      await good.isServed();
      const grown = await node.residentBytes() - warmBytes;
      growth.push(`${name}: ${(grown / MIB).toFixed(1)}`);
      assertLess(grown, GROWTH_BYTES_MAX);
    });

  await step(`${IDLE_CONNECTIONS} idle connections`, async () => {
    open.push(...await repeat(IDLE_CONNECTIONS, () => openIdle(node.port)));
  });
  await step(`${DEAF_READERS} readers that never read their answers`, async () => {
    open.push(...await repeat(DEAF_READERS, () => openDeaf(node.port)));
  });
  await step(`${HALF_OPEN_CONNECTIONS} requests that end half-way`, async () => {
    const half = await repeat(HALF_OPEN_CONNECTIONS, async (i) => {
      const client = await WireClient.connect(node.port);
      await client.sendBytes(halfRequest(client, i));
      return client;
    });
    open.push(...half);
  });
  await step(`${HUGE_LENGTHS} requests of 2 GiB announced`, async () => {
    await repeat(HUGE_LENGTHS, () => attack(node.port, HUGE_LENGTH));
    expectedClosed += HUGE_LENGTHS;
  });
  await step(`${RANDOM_STRINGS} random byte strings`, async () => {
    await repeat(RANDOM_STRINGS, (i) => attack(node.port, randomString(random, i)));
    expectedClosed += RANDOM_STRINGS;
  });

  console.log(`MiB more than after warming up, ${growth.join(", ")}`);

  // Whoever said nothing for all that time is served as before.
  for (const idle of open.slice(0, IDLE_CONNECTIONS)) await idle.send(ApiVersions, 0, {});
  for (const idle of open.slice(0, IDLE_CONNECTIONS)) await idle.receive(ApiVersions, 0);

  for (const each of open) each.close();
  expectedClosed += DEAF_READERS + HALF_OPEN_CONNECTIONS;
  let count = 0;
  await node.loggedWhere(({ message }) =>
    message === "connection closed" && ++count === expectedClosed
  );
  await good.isServed();
  assertEquals(await node.stop(), 0);
  const reasons = closed(node);
  assertEquals(reasons.length, expectedClosed);
  assertEquals(reasons.filter((reason) => reason === HUGE_LENGTH_REASON).length, HUGE_LENGTHS);
  assertEquals(node.log.filter(({ level }) => level !== "info"), []);
});

Deno.test("whoever neither reads nor writes for connections.max.idle.ms is closed, with that reason", async () => {
  await using folder = await TemporaryFolder.make();
  await using node = await NodeProcess.start({
    dataFolder: folder.path,
    settings: { "connections.max.idle.ms": "500" },
  });
  await node.withClient(async (client) => {
    await createTopic(client);
    await fill(client, LARGE_BYTES);
  });
  using idle = await openIdle(node.port);
  using deaf = await openDeaf(node.port);
  using half = await WireClient.connect(node.port);
  await half.sendBytes(halfRequest(half, 1));
  for (const each of [idle, deaf, half]) {
    const line = await node.loggedWhere(({ message, client }) =>
      message === "connection closed" && client === `${node.host}:${each.localPort}`
    );
    assertMatch(line.reason as string, /^idle for \d+ ms \(connections\.max\.idle\.ms\)$/);
  }
  assertEquals(await idle.isClosed(), true);
  await node.withClient((client) => client.metadata(null));
  assertEquals(await node.stop(), 0);
});
