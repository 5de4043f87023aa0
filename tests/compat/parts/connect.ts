/**
 * `connect`: a distributed worker of Kafka Connect carries the lines of a file through a topic into
 * another file. Worker and broker are stopped in order in the middle of the work and started again.
 * The second file must have the lines of the first in their order, none lost. None may be there twice,
 * but for those that were under way when the broker stopped: a worker that misses its coordinator
 * stops its tasks, and they begin again at the offsets that they had committed.
 */
import { formatProperties } from "../../../lib/properties.ts";
import { joinPath } from "../../../lib/files.ts";
import { eventually } from "../eventually.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import { freePort, HOST, javaCommand } from "../nodes.ts";
import { dataFolder, emptyFolder } from "../paths.ts";
import { ProgramError } from "../processes.ts";
import { type Report, requireSame, requireTrue } from "../report.ts";
import { RunningProgram } from "../running_program.ts";
import { Subject } from "../subject.ts";

/** How many lines are added at a time. */
const PIECE_LINES = 20_000;

const TOPIC = "lines";

/** Connect's topics, with the number of partitions that they must have. */
const INTERNAL_TOPICS = { "connect-configs": 1, "connect-offsets": 5, "connect-status": 2 };

/** How long REST calls may take, in milliseconds. */
const CALL_TIMEOUT_MS = 30_000;

const HEAP_MIB = 256;

const WORKER_SETTINGS = {
  "group.id": "connect",
  "config.storage.topic": "connect-configs",
  "offset.storage.topic": "connect-offsets",
  "status.storage.topic": "connect-status",
  "config.storage.replication.factor": "1",
  "offset.storage.replication.factor": "1",
  "status.storage.replication.factor": "1",
  "offset.storage.partitions": String(INTERNAL_TOPICS["connect-offsets"]),
  "status.storage.partitions": String(INTERNAL_TOPICS["connect-status"]),
  "key.converter": "org.apache.kafka.connect.json.JsonConverter",
  "value.converter": "org.apache.kafka.connect.json.JsonConverter",
  "offset.flush.interval.ms": "500",
  "plugin.discovery": "service_load",
  // Or else a request that the broker had served when it stopped, unanswered, doubles its lines.
  "producer.enable.idempotence": "true",
};

export async function connect(report: Report, tools: KafkaTools): Promise<void> {
  const folder = await emptyFolder(dataFolder("connect"));
  await using broker = await Subject.start(folder);
  const describe = (topic: string) => {
    const args = ["--bootstrap-server", broker.bootstrap, "--describe", "--topic", topic];
    return tools.mustRun("kafka-topics", args);
  };
  await tools.mustRun("kafka-topics", [
    "--bootstrap-server",
    broker.bootstrap,
    ...["--create", "--topic", TOPIC, "--partitions", "1"],
  ]);
  const files = new Files(folder);
  await using worker = await Worker.in(folder, broker);
  const topicIds = new Map<string, string>();

  await report.checkInOrder({
    "a worker makes its three topics, compacted": async () => {
      await worker.start();
      for (const [topic, partitions] of Object.entries(INTERNAL_TOPICS)) {
        const output = await describe(topic);
        const isRight = output.includes(`PartitionCount: ${partitions}\t`) &&
          /Configs: .*\bcleanup\.policy=compact(,|\n)/.test(output);
        requireTrue(isRight, output);
        topicIds.set(topic, topicIdOf(output));
      }
      return Object.keys(INTERNAL_TOPICS).join(", ");
    },
    "a file goes through a topic into a file": async () => {
      await files.write();
      await worker.create("source", {
        "connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector",
        file: files.source,
        topic: TOPIC,
      });
      await worker.create("sink", {
        "connector.class": "org.apache.kafka.connect.file.FileStreamSinkConnector",
        file: files.sink,
        topics: TOPIC,
      });
      await worker.allRun();
      return await files.requireArrived();
    },
    "none is lost or repeated when the worker restarts": async () => {
      const detail = await files.writeAndLeaveUndone();
      await worker.stop();
      await files.write();
      await worker.start();
      await worker.allRun();
      return `${await files.requireArrived()}, stopped ${detail}`;
    },
    "none is lost when the broker restarts": async () => {
      const detail = await files.writeAndLeaveUndone();
      await broker.restart(() => files.write());
      const arrived = await files.requireArrived(true);
      await worker.allRun();
      return `${arrived}, stopped ${detail}`;
    },
    "none is lost or repeated when broker and worker restart with nothing under way": async () => {
      await worker.stop();
      await broker.restart();
      await files.write();
      await worker.start();
      await worker.allRun();
      return await files.requireArrived();
    },
    "Connect's offsets are those of the files": async () => {
      await worker.requireOffset("source", "position", (await Deno.stat(files.source)).size);
      const args = ["--bootstrap-server", broker.bootstrap, "--topic", TOPIC];
      const end = Number((await tools.mustRun("kafka-get-offsets", args)).trim().split(":")[2]);
      await worker.requireOffset("sink", "kafka_offset", end);
    },
    "the worker has kept its topics": async () => {
      for (const [topic, id] of topicIds) {
        requireSame(topicIdOf(await describe(topic)), id, `topic id of ${topic}`);
      }
    },
    "the worker stops in order": () => worker.stop(),
    "the broker stops in order": () => broker.stop(),
  });
}

