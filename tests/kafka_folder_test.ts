/**
 * The data folder of a stopped Apache Kafka 4.3.1 node, taken over by the program: who the node is,
 * what its metadata says, and every record that Kafka's own consumer read from it.
 */
import type { ClusterClient } from "../client/cluster.ts";
import { commitOffsets, committedOffsets } from "../client/group_offsets.ts";
import { describeGroup } from "../client/groups.ts";
import { Producer } from "../client/producer.ts";
import { listOffset } from "../client/reader.ts";
import { assertEquals } from "../lib/assert.ts";
import { readTestArchive, readTestText } from "../lib/testdata.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import { DescribeConfigs } from "../protocol/messages/32_describe_configs.ts";
import { IncrementalAlterConfigs } from "../protocol/messages/44_incremental_alter_configs.ts";
import { NodeProcess } from "./support/node_process.ts";
import { assertSameRecords, readPartition, type ReadRecord } from "./support/records.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const TESTDATA = "kafka_4_3_1";

/** What `meta.properties` and the metadata log of the folder say. */
const CLUSTER_ID = "SBPLDKBhRv-bnLLGkySCcg";
const NODE_ID = 1;
const TOPIC_IDS = {
  none: "6mUthycqTxSOvYLbgZdMeA",
  gzip: "Eem-Yh6ZQAmASXpHQbrCwg",
  snappy: "lqEw62DHSgOdTb5Bg2ugug",
  lz4: "qFqnvcujRe2VV1oelrG9-w",
  zstd: "B2kxSrDrTUWtpGNESwSi-A",
  txn: "iPz6PSPSRHuWF_yoA-y8Yw",
  logappend: "N5H5rwbwS9up1mUMhGQyvg",
};
/** A group that had read everything when Kafka was stopped. */
const AUDIT_GROUP = "audit";

const FEATURE_LEVELS = {
  "metadata.version": 30,
  "eligible.leader.replicas.version": 1,
  "group.version": 1,
  "share.version": 1,
  "streams.version": 1,
  "transaction.version": 2,
};

const TOPIC_RESOURCE = 2;
const TOPIC_CONFIG_SOURCE = 1;
const SET = 0;

/** A partition as Kafka's consumer saw it. */
interface Expected {
  readonly topic: string;
  readonly partition: number;
  readonly beginning: number;
  readonly end: number;
  readonly records: ReadRecord[];
}

async function unpackFolder(folder: TemporaryFolder): Promise<string> {
  for (const [path, bytes] of await readTestArchive(`${TESTDATA}/logs.tar.gz`)) {
    const target = folder.join(path);
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(target, bytes);
  }
  return folder.join("kafka");
}

/** What was read with `read_uncommitted`, by partition; lines with offsets come before records. */
async function readExpected(): Promise<Expected[]> {
  const partitions = new Map<string, Expected>();
  for (const line of (await readTestText(`${TESTDATA}/records.jsonl.gz`)).trim().split("\n")) {
    const { topic, partition, isolation, beginning, end, ...record } = JSON.parse(line);
    if (isolation !== "read_uncommitted") continue;
    const key = `${topic}-${partition}`;
    if (end !== undefined) partitions.set(key, { topic, partition, beginning, end, records: [] });
    else partitions.get(key)!.records.push({ partition, ...record });
  }
  return [...partitions.values()];
}

/** What both runs have in common: the folder, and that nothing is cleaned behind their back. */
function start(dataFolder: string): Promise<NodeProcess> {
  const settings = { "log.cleaner.enable": "false", "log.retention.ms": "-1" };
  return NodeProcess.start({ dataFolder, settings });
}

/** Reads all partitions and compares. Returns how many records there are. */
async function compare(client: ClusterClient, partitions: readonly Expected[]): Promise<number> {
  let count = 0;
  for (const { topic, partition, beginning, end, records } of partitions) {
    const name = `${topic}-${partition}`;
    assertEquals(await listOffset(client, topic, partition, -2), beginning, `${name} begins`);
    assertEquals(await listOffset(client, topic, partition, -1), end, `${name} ends`);
    assertSameRecords(await readPartition(client, topic, partition, beginning), records, name);
    count += records.length;
  }
  return count;
}

