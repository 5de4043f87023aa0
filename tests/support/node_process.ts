/** A running node: `takhin start` as a process of its own, on a free port. */
import { ClusterClient, parseAddress } from "../../client/cluster.ts";
import { type ProgramOptions, startProgram } from "./program.ts";

/** A line of the structured log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface NodeOptions extends ProgramOptions {
  readonly dataFolder: string;
  /** Broker configs besides `log.dirs` and `listeners`, or instead of them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further arguments of `start`. */
  readonly arguments?: readonly string[];
}

/** What is not logged by then never is, in milliseconds. */
const LOG_MS_MAX = 60_000;

interface Waiter {
  readonly matches: (line: LogLine) => boolean;
  readonly resolve: (line: LogLine) => void;
  readonly reject: (error: Error) => void;
}

export class NodeProcess implements AsyncDisposable {
  /** What the node has logged so far. */
  readonly log: LogLine[] = [];
  private readonly waiters = new Set<Waiter>();
  private readonly output: Promise<void>;
  private readonly errors: Promise<string>;
  private isRunning = true;
  /** Set once the log has ended. */
  private failure: Error | null = null;

  private constructor(private readonly process: Deno.ChildProcess) {
    this.output = this.readLog();
    this.errors = new Response(process.stderr).text();
    process.status.then(() => this.isRunning = false);
  }

  /** Starts a node and fulfils once it answers. Throws with its last words where it ends before. */
  static async start(options: NodeOptions): Promise<NodeProcess> {
    const { dataFolder, settings = {}, arguments: more = [] } = options;
    const configs = {
      "listeners": "PLAINTEXT://127.0.0.1:0",
      "log.dirs": dataFolder,
      ...settings,
    };
    const args = Object.entries(configs).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    const process = await startProgram(["start", ...args, ...more], options, "null");
    const node = new NodeProcess(process);
    try {
      await node.logged("takhin is ready");
      await node.withClient((client) => client.metadata(null));
      return node;
    } catch (error) {
      await node.kill();
      throw error;
    }
  }

  private async readLog(): Promise<void> {
    let rest = "";
    for await (const text of this.process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.take(JSON.parse(line));
    }
    this.failure = new Error(`the node ended: ${await this.errors}`);
    for (const { reject } of this.waiters) reject(this.failure);
  }

  private take(line: LogLine): void {
    this.log.push(line);
    for (const waiter of this.waiters) {
      if (waiter.matches(line)) waiter.resolve(line);
    }
  }

  /**
   * The first log line with this message that has these fields, as soon as it is there. Throws
   * where the node ends without.
   */
  logged(message: string, fields: Readonly<Record<string, unknown>> = {}): Promise<LogLine> {
    return this.loggedWhere((line) =>
      line.message === message &&
      Object.entries(fields).every(([name, value]) => line[name] === value)
    );
  }

  /** The same for any condition. */
  loggedWhere(matches: (line: LogLine) => boolean): Promise<LogLine> {
    const found = this.log.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      const late = () => waiter.reject(new Error(`not logged within ${LOG_MS_MAX} ms: ${matches}`));
      const limit = setTimeout(late, LOG_MS_MAX);
      const settle = <T>(how: (value: T) => void) => (value: T) => {
        clearTimeout(limit);
        this.waiters.delete(waiter);
        how(value);
      };
      const waiter = { matches, resolve: settle(resolve), reject: settle(reject) };
      this.waiters.add(waiter);
    });
  }

  get pid(): number {
    return this.process.pid;
  }

  /** `host:port` of the first listener. */
  get address(): string {
    const ready = this.log.find(({ message }) => message === "takhin is ready")!;
    return (ready.listeners as string[])[0].split("://")[1];
  }

  get host(): string {
    return parseAddress(this.address).host;
  }

  get port(): number {
    return parseAddress(this.address).port;
  }

  /** A client of the node, to be closed. */
  client(): ClusterClient {
    return new ClusterClient({ bootstrapServers: this.address, clientId: "takhin-test" });
  }

  /** Runs something with a client that is closed afterwards. */
  async withClient<T>(run: (client: ClusterClient) => Promise<T>): Promise<T> {
    const client = this.client();
    try {
      return await run(client);
    } finally {
      client.close();
    }
  }

  /** The memory that the process holds at present, in bytes. */
  async residentBytes(): Promise<number> {
    // Deno itself opens /proc only with all permissions; `ps` is not there on every Linux.
    const [program, ...args] = Deno.build.os === "linux"
      ? ["cat", `/proc/${this.pid}/status`]
      : ["ps", "-o", "rss=", "-p", String(this.pid)];
    const { stdout } = await new Deno.Command(program, { args }).output();
    const text = new TextDecoder().decode(stdout);
    return Number(/^(?:VmRSS:)?\s*(\d+)(?: kB)?$/m.exec(text)![1]) * 1024;
  }

  /** Asks the node to stop and fulfils with its exit code. */
  async stop(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<number> {
    if (this.isRunning) this.process.kill(signal);
    return await this.ended();
  }

  /** Ends the node at once, as a crash would. */
  async kill(): Promise<void> {
    if (this.isRunning) this.process.kill("SIGKILL");
    await this.ended();
  }

  private async ended(): Promise<number> {
    const { code } = await this.process.status;
    await this.output;
    await this.errors;
    return code;
  }

  /** What the node wrote to standard error, once it has ended. */
  get stderr(): Promise<string> {
    return this.errors;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