function topicIdOf(description: string): string {
  return /TopicId: (\S+)/.exec(description)?.[1] ?? `none in ${description}`;
}

/** What has arrived in the second file. */
interface Arrived {
  /** How many lines of the source are there. */
  readonly lines: number;
  /** How many stand there once more. */
  readonly repeated: number;
}

/** The file that is read, and the one that is written. */
class Files {
  readonly source: string;
  readonly sink: string;
  private lines = 0;
  /** How many lines may have been repeated so far. */
  private repeated = 0;

  constructor(folder: string) {
    this.source = joinPath(folder, "source.txt");
    this.sink = joinPath(folder, "sink.txt");
  }

  /** Adds lines to the source. */
  async write(): Promise<void> {
    const lines = Array.from({ length: PIECE_LINES }, () => `line ${++this.lines}\n`);
    await Deno.writeTextFile(this.source, lines.join(""), { append: true });
  }

  /** Adds lines to the source, and returns as soon as some of them are in the sink. */
  async writeAndLeaveUndone(): Promise<string> {
    const before = this.lines;
    await this.write();
    const { lines } = await this.arrival(before + 1);
    return `when ${lines - before} of ${this.lines - before} lines had arrived`;
  }

  /** Waits for all lines of the source. `mayRepeat` allows for lines that arrive once more. */
  async requireArrived(mayRepeat = false): Promise<string> {
    const { repeated } = await this.arrival(this.lines);
    const more = repeated - this.repeated;
    requireTrue(mayRepeat || more === 0, `${more} lines arrived twice`);
    this.repeated = repeated;
    return `${this.lines} lines${more > 0 ? `, ${more} of them twice` : ""}`;
  }

  private arrival(count: number): Promise<Arrived> {
    return eventually(`${count} lines arrive`, async (say) => {
      const text = await Deno.readTextFile(this.sink).catch(() => ""); // Connect makes it.
      const arrived = arrivedIn(text.split("\n").slice(0, -1));
      say(`${arrived.lines}`);
      return arrived.lines >= count ? arrived : undefined;
    });
  }
}

/** Follows the lines of the sink: each is the next one of the source, or one that was there before. */
function arrivedIn(sink: readonly string[]): Arrived {
  let lines = 0;
  for (const line of sink) {
    const number = Number(/^line (\d+)$/.exec(line)?.[1]);
    requireTrue(number <= lines + 1, `${line} arrives after line ${lines}`);
    lines = Math.max(lines, number);
  }
  return { lines, repeated: sink.length - lines };
}

/** A worker, with its REST interface. */
class Worker implements AsyncDisposable {
  private program: RunningProgram | undefined;

  private constructor(private readonly config: string, private readonly url: string) {}

  static async in(folder: string, { bootstrap }: Subject): Promise<Worker> {
    const config = joinPath(folder, "worker.properties");
    const url = `http://${HOST}:${freePort()}`;
    const settings = { "bootstrap.servers": bootstrap, listeners: url, ...WORKER_SETTINGS };
    await Deno.writeTextFile(config, formatProperties(Object.entries(settings)));
    return new Worker(config, url);
  }

  /** Starts it, and waits until it has its topics and its group (KIP-1017). */
  async start(): Promise<void> {
    this.program = await RunningProgram.start(
      "Kafka Connect",
      `${this.config}.log`,
      [
        ...javaCommand(HEAP_MIB, "info"),
        "ConnectWorker",
        this.config,
      ],
      /^the worker has started$/,
    );
    await eventually("the worker is healthy", async (say) => {
      const { status, answer } = await this.call("GET", "health");
      say(`${status} ${answer}`);
      return status === 200 ? true : undefined;
    });
  }

  async stop(): Promise<void> {
    await this.program!.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program?.kill();
  }

  /** Calls the REST interface. Returns the status and the answer. */
  private async call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; answer: string }> {
    const response = await fetch(`${this.url}/${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    return { status: response.status, answer: await response.text() };
  }

  /** Creates a connector with one task. */
  create(name: string, config: Readonly<Record<string, string>>): Promise<true> {
    return eventually(`${name} is created`, async (say) => {
      const whole = { "tasks.max": "1", ...config };
      const { status, answer } = await this.call("POST", "connectors", { name, config: whole });
      if (status === 201) return true;
      // A rebalance is in progress: the caller is to ask again.
      if (status !== 409) throw new ProgramError(`Kafka Connect answers ${status}: ${answer}`);
      say(answer);
    });
  }

  /** Waits until both connectors run, with one task each. */
  allRun(): Promise<string> {
    return eventually("source and sink run", async (say) => {
      const { answer } = await this.call("GET", "connectors?expand=status");
      say(answer);
      const states = [...answer.matchAll(/"state":"(\w+)"/g)].map(([, state]) => state);
      if (states.includes("FAILED")) throw new ProgramError(`a task failed: ${answer}`);
      return states.length === 4 && states.every((state) => state === "RUNNING")
        ? answer
        : undefined;
    });
  }

  /** Waits until a connector's one offset has been committed. */
  async requireOffset(name: string, field: string, value: number): Promise<void> {
    await eventually(`the offset of ${name} is ${value}`, async (say) => {
      const { answer } = await this.call("GET", `connectors/${name}/offsets`);
      say(answer);
      return answer.includes(`"offset":{"${field}":${value}}`) ? true : undefined;
    });
  }
}
