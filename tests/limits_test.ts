/** What a node takes from one client: sizes of requests and batches, connections, requests at once. */
import { WireClient } from "../broker/testing/wire_client.ts";
import type { ClusterClient } from "../client/cluster.ts";
import { assert, assertEquals, assertMatch } from "../lib/assert.ts";
import { SeededRandom } from "../lib/random.ts";
import { ErrorCode } from "../protocol/errors.ts";
import { Produce } from "../protocol/messages/00_produce.ts";
import { ListOffsets } from "../protocol/messages/02_list_offsets.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import { CreateTopics } from "../protocol/messages/19_create_topics.ts";
import { IncrementalAlterConfigs } from "../protocol/messages/44_incremental_alter_configs.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { Compression, type CompressionId } from "../protocol/records/compression/compression.ts";
import { NodeProcess } from "./support/node_process.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const TOPIC = "limited";
const PRODUCE_VERSION = 12;
const MIB = 1024 * 1024;

async function withNode(
  settings: Readonly<Record<string, string>>,
  run: (node: NodeProcess) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await using node = await NodeProcess.start({ dataFolder: folder.path, settings });
  await run(node);
  assertEquals(await node.stop(), 0);
}

async function createTopic(
  client: ClusterClient,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { topics } = await client.ask(CreateTopics, {
    topics: [{
      name: TOPIC,
      numPartitions: 1,
      replicationFactor: 1,
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    }],
    timeoutMs: 30_000,
  });
  assertEquals(topics[0].errorCode, 0);
}

function produceRequest(value: Uint8Array, compression: CompressionId = Compression.NONE) {
  const records = buildBatch([{ value, timestamp: 1_700_000_000_000 }], { compression });
  return {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: TOPIC, partitionData: [{ index: 0, records }] }],
  };
}

/** Writes one record of so many random bytes. Returns the answer's error code. */
async function produceBytes(client: WireClient, bytes: number): Promise<number> {
  const request = produceRequest(new SeededRandom(1).bytes(bytes));
  const { responses } = await client.request(Produce, PRODUCE_VERSION, request);
  return responses[0].partitionResponses[0].errorCode;
}

Deno.test("a request of socket.request.max.bytes is answered, one byte more ends the connection", () =>
  withNode({ "socket.request.max.bytes": "10000" }, async (node) => {
    /** A Metadata request of exactly so many bytes. */
    const requestOf = (client: WireClient, bytes: number) => {
      const empty = client.encode(Metadata, 1, { topics: [{ name: "" }] }).length;
      return client.encode(Metadata, 1, { topics: [{ name: "x".repeat(bytes - empty) }] });
    };
    using client = await WireClient.connect(node.port);
    await client.sendFrame(requestOf(client, 10_000));
    const { body } = await client.receive(Metadata, 1);
    assertEquals(body.topics[0].errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
    await client.sendFrame(requestOf(client, 10_001));
    assertEquals(await client.isClosed(), true);
    const { reason } = await node.logged("connection closed");
    assertMatch(reason as string, /10001 bytes .* 10000 .*socket\.request\.max\.bytes/);
  }));

Deno.test("a batch beyond message.max.bytes or the topic's max.message.bytes is refused, its size as sent", () =>
  withNode({ "message.max.bytes": String(2 * MIB) }, async (node) => {
    await node.withClient(async (cluster) => {
      await createTopic(cluster);
      using client = await WireClient.connect(node.port);
      assertEquals(await produceBytes(client, 2 * MIB - 1000), ErrorCode.NONE);
      assertEquals(await produceBytes(client, 2 * MIB), ErrorCode.MESSAGE_TOO_LARGE);
      const zeros = produceRequest(new Uint8Array(8 * MIB), Compression.GZIP);
      const { responses } = await client.request(Produce, PRODUCE_VERSION, zeros);
      assertEquals(responses[0].partitionResponses[0].errorCode, ErrorCode.NONE);

      await cluster.ask(IncrementalAlterConfigs, {
        resources: [{
          resourceType: 2,
          resourceName: TOPIC,
          configs: [{ name: "max.message.bytes", configOperation: 0, value: "1000" }],
        }],
      });
      assertEquals(await produceBytes(client, 1000), ErrorCode.MESSAGE_TOO_LARGE);
      assertEquals(await produceBytes(client, 900), ErrorCode.NONE);
    });
  }));

Deno.test("a batch that no segment can hold is refused", () =>
  withNode({}, async (node) => {
    await node.withClient((cluster) =>
      createTopic(cluster, {
        "segment.bytes": String(MIB),
        "max.message.bytes": String(4 * MIB),
      })
    );
    using client = await WireClient.connect(node.port);
    assertEquals(await produceBytes(client, MIB), ErrorCode.RECORD_LIST_TOO_LARGE);
    assertEquals(await produceBytes(client, MIB - 1000), ErrorCode.NONE);
  }));

Deno.test("max.connections.per.ip counts those that are open, and can be raised while running", () =>
  withNode({ "max.connections.per.ip": "3" }, async (node) => {
    const open: WireClient[] = [];
    /** Whether a new connection is served; it stays open then. */
    const isServed = async () => {
      const client = await WireClient.connect(node.port);
      await client.send(ApiVersions, 0, {});
      const served = await client.receiveFrame() !== null;
      if (served) open.push(client);
      else client.close();
      return served;
    };
    /** A client that has left is counted until the node has noticed. */
    const becomesServed = async () => {
      for (let tries = 0; tries < 1000; tries++) if (await isServed()) return true;
      return false;
    };
    for (let i = 0; i < 3; i++) assert(await becomesServed());
    assertEquals(await isServed(), false);
    const { reason } = await node.logged("connection refused");
    assertMatch(reason as string, /3 connections from this address \(max\.connections\.per\.ip\)/);

    open.pop()!.close();
    assert(await becomesServed());
    const { responses } = await open[0].request(IncrementalAlterConfigs, 1, {
      resources: [{
        resourceType: 4,
        resourceName: "1",
        configs: [{ name: "max.connections.per.ip", configOperation: 0, value: "5" }],
      }],
    });
    assertEquals(responses[0].errorCode, 0);
    assertEquals([await isServed(), await isServed(), await isServed()], [true, true, false]);
    for (const client of open) client.close();
  }));

Deno.test("a thousand requests in one write are answered in their order", () =>
  withNode({}, async (node) => {
    await node.withClient((cluster) => createTopic(cluster));
    using client = await WireClient.connect(node.port);
    const kinds = [
      () => client.encode(ApiVersions, 0, {}),
      () => client.encode(Produce, PRODUCE_VERSION, produceRequest(new Uint8Array(100))),
      () => client.encode(Produce, PRODUCE_VERSION, produceRequest(new Uint8Array(2000))),
      () => client.encode(Metadata, 12, { topics: [{ name: TOPIC }] }),
      () =>
        client.encode(ListOffsets, 7, {
          replicaId: -1,
          topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
        }),
    ];
    const requests = Array.from({ length: 1000 }, (_, i) => kinds[(i * i) % kinds.length]());
    const frames = requests.flatMap((request) => {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setInt32(0, request.length);
      return [length, request];
    });
    const bytes = new Uint8Array(await new Blob(frames as BlobPart[]).arrayBuffer());
    const sent = client.sendBytes(bytes);
    const answered: number[] = [];
    while (answered.length < requests.length) {
      const frame = await client.receiveFrame();
      if (frame === null) break;
      answered.push(new DataView(frame.buffer).getInt32(0));
    }
    await sent;
    assertEquals(answered, requests.map((_, i) => i + 1));
  }));
