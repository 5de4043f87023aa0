/** Foreign programs: run to their end, with what they wrote. */

import { PROJECT } from "./paths.ts";

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
  /** Gets what the program writes to its standard output, where it is too much to keep. */
  readonly output?: (chunk: Uint8Array) => void;
}

/** A program could not be run, or failed. */
export class ProgramError extends Error {
  override name = "ProgramError";
}

/**
 * Runs a program to its end, in the project's folder.
 * Throws `ProgramError` where it is missing or takes too long.
 */
export async function run(
  [program, ...args]: readonly string[],
  { timeoutMs = TIMEOUT_MS, env, output }: RunOptions = {},
): Promise<Finished> {
  const abort = AbortSignal.timeout(timeoutMs);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      env,
      cwd: PROJECT,
      signal: abort,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new ProgramError(`${program} cannot be run: ${messageOf(error)}`);
  }
  const [stdout, stderr, { code }] = await Promise.all([
    output === undefined ? bytesOf(child.stdout) : handOver(child.stdout, output),
    bytesOf(child.stderr),
    child.status,
  ]);
  if (abort.aborted) throw new ProgramError(`${program} did not end within ${timeoutMs} ms`);
  return { code, stdout, stderr: new TextDecoder().decode(stderr) };
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function handOver(
  stream: ReadableStream<Uint8Array>,
  output: (chunk: Uint8Array) => void,
): Promise<Uint8Array> {
  for await (const chunk of stream) output(chunk);
  return new Uint8Array();
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
