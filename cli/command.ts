/** What a command of the command line is made of, and its help. */
import { ArgumentError, type Arguments, type Options } from "../lib/args.ts";

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the program's name: `topic create NAME`. */
  readonly usage: string;
  readonly options: Options;
  /** Longer help, after the options. */
  readonly notes?: string;
  /** Returns the exit code. */
  run(args: Arguments): Promise<number> | number;
}

/** The switch of commands that write for programs too. */
export const JSON_OPTION = { summary: "Writes one JSON object a line." } as const;

/** Exit codes that scripts can tell apart. */
export const ExitCode = {
  OK: 0,
  /** The work was tried and failed. */
  FAILED: 1,
  /** The command line or the configuration is wrong; nothing was tried. */
  USAGE: 2,
} as const;

/** What was to be worked on is wrong (a line of input); its message says which and why. */
export class InputError extends Error {
  override name = "InputError";
}

export const PROGRAM = "takhin";

/** The help of one command. */
export function helpOf({ usage, summary, options, notes }: Command): string {
  const rows = Object.entries(options).map(([name, { value, letter, summary, repeated }]) => {
    const left = `  ${letter === undefined ? "    " : `-${letter}, `}--${name}` +
      (value === undefined ? "" : ` ${value}`);
    return [left, summary + (repeated ? " (may be repeated)" : "")] as const;
  });
  rows.push(["      --help", "Shows this."]);
  const lines = [`Usage: ${PROGRAM} ${usage}`, "", summary, "", "Options:", ...columns(rows)];
  if (notes !== undefined) lines.push("", notes);
  return `${lines.join("\n")}\n`;
}

/** Two columns, the left one as wide as its widest. */
export function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}

/** The only positional argument. Throws `ArgumentError` where there is none or another. */
export function onlyArgument(args: Arguments, what: string): string {
  if (args.positional.length === 1) return args.positional[0];
  throw new ArgumentError(
    args.positional.length === 0
      ? `${what} is missing`
      : `${args.positional[1]} is one argument too many`,
  );
}

/** Throws `ArgumentError` where there are positional arguments; `hint` says what may be meant. */
export function noArguments({ positional }: Arguments, hint = ""): void {
  if (positional.length > 0) throw new ArgumentError(`unknown argument ${positional[0]}${hint}`);
}

/** Splits `key=value`. Throws `ArgumentError`. */
export function keyValue(text: string, option: string): [key: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1)];
  throw new ArgumentError(`--${option}: "${text}" is not of the form key=value`);
}

/** A time in milliseconds since 1970, given so or as ISO 8601. Throws `ArgumentError`. */
export function timestamp(text: string, option: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  // What lies before 1970 would be taken for one of the marks that ListOffsets knows.
  if (time >= 0) return time;
  throw new ArgumentError(
    `--${option}: "${text}" is neither milliseconds nor an ISO 8601 time since 1970`,
  );
}
