/**
 * The two brokers as processes of their own, started with the same configuration: Takhin by the
 * command that its users have, and Apache Kafka 4.3.1.
 */
import { formatProperties } from "../../lib/properties.ts";
import { joinPath } from "../../lib/files.ts";
import { systemRandom } from "../../lib/random.ts";
import { CLASS_PATH } from "./install/mod.ts";
import { ownFile, PROJECT } from "./paths.ts";
import { mustRun } from "./processes.ts";
import { RunningProgram } from "./running_program.ts";

export const HOST = "127.0.0.1";

/**
 * Ports of nodes lie below those that systems give to outgoing connections: a node that was killed
 * must find its own port free again.
 */
const PORT_MIN = 15_000;
const PORT_MAX = 30_000;

/** A port that nobody listens on. */
export function freePort(): number {
  for (;;) {
    const port = PORT_MIN + Math.floor(systemRandom.fraction() * (PORT_MAX - PORT_MIN));
    try {
      Deno.listen({ hostname: HOST, port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Where a node lies and listens; the same for every start of it. */
export interface NodeSite {
  readonly port: number;
  readonly controllerPort: number;
  /** The file that it is started with. */
  readonly config: string;
  /** Its `log.dirs`. */
  readonly data: string;
}

/** Writes the configuration of a node of broker and controller, in the form that Kafka's users have. */
export async function makeSite(
  folder: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<NodeSite> {
  await Deno.mkdir(folder, { recursive: true });
  const port = freePort();
  const controllerPort = freePort();
  const data = joinPath(folder, "logs");
  const config = joinPath(folder, "server.properties");
  await Deno.writeTextFile(
    config,
    formatProperties(Object.entries({
      "process.roles": "broker,controller",
      "node.id": "1",
      "controller.quorum.voters": `1@${HOST}:${controllerPort}`,
      "listeners": `PLAINTEXT://${HOST}:${port},CONTROLLER://${HOST}:${controllerPort}`,
      "advertised.listeners": `PLAINTEXT://${HOST}:${port}`,
      "controller.listener.names": "CONTROLLER",
      "inter.broker.listener.name": "PLAINTEXT",
      "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
      "log.dirs": data,
      "offsets.topic.replication.factor": "1",
      "transaction.state.log.replication.factor": "1",
      "transaction.state.log.min.isr": "1",
      "share.coordinator.state.topic.replication.factor": "1",
      "share.coordinator.state.topic.min.isr": "1",
      "group.initial.rebalance.delay.ms": "0",
      // The records' timestamps are years old.
      "log.retention.ms": "-1",
      ...extra,
    })),
  );
  return { port, controllerPort, config, data };
}

/** A node that runs. Leaving the scope of `await using` ends it at once, if it still does. */
export class RunningNode implements AsyncDisposable {
  private constructor(readonly site: NodeSite, private readonly program: RunningProgram) {}

  /** Starts a program and waits for the line that says it serves. */
  static async start(
    name: string,
    site: NodeSite,
    command: readonly string[],
    readyLine: RegExp,
  ): Promise<RunningNode> {
    const log = `${site.config}.log`;
    return new RunningNode(site, await RunningProgram.start(name, log, command, readyLine));
  }

  get name(): string {
    return this.program.name;
  }

  /** `HOST:PORT` for clients. */
  get bootstrap(): string {
    return `${HOST}:${this.site.port}`;
  }

  get host(): string {
    return HOST;
  }

  get port(): number {
    return this.site.port;
  }

  /** Asks it to stop, and waits. Throws `ProgramError` where it does not do so in order. */
  stop(): Promise<void> {
    return this.program.stop();
  }

  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void> {
    return this.program.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** Starts Takhin as `deno task start` does. */
export async function startTakhin(site: NodeSite): Promise<RunningNode> {
  const [deno, ...args] = await takhinCommand();
  return RunningNode.start(
    "Takhin",
    site,
    [deno, ...args, "start", "--config", site.config],
    /takhin is ready/,
  );
}

/** The program with the permissions that its users give it; a command of it follows. */
export async function takhinCommand(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(joinPath(PROJECT, "deno.json")));
  const [, ...args] = String(tasks.takhin).split(" ");
  return [Deno.execPath(), ...args];
}

/** The arguments of a Java virtual machine that sees Kafka's classes. */
export function javaCommand(heapMiB: number, logLevel: string): string[] {
  return [
    "java",
    `-Xmx${heapMiB}m`,
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    `-Dcompat.log.level=${logLevel}`,
    `-Dlog4j2.configurationFile=${ownFile("install/log4j2.properties")}`,
    "-cp",
    CLASS_PATH,
  ];
}

/** Starts Apache Kafka; a folder that is not there yet is formatted. */
export async function startKafka(site: NodeSite): Promise<RunningNode> {
  const formatted = await Deno.stat(joinPath(site.data, "meta.properties")).catch(() => null);
  if (formatted === null) {
    const clusterId = crypto.getRandomValues(new Uint8Array(16)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
    await mustRun([
      ...javaCommand(256, "warn"),
      "kafka.tools.StorageTool",
      "format",
      `--cluster-id=${clusterId}`,
      `--config=${site.config}`,
    ]);
  }
  return RunningNode.start(
    "Apache Kafka",
    site,
    [...javaCommand(1024, "info"), "kafka.Kafka", site.config],
    /Kafka Server started/,
  );
}
