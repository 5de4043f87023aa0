/** Command-line arguments: the one place that imports `@std/cli`. */
// @ts-types="./args_types.d.ts"
import { parseArgs } from "@std/cli/parse-args";

/** Arguments that do not fit what a command takes. */
export class ArgumentError extends Error {
  override name = "ArgumentError";
}

/** One option of a command. */
export interface Option {
  /** Shown in the help where the option takes a value: `FILE`. Absent: it is a switch. */
  readonly value?: string;
  /** A letter that stands for it. */
  readonly letter?: string;
  /** May be given several times. */
  readonly repeated?: true;
  readonly summary: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What was given: positional arguments, and the options by name. */
export class Arguments {
  constructor(
    readonly positional: readonly string[],
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  /** The option's value, or undefined. */
  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" ? value : undefined;
  }

  /** All values of a repeated option. */
  texts(name: string): string[] {
    const value = this.values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  has(name: string): boolean {
    return this.values[name] === true;
  }

  /** A whole number. Throws `ArgumentError` where it is none or below `min`. */
  integer(name: string, min = Number.MIN_SAFE_INTEGER): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^-?\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new ArgumentError(`--${name}: "${text}" is not a whole number from ${min} on`);
  }
}

/** Reads arguments. Throws `ArgumentError` for an unknown option or a missing value. */
export function readArguments(args: readonly string[], options: Options): Arguments {
  const names = Object.keys(options);
  const takesValue = (name: string) => options[name].value !== undefined;
  const alias: Record<string, string> = {};
  for (const name of names) {
    const { letter } = options[name];
    if (letter !== undefined) alias[letter] = name;
  }
  // A value that begins with a dash (an offset of -10) would be taken for an option.
  const joined = joinValues(args, options);
  const parsed = parseArgs(joined, {
    boolean: names.filter((name) => !takesValue(name)),
    string: ["_", ...names.filter(takesValue)],
    collect: names.filter((name) => options[name].repeated),
    alias,
    unknown(argument, key) {
      if (key === undefined) return true;
      throw new ArgumentError(`unknown option ${argument}`);
    },
  });
  for (const name of names.filter(takesValue)) {
    const values = [parsed[name]].flat();
    if (values.includes("")) throw new ArgumentError(`--${name} needs a value`);
  }
  return new Arguments(parsed._.map(String), parsed);
}

/** Writes `--name value` as `--name=value` where the value begins with a dash. */
function joinValues(args: readonly string[], options: Options): string[] {
  const letters = new Map(
    Object.entries(options).map(([name, { letter }]) => [`-${letter}`, name]),
  );
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const long = args[i].startsWith("--") ? args[i].slice(2) : letters.get(args[i]);
    const next = args[i + 1];
    const takes = long !== undefined && options[long]?.value !== undefined;
    if (takes && next !== undefined && /^-\d/.test(next)) {
      joined.push(`--${long}=${next}`);
      i++;
    } else joined.push(args[i]);
  }
  return joined;
}
