/**
 * `compaction`: a folder of Apache Kafka's, with every codec, transactions and aborted ones, is
 * compacted by Kafka and, a copy of it, by this broker; batch by batch the same must be left. Then
 * each opens what the other has compacted.
 */
import { ClusterClient } from "../../../client/cluster.ts";
import { Producer } from "../../../client/producer.ts";
import { listOffset } from "../../../client/reader.ts";
import { joinPath } from "../../../lib/files.ts";
import { readTestArchive } from "../../../lib/testdata.ts";
import { batchesOf, readRecords } from "../../../protocol/records/read.ts";
import type { BatchView } from "../../../protocol/records/batch.ts";
import { readPartition } from "../../support/records.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import { makeSite, type NodeSite, type RunningNode, startKafka, startTakhin } from "../nodes.ts";
import { copyFolder, dataFolder, emptyFolder } from "../paths.ts";
import { ProgramError } from "../processes.ts";
import { type Report, requireSame } from "../report.ts";

const ARCHIVE = "kafka_4_3_1/logs.tar.gz";

/** Topics and how many partitions they have. */
const TOPICS = {
  none: 3,
  gzip: 1,
  snappy: 1,
  lz4: 1,
  zstd: 1,
  logappend: 1,
  txn: 1,
  compacted: 1,
};
const PARTITIONS = Object.entries(TOPICS).flatMap(([topic, count]) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }))
);

/** Everything is dirty enough, every record rolls, and tombstones go with the second pass. */
const TOPIC_CONFIG = "min.cleanable.dirty.ratio=0,segment.ms=1,delete.retention.ms=1";
/** Comes last, so that all that is there is compacted in one go. */
const POLICY = "cleanup.policy=compact";
const NODE_CONFIG = { "log.cleaner.backoff.ms": "200", "log.segment.delete.delay.ms": "0" };

/** So often all that is there is compacted. */
const PASSES = 2;

/** The key of the records that begin new segments. */
const ROLL_KEY = new TextEncoder().encode("roll");

/** How long a node may take to compact all topics, and how often it is looked, in milliseconds. */
const TIMEOUT_MS = 120_000;
const LOOK_MS = 100;

type Start = (site: NodeSite) => Promise<RunningNode>;

async function site(name: string): Promise<NodeSite> {
  return await makeSite(await emptyFolder(dataFolder(`compaction/${name}`)), NODE_CONFIG);
}

async function unpack(folder: string): Promise<void> {
  for (const [path, bytes] of await readTestArchive(ARCHIVE)) {
    const target = joinPath(folder, path.slice(path.indexOf("/") + 1));
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(target, bytes);
  }
}

export async function compaction(report: Report, tools: KafkaTools): Promise<void> {
  const kafka = await site("kafka");
  const takhin = await site("takhin");
  for (const { data } of [kafka, takhin]) await unpack(data);
  for (let pass = 1; pass <= PASSES; pass++) {
    const done = await report.check(`both compact all topics, time ${pass}`, async () => {
      const nowMs = Date.now();
      await compact(startKafka, kafka, tools, pass, nowMs);
      await compact(startTakhin, takhin, tools, pass, nowMs);
    });
    if (!done) return;
    for (const { topic, partition } of PARTITIONS) {
      const name = `${topic}-${partition}`;
      await report.check(`the same is left of ${name}, time ${pass}`, async () => {
        const theirs = await linesOf(joinPath(kafka.data, name));
        const ours = await linesOf(joinPath(takhin.data, name));
        requireSame(ours.join("\n"), theirs.join("\n"), name);
        return `${theirs.length} lines`;
      });
    }
  }
  await exchange("Apache Kafka", startKafka, takhin, "Takhin", startTakhin, report);
  await exchange("Takhin", startTakhin, kafka, "Apache Kafka", startKafka, report);
}

