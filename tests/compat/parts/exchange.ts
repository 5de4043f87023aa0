/** Stopped folders of both brokers, each opened by the other and by its own again. */
import { joinPath } from "../../../lib/files.ts";
import { type Codec, CODECS, READERS, WRITERS } from "../clients/mod.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import { makeSite, type NodeSite, type RunningNode, startKafka } from "../nodes.ts";
import { copyFolder, dataFolder, emptyFolder } from "../paths.ts";
import { generateRecords } from "../records/generator.ts";
import { byPartition, lineOf, linesOf, requireRecords } from "../records/lines.ts";
import { type Report, requireSame } from "../report.ts";
import { startSubject } from "../subject.ts";

const INPUT = { seed: 4, count: 5000, partitions: 2 };

const java = (clients: readonly { name: string }[]) => clients.find(({ name }) => name === "java")!;
const writer = java(WRITERS) as typeof WRITERS[number];
const reader = java(READERS) as typeof READERS[number];

/** Topics by what they are compressed with. */
const topicsOf = (prefix: string) =>
  new Map(CODECS.map((codec): [string, Codec] => [`${prefix}-${codec}`, codec]));

const input = () => joinPath(dataFolder("tools"), "input");

/** Writes the same records to a topic for each compression. */
export async function writeRecords(
  node: RunningNode,
  tools: KafkaTools,
  prefix: string,
): Promise<void> {
  const lines = Array.from(generateRecords(INPUT), lineOf);
  await Deno.writeTextFile(input(), `${lines.join("\n")}\n`);
  const topics = topicsOf(prefix);
  for (const topic of topics.keys()) {
    const shape = ["--topic", topic, "--partitions", String(INPUT.partitions)];
    await tools.mustRun("kafka-topics", [
      "--bootstrap-server",
      node.bootstrap,
      "--create",
      ...shape,
    ]);
  }
  await writer.write(node.bootstrap, input(), topics);
}

async function requireWritten(node: RunningNode, prefix: string): Promise<void> {
  const expected = byPartition(linesOf(await Deno.readTextFile(input())));
  const folder = await emptyFolder(dataFolder("tools/read"));
  const topics = [...topicsOf(prefix).keys()];
  for await (const [, lines] of reader.read(node.bootstrap, topics, folder)) {
    requireRecords(byPartition(lines), expected);
  }
}

/** What the tools show of a broker's topics and groups, ids included. */
async function show(node: RunningNode, tools: KafkaTools): Promise<string> {
  const address = ["--bootstrap-server", node.bootstrap];
  const records = ["--topic", "orders", "--partition", "0", "--offset", "earliest"];
  const form = ["key", "timestamp", "offset", "headers"]
    .flatMap((what) => ["--formatter-property", `print.${what}=true`]);
  const groups = [...address, "--describe", "--all-groups"];
  const outputs = [
    await tools.mustRun("kafka-topics", [...address, "--describe"]),
    await tools.mustRun("kafka-configs", [
      ...address,
      "--describe",
      "--entity-type",
      "topics",
      "--entity-name",
      "plain",
    ]),
    await tools.mustRun("kafka-get-offsets", [...address, "--time", "earliest"]),
    await tools.mustRun("kafka-get-offsets", [...address, "--time", "latest"]),
    await tools.mustRun("kafka-console-consumer", [
      ...address,
      ...records,
      ...form,
      "--max-messages",
      "2",
      "--timeout-ms",
      "20000",
    ]),
    await tools.mustRun("kafka-cluster", ["cluster-id", ...address]),
    await tools.mustRun("kafka-consumer-groups", groups),
    await tools.mustRun("kafka-consumer-groups", [...groups, "--state", "--verbose"]),
  ];
  return outputs.join("");
}

interface Starter {
  readonly name: string;
  readonly start: (site: NodeSite) => Promise<RunningNode>;
}

const takhin: Starter = { name: "Takhin", start: startSubject };
const kafka: Starter = { name: "Apache Kafka", start: startKafka };

/** Opens copies of both folders: by its own, by the other, and by its own again. */
export async function exchangeFolders(
  kafkaSite: NodeSite,
  takhinSite: NodeSite,
  report: Report,
  tools: KafkaTools,
): Promise<void> {
  await exchange(takhin, takhinSite, kafka, report, tools);
  await exchange(kafka, kafkaSite, takhin, report, tools);
}

async function exchange(
  owner: Starter,
  { data }: NodeSite,
  other: Starter,
  report: Report,
  tools: KafkaTools,
): Promise<void> {
  const name = `${owner.name.toLowerCase().replace(" ", "-")}-opened`;
  const site = await makeSite(await emptyFolder(dataFolder(`tools/${name}`)));
  await copyFolder(data, site.data);
  const opened = async ({ start }: Starter, look: (node: RunningNode) => Promise<void>) => {
    await using node = await start(site);
    await look(node);
    await node.stop();
  };
  let shown = "";
  const ready = await report.check(
    `${owner.name} opens its own folder again`,
    () =>
      opened(owner, async (node) => {
        shown = await show(node, tools);
        await requireWritten(node, "exchanged");
      }),
  );
  if (!ready) return;
  await report.check(
    `${other.name} opens the folder of ${owner.name} and goes on in it`,
    () =>
      opened(other, async (node) => {
        requireSame(await show(node, tools), shown, "what the tools show");
        await requireWritten(node, "exchanged");
        await writeRecords(node, tools, "added");
      }),
  );
  await report.check(
    `${owner.name} opens it after ${other.name}`,
    () =>
      opened(owner, async (node) => {
        await requireWritten(node, "exchanged");
        await requireWritten(node, "added");
      }),
  );
}
