/** A node in the test's own process: on a free port, with a data folder that goes with it. */
import { type Broker, startBroker, type StartOptions } from "../broker.ts";
import { ErrorCode, errorName } from "../../protocol/errors.ts";
import { CreateTopics } from "../../protocol/messages/19_create_topics.ts";
import { Metadata } from "../../protocol/messages/03_metadata.ts";
import { LogRecorder } from "./log_recorder.ts";
import { WireClient } from "./wire_client.ts";

export type Configs = Readonly<Record<string, string>>;

export class TestBroker implements AsyncDisposable {
  private readonly clients: WireClient[] = [];

  private constructor(
    readonly folder: string,
    readonly logger: LogRecorder,
    private configs: Configs,
    private running: Broker,
  ) {}

  static async start(
    configs: Configs = {},
    options: Omit<StartOptions, "config" | "logger"> = {},
  ): Promise<TestBroker> {
    const folder = await Deno.makeTempDir({ prefix: "takhin_" });
    const logger = new LogRecorder();
    const all = { "listeners": "PLAINTEXT://127.0.0.1:0", "log.dirs": folder, ...configs };
    try {
      const broker = await startBroker({ ...options, config: all, logger });
      return new TestBroker(folder, logger, all, broker);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  get broker(): Broker {
    return this.running;
  }

  get port(): number {
    return this.running.listeners[0].port;
  }

  /** Stops the node, in order or as a crash would, and starts it again in the same folder. */
  async restart({ crash = false, configs = {} as Configs } = {}): Promise<void> {
    if (crash) this.running.abandon();
    else await this.running.close();
    this.configs = { ...this.configs, ...configs };
    this.running = await startBroker({ config: this.configs, logger: this.logger });
  }

  /** A new connection; it is closed with the node. */
  async connect(clientId?: string | null): Promise<WireClient> {
    const client = await WireClient.connect(this.port, clientId);
    this.clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.clients) client[Symbol.dispose]();
    await this.running.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Makes a topic. Returns its id. */
export async function createTopic(
  client: WireClient,
  name: string,
  { partitions = 1, configs = {} as Configs } = {},
): Promise<string> {
  const { topics } = await client.request(CreateTopics, 7, {
    topics: [{
      name,
      numPartitions: partitions,
      replicationFactor: 1,
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    }],
    timeoutMs: 10_000,
  });
  const [{ errorCode, errorMessage, topicId }] = topics;
  if (errorCode !== ErrorCode.NONE) throw new Error(`${errorName(errorCode)}: ${errorMessage}`);
  return topicId;
}

/** The topics as Metadata tells them. */
export async function describeTopics(client: WireClient, ...names: string[]) {
  const { topics } = await client.request(Metadata, 12, {
    topics: names.map((name) => ({ name })),
    allowAutoTopicCreation: false,
  });
  return topics;
}
