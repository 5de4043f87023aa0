/** Apache Kafka's command-line tools, run one after the other by one Java virtual machine. */
import { javaCommand } from "./nodes.ts";
import { ProgramError } from "./processes.ts";

/** The tools by the names of their scripts. */
const CLASSES = {
  "kafka-acls": "org.apache.kafka.tools.AclCommand",
  "kafka-broker-api-versions": "org.apache.kafka.tools.BrokerApiVersionsCommand",
  "kafka-cluster": "org.apache.kafka.tools.ClusterTool",
  "kafka-configs": "kafka.admin.ConfigCommand",
  "kafka-console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
  "kafka-console-producer": "org.apache.kafka.tools.ConsoleProducer",
  "kafka-consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
  "kafka-consumer-perf-test": "org.apache.kafka.tools.ConsumerPerformance",
  "kafka-delete-records": "org.apache.kafka.tools.DeleteRecordsCommand",
  "kafka-dump-log": "org.apache.kafka.tools.DumpLogSegments",
  "kafka-features": "org.apache.kafka.tools.FeatureCommand",
  "kafka-get-offsets": "org.apache.kafka.tools.GetOffsetShell",
  "kafka-groups": "org.apache.kafka.tools.GroupsCommand",
  "kafka-leader-election": "org.apache.kafka.tools.LeaderElectionCommand",
  "kafka-log-dirs": "org.apache.kafka.tools.LogDirsCommand",
  "kafka-metadata-quorum": "org.apache.kafka.tools.MetadataQuorumCommand",
  "kafka-reassign-partitions": "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
  "kafka-topics": "org.apache.kafka.tools.TopicCommand",
} as const;

export type KafkaTool = keyof typeof CLASSES;

/** How long one command may take, in milliseconds. */
const COMMAND_TIMEOUT_MS = 300_000;

const HEAP_MIB = 1024;

export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Each word in base64 behind a letter, so that an empty one is a word as well. */
const encodeWord = (text: string) => `=${new TextEncoder().encode(text).toBase64()}`;
const decodeWord = (word: string) => new TextDecoder().decode(Uint8Array.fromBase64(word.slice(1)));

export class KafkaTools {
  private readonly child: Deno.ChildProcess;
  private readonly input: WritableStreamDefaultWriter<Uint8Array>;
  private readonly answers: AsyncIterator<string>;

  constructor() {
    const [program, ...args] = [...javaCommand(HEAP_MIB, "warn"), "ToolServer"];
    this.child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.input = this.child.stdin.getWriter();
    this.answers = lines(this.child.stdout);
  }

  /** Runs a tool. Throws `ProgramError` where it does not end. */
  async run(tool: KafkaTool, args: readonly string[], input = ""): Promise<ToolResult> {
    const words = [input, CLASSES[tool], ...args].map(encodeWord);
    await this.input.write(new TextEncoder().encode(`${words.join(" ")}\n`));
    const timer = setTimeout(() => this.child.kill("SIGKILL"), COMMAND_TIMEOUT_MS);
    try {
      const answer = await this.answers.next();
      if (answer.done) {
        throw new ProgramError(`${tool} ended the virtual machine or took too long`);
      }
      const [code, stdout, stderr] = answer.value.split(" ");
      return { code: Number(code), stdout: decodeWord(stdout), stderr: decodeWord(stderr) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs a tool that must succeed. Returns what it wrote to its standard output. */
  async mustRun(tool: KafkaTool, args: readonly string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await this.run(tool, args, input);
    if (code === 0) return stdout;
    throw new ProgramError(`${tool} ended with ${code}: ${stderr}${stdout}`);
  }

  async close(): Promise<void> {
    await this.input.close().catch(() => {}); // It may have ended by itself.
    await this.child.status;
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest: string[] = [];
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const [first, ...others] = text.split("\n");
    rest.push(first);
    for (const next of others) {
      yield rest.join("");
      rest = [next];
    }
  }
}
