/** A broker under test: a process of its own that listens on loopback. */
import { ClientConnection, ConnectionError } from "../../client/connection.ts";
import { ClusterClient, requireNoError } from "../../client/cluster.ts";
import { ListOffsets } from "../../protocol/messages/02_list_offsets.ts";
import { Metadata } from "../../protocol/messages/03_metadata.ts";
import { CreateTopics } from "../../protocol/messages/19_create_topics.ts";
import { DeleteTopics } from "../../protocol/messages/20_delete_topics.ts";
import { ProgramError } from "../programs.ts";

/** How long a broker may take to answer, and to stop, in milliseconds. */
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;

/** How often a starting broker is asked, in milliseconds. */
const ASK_AGAIN_MS = 2;

/** Every broker in the field answers this version of Metadata. */
const METADATA_VERSION = 12;

/** ListOffsets' timestamp that stands for the beginning of the log. */
const EARLIEST_TIMESTAMP = -2;

const TOPIC_TIMEOUT_MS = 60_000;

/** Which broker, and how it is started. */
export interface BrokerKind {
  readonly name: string;
  /** Prepares an empty folder, once. */
  prepare(folder: string): Promise<void>;
  /** What is run for a broker in a prepared folder that listens on `port`. */
  command(folder: string, port: number): Deno.Command;
}

/** A port that nobody uses at present. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class Broker {
  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly process: Deno.ChildProcess,
    /** From the launch to the first answer to Metadata that names a broker, in milliseconds. */
    readonly startMs: number,
  ) {}

  /** Starts a broker in a prepared folder and waits until it answers. Throws `ProgramError`. */
  static async start(kind: BrokerKind, folder: string): Promise<Broker> {
    const port = freePort();
    const command = kind.command(folder, port);
    const launched = performance.now();
    const process = command.spawn();
    let ended = false;
    process.status.then(() => ended = true);
    while (!await answers(port)) {
      if (ended) throw new ProgramError(`${kind.name} ended before it answered; see ${folder}`);
      if (performance.now() - launched > START_MS_MAX) {
        process.kill("SIGKILL");
        throw new ProgramError(`${kind.name} does not answer; see ${folder}`);
      }
      await pause(ASK_AGAIN_MS);
    }
    return new Broker(kind.name, port, process, performance.now() - launched);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.process.pid;
  }

  private async withClient<T>(use: (client: ClusterClient) => Promise<T>): Promise<T> {
    const client = new ClusterClient({
      bootstrapServers: this.address,
      clientId: "takhin-bench",
      requestTimeoutMs: TOPIC_TIMEOUT_MS,
    });
    try {
      return await use(client);
    } finally {
      client.close();
    }
  }

  /**
   * Makes a topic and waits until all its partitions are served: Kafka tells of leaders in Metadata
   * before it has made their logs. Throws `KafkaError`.
   */
  createTopic(name: string, numPartitions = 1): Promise<void> {
    return this.withClient(async (client) => {
      const { topics } = await client.ask(CreateTopics, {
        // Deleted files give their space back soon.
        topics: [{
          name,
          numPartitions,
          replicationFactor: 1,
          configs: [{ name: "file.delete.delay.ms", value: "1000" }],
        }],
        timeoutMs: TOPIC_TIMEOUT_MS,
      });
      requireNoError(topics[0].errorCode, topics[0].errorMessage);
      const question = {
        replicaId: -1,
        topics: [{
          name,
          partitions: Array.from({ length: numPartitions }, (_, partitionIndex) => ({
            partitionIndex,
            timestamp: EARLIEST_TIMESTAMP,
          })),
        }],
      };
      for (;;) {
        const [topic] = (await client.ask(ListOffsets, question)).topics;
        if (topic.partitions.every(({ errorCode }) => errorCode === 0)) return;
        await pause(ASK_AGAIN_MS);
      }
    });
  }

  deleteTopic(name: string): Promise<void> {
    return this.withClient(async (client) => {
      const { responses } = await client.ask(DeleteTopics, {
        topics: [{ name }],
        topicNames: [name],
        timeoutMs: TOPIC_TIMEOUT_MS,
      });
      requireNoError(responses[0].errorCode, responses[0].errorMessage);
    });
  }

  /** Stops the broker in order, or at once where it takes too long. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.process.kill("SIGKILL"), STOP_MS_MAX);
    this.process.kill("SIGTERM");
    await this.process.status;
    clearTimeout(timer);
  }
}

/** Whether Metadata is answered with a broker in it. */
async function answers(port: number): Promise<boolean> {
  let connection: ClientConnection;
  try {
    connection = await ClientConnection.connect({ host: "127.0.0.1", port, clientId: "bench" });
  } catch (error) {
    if (error instanceof ConnectionError) return false;
    throw error;
  }
  try {
    const { brokers } = await connection.request(Metadata, METADATA_VERSION, { topics: [] });
    return brokers.length > 0;
  } catch (error) {
    if (error instanceof ConnectionError) return false;
    throw error;
  } finally {
    connection.close();
  }
}
