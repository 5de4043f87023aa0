/**
 * `streams`: a stateful word count with Kafka Streams and the classic group protocol. The application
 * and the broker are stopped in order in the middle of the work and started again; a second instance
 * joins and leaves. What is counted in the end is what the input holds, and no word was ever counted
 * twice or forgotten in between: the counts of each only grow.
 */
import { joinPath } from "../../../lib/files.ts";
import { SeededRandom } from "../../../lib/random.ts";
import { eventually } from "../eventually.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import { javaCommand } from "../nodes.ts";
import { dataFolder, emptyFolder, removeFolder } from "../paths.ts";
import { mustRun } from "../processes.ts";
import { CheckError, type Report, requireTrue } from "../report.ts";
import { RunningProgram } from "../running_program.ts";
import { Subject } from "../subject.ts";

const PARTITIONS = 4;
const APPLICATION = "word-count";
const REPARTITION = `${APPLICATION}-words-repartition`;
const CHANGELOG = `${APPLICATION}-counts-changelog`;

/** One piece of input: written at once, between two events. */
const PIECE = { lines: 10_000, wordsPerLine: 8 };
const VOCABULARY = 3000;
const SEED = 848;

const HEAP_MIB = 256;

const SETTINGS = {
  "application.id": APPLICATION,
  "commit.interval.ms": "100",
  "heartbeat.interval.ms": "500",
  "repartition.purge.interval.ms": "1000",
  // A new instance gets tasks at once, not only when it has restored them as standby.
  "acceptable.recovery.lag": "1000000",
};

/**
 * What becomes of an instance's member when it is stopped: it remains in the group, as is Streams'
 * default, or it leaves. One that remains is waited for, so its session is as short as brokers allow.
 */
const MEMBERSHIPS = {
  remain: { "session.timeout.ms": "6000" },
  leave: { "session.timeout.ms": "45000" },
};

/** Tasks of both halves of the topology, on either side of the repartition topic. */
const ALL_TASKS = new RegExp(`^RUNNING with tasks( [01]_\\d){${2 * PARTITIONS}}$`);
const SOME_TASKS = new RegExp(`^RUNNING with tasks( [01]_\\d){1,${2 * PARTITIONS - 1}}$`);

export async function streams(report: Report, tools: KafkaTools): Promise<void> {
  const folder = await emptyFolder(dataFolder("streams"));
  await using broker = await Subject.start(folder);
  for (const topic of ["lines", "counts"]) {
    const shape = ["--topic", topic, "--partitions", String(PARTITIONS)];
    const address = ["--bootstrap-server", broker.bootstrap];
    await tools.mustRun("kafka-topics", [...address, "--create", ...shape]);
  }
  const input = new Input(broker, joinPath(folder, "input"));
  await using first = new Instance("first", folder, broker);
  await using second = new Instance("second", folder, broker);

  await report.checkInOrder({
    "an instance counts words over its own topics": async () => {
      await first.start("remain");
      await first.says(ALL_TASKS);
      await input.write();
      await input.counted();
      return await requireTopics(broker, tools);
    },
    "it counts on after a restart, its member remaining in the group": async () => {
      const detail = await input.writeAndLeaveUndone();
      await first.stop();
      await first.start("leave");
      await first.says(ALL_TASKS);
      await input.counted();
      return `stopped ${detail}`;
    },
    "it counts on with the store restored from its changelog": async () => {
      await first.stop();
      await first.forget();
      await input.write();
      await first.start("leave");
      await first.says(ALL_TASKS);
      await input.counted();
    },
    "a second instance takes tasks, and gives them back when it leaves": async () => {
      await second.start("leave");
      await Promise.all([first.says(SOME_TASKS), second.says(SOME_TASKS)]);
      await input.write();
      await input.counted();
      const detail = await input.writeAndLeaveUndone();
      await second.stop();
      await first.says(ALL_TASKS);
      await input.counted();
      return `left ${detail}`;
    },
    "it counts on after a restart of the broker": async () => {
      const detail = await input.writeAndLeaveUndone();
      await broker.restart();
      await input.write();
      await input.counted();
      return `stopped ${detail}`;
    },
    "after a stop in order all counts are right": async () => {
      await first.stop();
      return await input.requireCounts();
    },
    "what was read of the repartition topic is deleted": () => requirePurged(broker),
    "the broker stops in order": () => broker.stop(),
  });
}

/** An instance of the application, with a folder for its stores. */
class Instance implements AsyncDisposable {
  private program: RunningProgram | undefined;

  constructor(
    private readonly name: string,
    private readonly folder: string,
    private readonly broker: Subject,
  ) {}

  private get stateFolder(): string {
    return joinPath(this.folder, `state-${this.name}`);
  }

  async start(membership: keyof typeof MEMBERSHIPS): Promise<void> {
    const config = {
      ...SETTINGS,
      ...MEMBERSHIPS[membership],
      "bootstrap.servers": this.broker.bootstrap,
      "client.id": this.name,
      "state.dir": this.stateFolder,
    };
    const args = Object.entries(config).map(([key, value]) => `${key}=${value}`);
    this.program = await RunningProgram.start(
      `the ${this.name} instance`,
      joinPath(this.folder, `${this.name}.log`),
      [...javaCommand(HEAP_MIB, "warn"), "WordCount", "lines", "counts", membership, ...args],
      /^CREATED|^REBALANCING|^RUNNING/,
    );
  }

