/**
 * `matrix`: five clients write the same records in every compression, and clients that did not
 * write them read them back.
 */
import { joinPath } from "../../../lib/files.ts";
import { type Codec, CODECS, READERS, type Writer, WRITERS } from "../clients/mod.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import { makeSite, type RunningNode, startTakhin } from "../nodes.ts";
import { dataFolder, emptyFolder, filesBelow, removeFolder } from "../paths.ts";
import { generateRecords } from "../records/generator.ts";
import {
  byPartition,
  lineOf,
  linesOf,
  recordOf,
  requireRecords,
  withoutTimestamps,
} from "../records/lines.ts";
import { type Report, requireTrue } from "../report.ts";

const INPUT = { seed: 20_260, count: 100_000, partitions: 3 };

/**
 * librdkafka sends a batch as it is where compression does not make it smaller, which happens to
 * batches of a few small records. From so many records on it always does.
 */
const COMPRESSIBLE_RECORDS_MIN = 10;

const topicOf = (writer: Writer, codec: Codec) => `${writer.name}-${codec}`;

export async function matrix(report: Report, tools: KafkaTools): Promise<void> {
  const folder = await emptyFolder(dataFolder("matrix"));
  const site = await makeSite(folder);
  await using node = await startTakhin(site);
  const inputs = await writeInputs(folder, report);
  const written = await writeTopics(node, tools, inputs, report);
  for (const writer of written) {
    await readTopics(node, folder, writer, inputs.get(writer.name)!, report);
  }
  await report.check("the broker stops in order", () => node.stop());
  await checkCompression(site.data, tools, report);
}

/** Writes the file of each writer. Returns them by the writer's name. */
async function writeInputs(folder: string, report: Report): Promise<Map<string, string>> {
  const lines = Array.from(generateRecords(INPUT), lineOf);
  const common = joinPath(folder, "input");
  await Deno.writeTextFile(common, `${lines.join("\n")}\n`);
  const inputs = new Map<string, string>();
  for (const { name, limits } of WRITERS) {
    inputs.set(name, common);
    if (limits === undefined) continue;
    report.note(`${name}: ${limits.because}`);
    const own = joinPath(folder, `input-${name}`);
    const adapted = lines.map((line) => lineOf(limits.adapt(recordOf(line))));
    await Deno.writeTextFile(own, `${adapted.join("\n")}\n`);
    inputs.set(name, own);
  }
  return inputs;
}

async function writeTopics(
  node: RunningNode,
  tools: KafkaTools,
  inputs: ReadonlyMap<string, string>,
  report: Report,
): Promise<Writer[]> {
  const written: Writer[] = [];
  for (const writer of WRITERS) {
    const topics = new Map(CODECS.map((codec) => [topicOf(writer, codec), codec]));
    const done = await report.check(`${writer.name} writes ${CODECS.join(", ")}`, async () => {
      for (const topic of topics.keys()) {
        const shape = ["--topic", topic, "--partitions", String(INPUT.partitions)];
        await tools.mustRun("kafka-topics", [
          "--create",
          "--bootstrap-server",
          node.bootstrap,
          ...shape,
        ]);
      }
      await writer.write(node.bootstrap, inputs.get(writer.name)!, topics);
      return `${INPUT.count} records each`;
    });
    if (done) written.push(writer);
  }
  return written;
}

/** Every reader reads every topic of a writer, all of them at once. */
async function readTopics(
  node: RunningNode,
  folder: string,
  writer: Writer,
  input: string,
  report: Report,
): Promise<void> {
  const topics = CODECS.map((codec) => topicOf(writer, codec));
  const written = byPartition(linesOf(await Deno.readTextFile(input)));
  // What the first reader saw of each topic, where the input does not say the timestamps.
  const seen = new Map<string, string[]>();
  const compare = (topic: string, lines: string[]): string => {
    const found = byPartition(lines);
    if (writer.limits?.timestamps !== false) return requireRecords(found, written);
    requireRecords(withoutTimestamps(found), withoutTimestamps(written));
    if (!seen.has(topic)) seen.set(topic, found);
    return requireRecords(found, seen.get(topic)!);
  };
  await Promise.all(READERS.map(async (reader) => {
    const unread = new Set(topics);
    const own = await emptyFolder(joinPath(folder, reader.name));
    const readAll = async () => {
      for await (const [topic, lines] of reader.read(node.bootstrap, topics, own)) {
        unread.delete(topic);
        await report.check(`${reader.name} reads ${topic}`, () => compare(topic, lines));
      }
    };
    const failure = await readAll().catch((error: Error) => error);
    for (const topic of unread) {
      await report.check(`${reader.name} reads ${topic}`, () => Promise.reject(failure));
    }
    await removeFolder(own);
  }));
}

/** The codec that Kafka's DumpLogSegments finds in each batch is the one that was asked for. */
async function checkCompression(data: string, tools: KafkaTools, report: Report): Promise<void> {
  const logs = (await filesBelow(data)).filter((path) => path.endsWith(".log"));
  for (const writer of WRITERS) {
    for (const codec of CODECS) {
      const topic = topicOf(writer, codec);
      await report.check(`kafka-dump-log finds ${codec} in ${topic}`, async () => {
        const files = logs.filter((path) => path.includes(`/${topic}-`));
        const output = await tools.mustRun("kafka-dump-log", ["--files", files.join(",")]);
        return compressionOf(output, codec);
      });
    }
  }
}

function compressionOf(output: string, codec: Codec): string {
  let records = 0;
  let batches = 0;
  let plain = 0;
  for (const [, count, found] of output.matchAll(/ count: (\d+) .* compresscodec: (\S+) /g)) {
    batches++;
    records += Number(count);
    if (found === codec) continue;
    requireTrue(
      found === "none" && Number(count) < COMPRESSIBLE_RECORDS_MIN,
      `a batch has ${found}`,
    );
    plain++;
  }
  requireTrue(records === INPUT.count, `${records} records instead of ${INPUT.count}`);
  return `${batches} batches${plain === 0 ? "" : `, ${plain} small ones as they came`}`;
}