Deno.test("a folder of Apache Kafka's is taken over with its identity and metadata", async () => {
  await using folder = await TemporaryFolder.make();
  const dataFolder = await unpackFolder(folder);
  const properties = await Deno.readTextFile(`${dataFolder}/meta.properties`);
  await using node = await start(dataFolder);
  const ready = await node.logged("takhin is ready");
  assertEquals([ready.clusterId, ready.nodeId], [CLUSTER_ID, NODE_ID]);
  await node.withClient(async (client) => {
    const { clusterId, controllerId, topics } = await client.metadata(null);
    assertEquals([clusterId, controllerId], [CLUSTER_ID, NODE_ID]);
    const ids = new Map(topics.map(({ name, topicId }) => [name!, topicId]));
    for (const [name, id] of Object.entries(TOPIC_IDS)) assertEquals(ids.get(name), id, name);

    const { finalizedFeatures } = await client.ask(ApiVersions, {
      clientSoftwareName: "takhin",
      clientSoftwareVersion: "1",
    });
    const levels = finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]);
    const kept = Object.fromEntries(levels.filter(([name]) => name in FEATURE_LEVELS));
    assertEquals(kept, FEATURE_LEVELS);

    const { results } = await client.ask(DescribeConfigs, {
      resources: [{
        resourceType: TOPIC_RESOURCE,
        resourceName: "logappend",
        configurationKeys: null,
      }],
    });
    const own = results[0].configs
      .filter(({ configSource }) => configSource === TOPIC_CONFIG_SOURCE)
      .map(({ name, value }) => [name, value]);
    assertEquals(Object.fromEntries(own)["message.timestamp.type"], "LogAppendTime");
  });
  assertEquals(await node.stop(), 0);
  assertEquals(await Deno.readTextFile(`${dataFolder}/meta.properties`), properties);
});

Deno.test("a group in a folder of Apache Kafka's is found with its offsets, and goes on", async () => {
  const ends = new Map(
    (await readExpected()).map(({ topic, partition, end }) => [`${topic}-${partition}`, end]),
  );
  await using folder = await TemporaryFolder.make();
  const dataFolder = await unpackFolder(folder);
  {
    await using node = await start(dataFolder);
    await node.withClient(async (client) => {
      const committed = await committedOffsets(client, AUDIT_GROUP);
      const offsets = Array.from(committed, ([name, { offset }]) => [name, offset] as const);
      assertEquals(new Map(offsets.sort()), new Map([...ends].sort()));
      const group = await describeGroup(client, AUDIT_GROUP);
      assertEquals([group.state, group.members.length], ["Empty", 0]);
      await commitOffsets(client, AUDIT_GROUP, [{ topic: "none", partition: 1, offset: 7 }]);
    });
    assertEquals(await node.stop(), 0);
  }
  await using node = await start(dataFolder);
  await node.withClient(async (client) => {
    const committed = await committedOffsets(client, AUDIT_GROUP);
    assertEquals([committed.size, committed.get("none-1")?.offset], [ends.size, 7]);
  });
  assertEquals(await node.stop(), 0);
});

Deno.test("every record in a folder of Apache Kafka's is read, also after more are written", async () => {
  const partitions = await readExpected();
  await using folder = await TemporaryFolder.make();
  const dataFolder = await unpackFolder(folder);
  {
    await using node = await start(dataFolder);
    const count = await node.withClient(async (client) => {
      const count = await compare(client, partitions);
      for (const { topic, partition, end, records } of partitions) {
        const value = new TextEncoder().encode("written later");
        const producer = new Producer(client, { topic });
        await producer.start();
        await producer.send({ key: value, value, timestamp: 1_700_000_000_000 }, partition);
        await producer.flush();
        records.push(...await readPartition(client, topic, partition, end));
        assertEquals(records.at(-1)!.offset, end, `${topic}-${partition} goes on`);
        assertEquals(records.at(-1)!.value, value.toBase64());
      }
      return count;
    });
    console.log(`${count} records of Apache Kafka's are as its own consumer reads them`);
    assertEquals(count, 19_147);
    assertEquals(await node.stop(), 0);
  }
  await using node = await start(dataFolder);
  await node.withClient((client) =>
    compare(client, partitions.map((expected) => ({ ...expected, end: expected.end + 1 })))
  );
});

Deno.test("what Apache Kafka has compacted is compacted further, from where it was", async () => {
  const { records } = (await readExpected()).find(({ topic }) => topic === "compacted")!;
  await using folder = await TemporaryFolder.make();
  const settings = { "log.cleaner.backoff.ms": "20", "log.retention.ms": "-1" };
  await using node = await NodeProcess.start({
    dataFolder: await unpackFolder(folder),
    settings: { ...settings, "log.cleaner.min.cleanable.ratio": "0" },
  });
  await node.withClient(async (client) => {
    await client.ask(IncrementalAlterConfigs, {
      resources: [{
        resourceType: TOPIC_RESOURCE,
        resourceName: "compacted",
        configs: [{ name: "segment.ms", configOperation: SET, value: "1" }],
      }],
      validateOnly: false,
    });
    const producer = new Producer(client, { topic: "compacted" });
    await producer.start();
    const later = new TextEncoder().encode("later");
    await producer.send({ key: later, value: later, timestamp: Date.now() }, 0);
    await producer.flush();
    const { from } = await node.logged("log compacted", { log: "compacted-0" });
    assertEquals(from, 8873); // As its checkpoint says.
    const last = new Map(records.map((record) => [record.key, record]));
    const expected = [...last.values()].sort((a, b) => a.offset - b.offset);
    const left = await readPartition(client, "compacted", 0, 0);
    assertEquals(left.pop()!.value, later.toBase64());
    assertSameRecords(left, expected, "what is left");
  });
});