  async says(line: RegExp): Promise<void> {
    await this.program!.says(line);
  }

  async stop(): Promise<void> {
    await this.program!.stop();
    await this.program!.says(/^closed$/);
  }

  /** Removes its stores. */
  forget(): Promise<void> {
    return removeFolder(this.stateFolder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program?.kill();
  }
}

/** What is written, and what is to be counted of it. */
class Input {
  private readonly random = new SeededRandom(SEED);
  private readonly expected = new Map<string, number>();
  private words = 0;

  constructor(private readonly broker: Subject, private readonly path: string) {}

  /** Writes a piece. */
  async write(): Promise<void> {
    const lines = Array.from({ length: PIECE.lines }, () => this.line());
    await Deno.writeTextFile(this.path, lines.join(""));
    await mustRun(["kcat", "-P", "-b", this.broker.bootstrap, "-t", "lines", "-l", this.path]);
  }

  /** Writes a piece, and returns as soon as some words of it are counted. */
  async writeAndLeaveUndone(): Promise<string> {
    const before = this.words;
    await this.write();
    const sum = await this.counted(before + 1);
    return `when ${sum - before} of ${this.words - before} words were counted`;
  }

  private line(): string {
    const words = Array.from({ length: PIECE.wordsPerLine }, () => {
      // Some words are frequent, most are rare.
      const word = `word${Math.floor(VOCABULARY * this.random.fraction() ** 3)}`;
      this.expected.set(word, (this.expected.get(word) ?? 0) + 1);
      this.words++;
      return word;
    });
    return `${words.join(" ")}\n`;
  }

  /** Waits until so many words are counted. Returns how many are. */
  counted(words = this.words): Promise<number> {
    return eventually(`${words} words are counted`, async (say) => {
      const counts = await readCounts(this.broker, "counts", "%s");
      const sum = counts.values().reduce((total, count) => total + count, 0);
      say(`${sum}`);
      return sum >= words ? sum : undefined;
    });
  }

  /** Both the output and the changelog end with the counts of the input. */
  async requireCounts(): Promise<string> {
    for (const [topic, form] of [["counts", "%s"], [CHANGELOG, "q"]]) {
      const found = await readCounts(this.broker, topic, form);
      for (const [word, count] of this.expected) {
        requireTrue(
          found.get(word) === count,
          `${topic} has ${found.get(word)} for ${word}, which the input has ${count} times`,
        );
      }
      requireTrue(found.size === this.expected.size, `${topic} has words that the input has not`);
    }
    return `${this.words} words, ${this.expected.size} distinct ones`;
  }
}

/**
 * The last count of each word in a topic.
 * Throws `CheckError` where a later count of a word is not higher: it went back, or was made twice.
 */
async function readCounts(
  { bootstrap }: Subject,
  topic: string,
  form: string,
): Promise<Map<string, number>> {
  const unpack = form === "%s" ? [] : ["-s", `value=${form}`];
  const args = ["-b", bootstrap, "-t", topic, "-o", "beginning", "-f", "%k %s\n"];
  const output = await mustRun(["kcat", "-C", "-q", "-e", ...unpack, ...args]);
  const counts = new Map<string, number>();
  for (const line of new TextDecoder().decode(output).split("\n").filter((each) => each !== "")) {
    const [word, text] = line.split(" ");
    const count = Number(text);
    const last = counts.get(word) ?? 0;
    if (!(count > last)) throw new CheckError(`${topic}: ${text} comes after ${last} for ${word}`);
    counts.set(word, count);
  }
  return counts;
}

/** The application has made its topics as it needs them. */
async function requireTopics({ bootstrap }: Subject, tools: KafkaTools): Promise<string> {
  const policies = { [REPARTITION]: "delete", [CHANGELOG]: "compact" };
  for (const [topic, policy] of Object.entries(policies)) {
    const args = ["--bootstrap-server", bootstrap, "--describe", "--topic", topic];
    const output = await tools.mustRun("kafka-topics", args);
    const isThere = new RegExp(
      `PartitionCount: ${PARTITIONS}\\b.*\\bConfigs: .*\\bcleanup\\.policy=${policy}(,|\n)`,
    );
    requireTrue(isThere.test(output), `${topic} is ${output}`);
  }
  return `${Object.keys(policies).join(", ")}`;
}

/** Streams has deleted records that it needs no more, of each partition. */
async function requirePurged({ bootstrap }: Subject): Promise<string> {
  let deleted = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const query = ["-t", `${REPARTITION}:${partition}:-2`];
    const output = new TextDecoder().decode(
      await mustRun(["kcat", "-Q", "-b", bootstrap, ...query]),
    );
    const offset = Number(/offset (\d+)/.exec(output)?.[1]);
    requireTrue(offset > 0, `partition ${partition} begins as it began: ${output.trim()}`);
    deleted += offset;
  }
  return `${deleted} records`;
}
