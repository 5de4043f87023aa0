/** Foreign programs: run to their end within a time, with what they wrote. */

/** How long a program may run where nothing else is said, in milliseconds. */
const TIMEOUT_MS = 600_000;

/** How much of a program's output an error quotes, in characters. */
const QUOTED_CHARS = 2000;

/** A program is missing, failed, took too long, or wrote what nobody expected. */
export class ProgramError extends Error {
  override name = "ProgramError";
}

export interface RunOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a program that must succeed. Returns what it wrote, to either stream. */
export async function run(
  [program, ...args]: readonly string[],
  { folder, environment, timeoutMs = TIMEOUT_MS }: RunOptions = {},
): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, {
      args,
      cwd: folder,
      env: environment,
      signal,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
  } catch (error) {
    throw new ProgramError(`${program} cannot be run: ${(error as Error).message}`);
  }
  const decoder = new TextDecoder();
  const text = decoder.decode(output.stdout) + decoder.decode(output.stderr);
  if (signal.aborted) throw new ProgramError(`${program} did not end within ${timeoutMs} ms`);
  if (!output.success) {
    throw new ProgramError(
      `${program} ${args.join(" ")} ended with ${output.code}: ${text.slice(-QUOTED_CHARS)}`,
    );
  }
  return text;
}

/** The groups of the last match of `pattern`, which must have the flag g. Throws `ProgramError`. */
export function lastMatch(program: string, text: string, pattern: RegExp): RegExpMatchArray {
  const match = [...text.matchAll(pattern)].at(-1);
  if (match !== undefined) return match;
  throw new ProgramError(
    `${program} did not write what was expected: ${text.slice(-QUOTED_CHARS)}`,
  );
}
