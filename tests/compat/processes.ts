/** Foreign programs: run to their end, with what they wrote. */

/** How long a program may run where nothing else is said, in milliseconds. */
const TIMEOUT_MS = 300_000;

/** How much of a program's output an error quotes, in characters. */
const QUOTED_CHARS = 2000;

export interface Finished {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

export interface RunOptions {
  readonly timeoutMs?: number;
  readonly env?: Record<string, string>;
  /** A file that the program reads as its standard input. */
  readonly input?: string;
}

/** A program could not be run, or failed. */
export class ProgramError extends Error {
  override name = "ProgramError";
}

/** Runs a program to its end. Throws `ProgramError` where it is missing or takes too long. */
export async function run(
  [program, ...args]: readonly string[],
  { timeoutMs = TIMEOUT_MS, env, input }: RunOptions = {},
): Promise<Finished> {
  const abort = AbortSignal.timeout(timeoutMs);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      env,
      signal: abort,
      stdin: input === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new ProgramError(`${program} cannot be run: ${messageOf(error)}`);
  }
  const feeding = input === undefined ? Promise.resolve() : feed(child.stdin, input);
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), feeding]);
  if (abort.aborted) throw new ProgramError(`${program} did not end within ${timeoutMs} ms`);
  return { code, stdout, stderr: new TextDecoder().decode(stderr) };
}

/** A program that ends early closes its input; how it ended says why. */
async function feed(stdin: WritableStream<Uint8Array>, path: string): Promise<void> {
  const file = await Deno.open(path);
  await file.readable.pipeTo(stdin).catch(() => {});
}

/** Runs a program that must succeed. Returns what it wrote. */
export async function mustRun(
  command: readonly string[],
  options: RunOptions = {},
): Promise<Uint8Array> {
  const { code, stdout, stderr } = await run(command, options);
  if (code === 0) return stdout;
  const said = `${stderr}${new TextDecoder().decode(stdout.subarray(-QUOTED_CHARS))}`;
  throw new ProgramError(
    `${command.slice(0, 4).join(" ")} … ended with ${code}: ${said.slice(-QUOTED_CHARS)}`,
  );
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