async function compact(
  start: Start,
  at: NodeSite,
  tools: KafkaTools,
  pass: number,
  nowMs: number,
): Promise<void> {
  await using node = await start(at);
  const ends = await withClient(node, async (client) => {
    if (pass === 1) await configure(node, tools, TOPIC_CONFIG);
    const ends = new Map<string, number>();
    for (const { topic, partition } of PARTITIONS) {
      ends.set(`${topic} ${partition}`, await listOffset(client, topic, partition, -1));
      await roll(client, topic, partition, nowMs);
    }
    if (pass === 1) await configure(node, tools, POLICY);
    return ends;
  });
  const deadline = Date.now() + TIMEOUT_MS;
  const checkpoint = joinPath(at.data, "cleaner-offset-checkpoint");
  for (;;) {
    const lines = (await Deno.readTextFile(checkpoint)).split("\n");
    const isDone = [...ends].every(([name, end]) => lines.includes(`${name} ${end}`));
    if (isDone) break;
    if (Date.now() > deadline) throw new ProgramError(`${node.name} compacted: ${lines}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await node.stop();
}

async function withClient<T>(
  node: RunningNode,
  run: (client: ClusterClient) => Promise<T>,
): Promise<T> {
  const client = new ClusterClient({ bootstrapServers: node.bootstrap, clientId: "compaction" });
  try {
    return await run(client);
  } finally {
    client.close();
  }
}

async function configure(node: RunningNode, tools: KafkaTools, config: string): Promise<void> {
  for (const topic of Object.keys(TOPICS)) {
    await tools.mustRun("kafka-configs", [
      "--bootstrap-server",
      node.bootstrap,
      "--alter",
      "--entity-type",
      "topics",
      "--entity-name",
      topic,
      "--add-config",
      config,
    ]);
  }
}

/** Writes a record, with which a new segment begins. */
async function roll(
  client: ClusterClient,
  topic: string,
  partition: number,
  timestamp: number,
): Promise<void> {
  const producer = new Producer(client, { topic });
  await producer.start();
  await producer.send({ key: ROLL_KEY, value: ROLL_KEY, timestamp }, partition);
  await producer.flush();
}

function isRoll(batch: BatchView): boolean {
  const [record] = readRecords(batch);
  return record?.key?.toHex() === ROLL_KEY.toHex();
}

/** What the closed segments of a partition hold, and which of them there are. */
async function linesOf(folder: string): Promise<string[]> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const logs = names.filter((name) => name.endsWith(".log"));
  const lines: string[] = [];
  for (const log of logs.slice(0, -1)) {
    const base = log.slice(0, -".log".length);
    lines.push(base);
    const bytes = await Deno.readFile(joinPath(folder, log));
    for (const batch of batchesOf(bytes)) {
      // What was written in between may have the broker's own time.
      if (isRoll(batch)) lines.push(`the record that rolled the segment, at ${batch.baseOffset}`);
      else lines.push(headerLine(batch), ...batch.isControl ? [] : recordLines(batch));
    }
    const index = await Deno.readFile(joinPath(folder, `${base}.txnindex`)).catch(() => null);
    if (index !== null) lines.push(`aborted transactions ${index.toHex()}`);
  }
  return lines;
}

/** The times from which tombstones may go are different, and so is what depends on them. */
function headerLine(batch: BatchView): string {
  const { baseOffset, lastOffset, leaderEpoch, recordCount, attributes, maxTimestamp } = batch;
  const { producerId, producerEpoch, baseSequence } = batch;
  return JSON.stringify({
    baseOffset,
    lastOffset,
    leaderEpoch,
    recordCount,
    attributes,
    maxTimestamp,
    producerId,
    producerEpoch,
    baseSequence,
    isValid: batch.isValid,
  });
}

function recordLines(batch: BatchView): string[] {
  return readRecords(batch).map(({ offset, timestamp, key, value, headers }) =>
    JSON.stringify([
      offset,
      timestamp,
      key?.toHex() ?? null,
      value?.toHex() ?? null,
      headers.map(([name, text]) => [name.toHex(), text?.toHex() ?? null]),
    ])
  );
}

/** Opens what the one has compacted with the other: both must read the same. */
async function exchange(
  otherName: string,
  other: Start,
  { data }: NodeSite,
  ownName: string,
  own: Start,
  report: Report,
): Promise<void> {
  const copy = await site(`${ownName.toLowerCase().replace(" ", "-")}-opened`);
  await report.check(`${otherName} reads what ${ownName} has compacted`, async () => {
    await copyFolder(data, copy.data);
    const expected = await readAll(own, copy);
    requireSame(await readAll(other, copy), expected, "all records");
    return `${expected.split("\n").length} records`;
  });
}

async function readAll(start: Start, at: NodeSite): Promise<string> {
  await using node = await start(at);
  const lines = await withClient(node, async (client) => {
    const all: string[] = [];
    for (const { topic, partition } of PARTITIONS) {
      const from = await listOffset(client, topic, partition, -2);
      const records = await readPartition(client, topic, partition, from);
      all.push(...records.map((record) => `${topic} ${JSON.stringify(record)}`));
    }
    return all;
  });
  await node.stop();
  return lines.join("\n");
}
