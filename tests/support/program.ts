/**
 * The program as users start it: a process of its own, with the permissions that `deno.json` gives
 * it, and an environment without anybody's `TAKHIN_` variables.
 */

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** What follows `deno`: `run`, the permissions and the main module. */
async function programArguments(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  return (tasks.takhin as string).split(" ").slice(1)
    .map((argument) => argument === "main.ts" ? `${ROOT}${argument}` : argument);
}

export interface ProgramOptions {
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the program runs; relative paths begin there. Absent: the project's root. */
  readonly folder?: string;
}

/** Starts the program; its output and errors are piped. */
export async function startProgram(
  args: readonly string[],
  { environment, folder }: ProgramOptions,
  stdin: "null" | "piped",
): Promise<Deno.ChildProcess> {
  const inherited = Object.entries(Deno.env.toObject())
    .filter(([name]) => !name.startsWith("TAKHIN_"));
  return new Deno.Command(Deno.execPath(), {
    args: [...await programArguments(), ...args],
    cwd: folder ?? ROOT,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...environment },
    clearEnv: true,
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** A run that takes longer than this is ended, in milliseconds: it would hold the test up for ever. */
const RUN_MS_MAX = 60_000;

/** What a run of the program came to. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. `input` is what it reads from standard input. */
export async function runProgram(
  args: readonly string[],
  { input, ...options }: ProgramOptions & { readonly input?: string } = {},
): Promise<ProgramResult> {
  const process = await startProgram(args, options, input === undefined ? "null" : "piped");
  const limit = setTimeout(() => process.kill("SIGKILL"), RUN_MS_MAX);
  if (input !== undefined) await new Response(input).body!.pipeTo(process.stdin);
  const { code, stdout, stderr } = await process.output();
  clearTimeout(limit);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
