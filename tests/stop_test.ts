/**
 * Stopping in order: whoever waits is answered, what was acknowledged is kept, the exit code is 0,
 * and the next start finds everything closed.
 */
import { WireClient } from "../broker/testing/wire_client.ts";
import type { ClusterClient } from "../client/cluster.ts";
import { listOffset } from "../client/reader.ts";
import { assertEquals, assertGreater } from "../lib/assert.ts";
import { Produce } from "../protocol/messages/00_produce.ts";
import { Fetch } from "../protocol/messages/01_fetch.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import { CreateTopics } from "../protocol/messages/19_create_topics.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { NodeProcess } from "./support/node_process.ts";
import { readPartition } from "./support/records.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const TOPIC = "kept";
const PRODUCE_VERSION = 12;
const FETCH_VERSION = 12;

/** Longer than any test may take, in milliseconds: nobody waits to the end of it. */
const LONG_MS = 600_000;

const encoder = new TextEncoder();

async function createTopic(client: ClusterClient): Promise<void> {
  await client.ask(CreateTopics, {
    topics: [{ name: TOPIC, numPartitions: 1, replicationFactor: 1 }],
    timeoutMs: 30_000,
  });
}

function produceRequest(value: string) {
  return {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{
      name: TOPIC,
      partitionData: [{
        index: 0,
        records: buildBatch([{ value: encoder.encode(value), timestamp: 1_700_000_000_000 }]),
      }],
    }],
  };
}

/** The requests as they follow each other on the wire. */
function frames(requests: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(requests.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const request of requests) {
    new DataView(bytes.buffer).setInt32(at, request.length);
    bytes.set(request, at + 4);
    at += 4 + request.length;
  }
  return bytes;
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} has a fetch that waits answered, and the exit code is 0`, async () => {
    await using folder = await TemporaryFolder.make();
    await using node = await NodeProcess.start({ dataFolder: folder.path });
    await node.withClient(createTopic);
    using client = await WireClient.connect(node.port);
    const fetch = client.encode(Fetch, FETCH_VERSION, {
      maxWaitMs: LONG_MS,
      minBytes: 1,
      maxBytes: 1024,
      topics: [{
        topic: TOPIC,
        partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1024 }],
      }],
    });
    await client.sendBytes(frames([client.encode(ApiVersions, 0, {}), fetch]));
    await client.receive(ApiVersions, 0); // So the fetch that came with it is there as well.

    const stopped = node.stop(signal);
    const { body } = await client.receive(Fetch, FETCH_VERSION);
    assertEquals(body.errorCode, 0);
    assertEquals(body.responses[0].partitions[0].highWatermark, 0);
    assertEquals(await client.isClosed(), true);
    assertEquals(await stopped, 0);
    assertEquals((await node.logged("stopping")).signal, signal);
    assertEquals(node.log.at(-1)!.message, "stopped");
    assertEquals(await node.stderr, "");
  });
}

Deno.test("what is acknowledged while the node stops is there after the next start", async () => {
  await using folder = await TemporaryFolder.make();
  const answered: number[] = [];
  {
    await using node = await NodeProcess.start({ dataFolder: folder.path });
    await node.withClient(createTopic);
    using client = await WireClient.connect(node.port);
    const requests = Array.from(
      { length: 2000 },
      (_, i) => client.encode(Produce, PRODUCE_VERSION, produceRequest(`record ${i}`)),
    );
    const sent = client.sendBytes(frames(requests)).catch(() => {}); // The node stops meanwhile.
    let stopped: Promise<number> | undefined;
    for (let frame = await client.receiveFrame(); frame; frame = await client.receiveFrame()) {
      answered.push(new DataView(frame.buffer).getInt32(0));
      stopped ??= node.stop();
    }
    await sent;
    assertEquals(await stopped, 0);
  }
  assertEquals(answered, answered.map((_, i) => i + 1), "in order, none passed over");
  await using node = await NodeProcess.start({ dataFolder: folder.path });
  await node.withClient(async (client) => {
    const values = (await readPartition(client, TOPIC, 0, 0)).map(({ value }) => value);
    assertGreater(values.length, answered.length - 1);
    assertEquals(values, values.map((_, i) => encoder.encode(`record ${i}`).toBase64()));
  });
});

/** When each file of a partition's log and indexes was written. */
async function writtenTimes(folder: string): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for await (const { name } of Deno.readDir(folder)) {
    if (!/\.(log|index|timeindex)$/.test(name)) continue;
    times[name] = (await Deno.stat(`${folder}/${name}`)).mtime!.getTime();
  }
  return times;
}

Deno.test("after a clean stop nothing is recovered, after a crash the logs are", async () => {
  await using folder = await TemporaryFolder.make();
  const logFolder = folder.join(`${TOPIC}-0`);
  const recovering = "recovering logs after an unclean stop";
  const isRecovering = (node: NodeProcess) =>
    node.log.some(({ message, directory }) => message === recovering && directory === folder.path);
  const countRecords = (node: NodeProcess) =>
    node.withClient((client) => listOffset(client, TOPIC, 0, -1));

  await using first = await NodeProcess.start({ dataFolder: folder.path });
  await first.withClient(createTopic);
  using client = await WireClient.connect(first.port);
  await client.request(Produce, PRODUCE_VERSION, produceRequest("one"));
  assertEquals(await first.stop(), 0);
  assertEquals(isRecovering(first), false, "the folder is new");
  const times = await writtenTimes(logFolder);

  await using second = await NodeProcess.start({ dataFolder: folder.path });
  assertEquals(await countRecords(second), 1);
  assertEquals(isRecovering(second), false);
  assertEquals(await writtenTimes(logFolder), times, "no file is written anew");
  await second.kill();

  await using third = await NodeProcess.start({ dataFolder: folder.path });
  assertEquals(await countRecords(third), 1);
  assertEquals(isRecovering(third), true);
  assertEquals(await third.stop(), 0);
});
