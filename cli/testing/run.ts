/** Runs the program within the test's own process, and keeps what it writes. */
import { main } from "../mod.ts";

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Whether output and errors go to a terminal. */
  readonly isTerminal?: boolean;
  /** Told of every piece of output; what it throws, writing throws. */
  readonly onOutput?: (bytes: Uint8Array) => void;
}

type Stream = typeof Deno.stdout | typeof Deno.stderr;

/** Has a stream's bytes kept instead of written, until `restore`. */
function capture(stream: Stream, { isTerminal = false }: RunOptions, see: (b: Uint8Array) => void) {
  const pieces: Uint8Array[] = [];
  const original = { writeSync: stream.writeSync, isTerminal: stream.isTerminal };
  Object.assign(stream, {
    isTerminal: () => isTerminal,
    writeSync(bytes: Uint8Array) {
      see(bytes);
      pieces.push(bytes.slice());
      return bytes.length;
    },
  });
  return {
    restore: () => void Object.assign(stream, original),
    text: () => new TextDecoder().decode(new Uint8Array(pieces.flatMap((piece) => [...piece]))),
  };
}

/** Runs the program with these arguments. */
export function run(...args: string[]): Promise<Run> {
  return runWith({}, ...args);
}

export async function runWith(options: RunOptions, ...args: string[]): Promise<Run> {
  const out = capture(Deno.stdout, options, options.onOutput ?? (() => {}));
  const err = capture(Deno.stderr, options, () => {});
  try {
    const code = await main(args);
    return { code, out: out.text(), err: err.text() };
  } finally {
    out.restore();
    err.restore();
  }
}

/** What was written, line by line. */
export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
