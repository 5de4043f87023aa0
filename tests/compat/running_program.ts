/** A program that runs beside the checks, says on its output how far it is, and is stopped in the end. */
import { PROJECT } from "./paths.ts";
import { ProgramError } from "./processes.ts";

/** How long a program may take to say what is waited for, and to stop, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** How many lines are kept that nobody has waited for yet. */
const LINES_MAX = 1000;

interface Waiter {
  readonly line: RegExp;
  readonly said: PromiseWithResolvers<string>;
}

/** A program that runs. Leaving the scope of `await using` ends it at once, if it still does. */
export class RunningProgram implements AsyncDisposable {
  private readonly output: Promise<void>;
  private lines: string[] = [];
  private waiter: Waiter | undefined;
  private ended: ProgramError | undefined;

  private constructor(
    readonly name: string,
    private readonly logPath: string,
    private readonly child: Deno.ChildProcess,
    private readonly log: Deno.FsFile,
  ) {
    this.output = Promise.all([this.keep(child.stdout), this.keep(child.stderr)])
      .then(() => log.close());
    child.status.then(async ({ code, signal }) => {
      await this.output;
      this.ended = new ProgramError(`${name} ended with ${signal ?? code}; see ${logPath}`);
      this.waiter?.said.reject(this.ended);
    });
  }

  /**
   * Starts a program and waits for the line that says it serves. What it writes is added to a file.
   * Throws `ProgramError` where it ends, or does not say so in time.
   */
  static async start(
    name: string,
    logPath: string,
    command: readonly string[],
    readyLine: RegExp,
    timeoutMs = TIMEOUT_MS,
  ): Promise<RunningProgram> {
    const log = await Deno.open(logPath, { create: true, append: true });
    const [program, ...args] = command;
    const child = new Deno.Command(program, {
      args,
      cwd: PROJECT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const running = new RunningProgram(name, logPath, child, log);
    try {
      await running.says(readyLine, timeoutMs);
      return running;
    } catch (error) {
      await running.kill();
      throw error;
    }
  }

  /**
   * Waits for a line, be it said already, and forgets it with all before it. One may wait at a time.
   * Throws `ProgramError` where the program ends, or does not say it in time.
   */
  async says(line: RegExp, timeoutMs = TIMEOUT_MS): Promise<string> {
    const said = Promise.withResolvers<string>();
    const { name, logPath } = this;
    const timer = setTimeout(() => {
      said.reject(
        new ProgramError(`${name} does not say ${line} within ${timeoutMs} ms; see ${logPath}`),
      );
    }, timeoutMs);
    this.waiter = { line, said };
    this.look();
    if (this.ended !== undefined) said.reject(this.ended);
    try {
      return await said.promise;
    } finally {
      clearTimeout(timer);
      this.waiter = undefined;
    }
  }

  private look(): void {
    const { waiter, lines } = this;
    if (waiter === undefined) return;
    const at = lines.findIndex((line) => waiter.line.test(line));
    if (at < 0) return;
    this.waiter = undefined;
    this.lines = lines.slice(at + 1);
    waiter.said.resolve(lines[at]);
  }

  private async keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of stream) {
      this.log.writeSync(chunk);
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      this.lines = [...this.lines, ...lines].slice(-LINES_MAX);
      this.look();
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
