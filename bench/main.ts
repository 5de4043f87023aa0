/**
 * `deno task bench [PART...]`: measures Takhin, in small parts alone and as a whole beside Apache
 * Kafka on the same machine, in rounds in which the brokers take turns. Prints a table a part;
 * `--write` makes `bench/RESULTS.md` of a run of all parts.
 */
import { ArgumentError, type Arguments, type Options, readArguments } from "../lib/args.ts";
import { joinPath } from "../lib/files.ts";
import type { BrokerKind } from "./brokers/broker.ts";
import { requireKafka } from "./brokers/install_kafka.ts";
import type { Kafka } from "./brokers/kafka.ts";
import { PROJECT, takhin } from "./brokers/takhin.ts";
import { describeMachine } from "./machine.ts";
import { compactionResults } from "./compaction.ts";
import { microResults } from "./micro.ts";
import { consume } from "./parts/consume.ts";
import { groups } from "./parts/groups.ts";
import { latency } from "./parts/latency.ts";
import { memory } from "./parts/memory.ts";
import type { Part } from "./parts/part.ts";
import { partitions } from "./parts/partitions.ts";
import { produce } from "./parts/produce.ts";
import { startup } from "./parts/startup.ts";
import { KAFKA, table, TAKHIN } from "./results.ts";

const OPTIONS = {
  rounds: { value: "N", letter: "r", summary: "Rounds that count (5)." },
  "kafka-home": {
    value: "FOLDER",
    summary: "An unpacked release of Kafka, jars in libs/ (KAFKA_HOME).",
  },
  "without-kafka": { summary: "Measures Takhin alone; Kafka's tools are still needed." },
  against: {
    value: "NAME=FOLDER",
    repeated: true,
    summary: "Measures another checkout of Takhin too.",
  },
  date: { value: "TEXT", summary: "The date that the results bear (BENCH_DATE)." },
  write: { summary: "Writes bench/RESULTS.md; needs all parts." },
  help: { letter: "h", summary: "Shows this." },
} as const satisfies Options;

const PARTS: Readonly<Record<string, Part>> = {
  produce,
  consume,
  latency,
  memory,
  startup,
  partitions,
  groups,
};

const MICRO = "micro";
const COMPACTION = "compaction";
const ALL = [...Object.keys(PARTS), COMPACTION, MICRO];

const ROUNDS = 5;

const RUN_FOLDER = joinPath(PROJECT, ".cache/bench/run");

function kinds(args: Arguments, kafka: Kafka): BrokerKind[] {
  const others = args.texts("against").map((text) => {
    const at = text.indexOf("=");
    if (at <= 0) throw new ArgumentError(`--against: "${text}" is not of the form NAME=FOLDER`);
    return takhin(text.slice(0, at), text.slice(at + 1));
  });
  return [takhin(TAKHIN, PROJECT), ...others, ...args.has("without-kafka") ? [] : [kafka]];
}

const kafkaFrom = (args: Arguments) =>
  requireKafka(args.text("kafka-home") ?? Deno.env.get("KAFKA_HOME"));

function help(): string {
  const options = Object.entries(OPTIONS).map(([name, option]) => {
    const value = "value" in option ? ` ${option.value}` : "";
    return `  ${`--${name}${value}`.padEnd(24)} ${option.summary}`;
  });
  return [
    "Usage: deno task bench [PART]... [OPTION]...",
    "",
    `Parts: ${ALL.join(", ")}; without any, all of them.`,
    "",
    ...options,
  ].join("\n");
}

async function inEmptyFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  await Deno.mkdir(RUN_FOLDER, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: RUN_FOLDER });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(args: Arguments): Promise<void> {
  if (args.has("help")) return console.log(help());
  const parts = args.positional.length === 0 ? ALL : args.positional;
  const unknown = parts.find((part) => !ALL.includes(part));
  if (unknown !== undefined) {
    throw new ArgumentError(`unknown part ${unknown}; there are ${ALL.join(", ")}`);
  }
  const complete = ALL.every((part) => parts.includes(part)) && !args.has("without-kafka");
  if (args.has("write") && !complete) {
    throw new ArgumentError("--write needs a run of all parts beside Kafka");
  }
  const rounds = args.integer("rounds", 1) ?? ROUNDS;
  const sections: string[] = [];
  for (const name of parts) {
    const section = await sectionOf(name, rounds, args);
    console.log(`\n${section}`);
    sections.push(section);
  }
  if (!args.has("write")) return;
  const date = args.text("date") ?? Deno.env.get("BENCH_DATE");
  const rows = await describeMachine((await kafkaFrom(args)).version);
  if (date !== undefined) rows.unshift(["date", date]);
  await Deno.writeTextFile(
    joinPath(PROJECT, "bench/RESULTS.md"),
    [
      "# What was measured\n",
      `By \`deno task bench\`: medians of ${rounds} rounds in which the brokers took turns, with ` +
      "the smallest and the largest value.\n",
      table(["", ""], rows),
      ...sections,
    ].join("\n"),
  );
}

function sectionOf(name: string, rounds: number, args: Arguments): Promise<string> {
  if (name === MICRO) return microResults(rounds);
  if (name === COMPACTION) return inEmptyFolder(compactionResults);
  return runPart(name, rounds, args);
}

async function runPart(name: string, rounds: number, args: Arguments): Promise<string> {
  const kafka = await kafkaFrom(args);
  const brokers = kinds(args, kafka);
  return await inEmptyFolder(async (folder) => {
    const results = await PARTS[name]({ brokers, kafka, rounds, folder });
    const names = brokers.map(({ name }) => name);
    return results.markdown(names.toSorted((a, b) => Number(a === KAFKA) - Number(b === KAFKA)));
  });
}

try {
  await main(readArguments(Deno.args, OPTIONS));
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  console.error(`bench: ${error.message}`);
  Deno.exit(2);
}
