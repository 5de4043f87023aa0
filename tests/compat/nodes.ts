/**
 * The two brokers as processes of their own, started with the same configuration: Takhin by the
 * command that its users have, and Apache Kafka 4.3.1.
 */
import { formatProperties } from "../../lib/properties.ts";
import { joinPath } from "../../lib/files.ts";
import { systemRandom } from "../../lib/random.ts";
import { CLASS_PATH } from "./install/mod.ts";
import { ownFile, PROJECT } from "./paths.ts";
import { mustRun, ProgramError } from "./processes.ts";

/** How long a node may take to start or to stop, in milliseconds. */
const TIMEOUT_MS = 60_000;

export const HOST = "127.0.0.1";

/**
 * Ports of nodes lie below those that systems give to outgoing connections: a node that was killed
 * must find its own port free again.
 */
const PORT_MIN = 15_000;
const PORT_MAX = 30_000;

/** A port that nobody listens on. */
function freePort(): number {
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
  private readonly output: Promise<void>;

  private constructor(
    readonly name: string,
    readonly site: NodeSite,
    private readonly child: Deno.ChildProcess,
    private readonly log: Deno.FsFile,
    private readonly ready: PromiseWithResolvers<void>,
    readyLine: RegExp,
  ) {
    this.output = Promise.all([
      this.keep(child.stdout, readyLine),
      this.keep(child.stderr, readyLine),
    ]).then(() => log.close());
    child.status.then(({ code, signal }) => {
      ready.reject(new ProgramError(`${name} ended with ${signal ?? code}; see ${this.logPath}`));
    });
    ready.promise.catch(() => {}); // Only `start` waits for it.
  }

  /** Starts a program and waits for the line that says it serves. */
  static async start(
    name: string,
    site: NodeSite,
    command: readonly string[],
    readyLine: RegExp,
  ): Promise<RunningNode> {
    const log = await Deno.open(`${site.config}.log`, { create: true, append: true });
    const [program, ...args] = command;
    const child = new Deno.Command(program, {
      args,
      cwd: PROJECT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const ready = Promise.withResolvers<void>();
    const node = new RunningNode(name, site, child, log, ready, readyLine);
    const timer = setTimeout(() => {
      ready.reject(new ProgramError(`${name} does not start; see ${node.logPath}`));
    }, TIMEOUT_MS);
    try {
      await ready.promise;
      return node;
    } catch (error) {
      await node.kill();
      throw error;
    } finally {
      clearTimeout(timer);
    }
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

  private get logPath(): string {
    return `${this.site.config}.log`;
  }

  private async keep(stream: ReadableStream<Uint8Array>, readyLine: RegExp): Promise<void> {
    const decoder = new TextDecoder();
    let seen = "";
    for await (const chunk of stream) {
      this.log.writeSync(chunk);
      seen = seen.slice(-200) + decoder.decode(chunk, { stream: true });
      if (readyLine.test(seen)) this.ready.resolve();
    }
  }

  /** Asks it to stop, and waits. Throws `ProgramError` where it does not do so in order. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.kill(), TIMEOUT_MS);
    const { code, signal } = await this.child.status;
    clearTimeout(timer);
    await this.output;
    // Java says 128 + 15 even after a stop in order.
    if (signal === null && (code === 0 || code === 143)) return;
    throw new ProgramError(`${this.name} stopped with ${signal ?? code}; see ${this.logPath}`);
  }

  /** Ends it at once, as `kill -9` does. */
  async kill(): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.child.status;
    await this.output;
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
