/** Writing to standard output and error: whole, in order, and quiet where nobody reads any more. */

const encoder = new TextEncoder();

/** Whoever read our output has gone: there is nobody left to work for. */
export class OutputClosedError extends Error {
  override name = "OutputClosedError";
}

function writeAll(target: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  try {
    for (let done = 0; done < bytes.length;) done += target.writeSync(bytes.subarray(done));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosedError();
    throw error;
  }
}

export function print(text: string): void {
  writeAll(Deno.stdout, encoder.encode(text));
}

export function printLine(text: string): void {
  print(`${text}\n`);
}

/** One line on standard error. */
export function complain(text: string): void {
  writeAll(Deno.stderr, encoder.encode(`${text}\n`));
}

/** Output of many small pieces, written in large ones. */
export class BufferedOutput {
  private readonly buffer = new Uint8Array(64 * 1024);
  private used = 0;

  write(bytes: Uint8Array): void {
    if (bytes.length > this.buffer.length - this.used) this.flush();
    if (bytes.length > this.buffer.length) return writeAll(Deno.stdout, bytes);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  writeText(text: string): void {
    this.write(encoder.encode(text));
  }

  flush(): void {
    const { used } = this;
    this.used = 0;
    writeAll(Deno.stdout, this.buffer.subarray(0, used));
  }
}

/** Tells on a terminal, now and then, how far long work has come. */
export class Progress {
  private static readonly INTERVAL_MS = 1000;
  private lastMs = performance.now();
  private shown = false;

  constructor(private readonly describe: () => string) {}

  /** To be called often; shows a line at most once a second. */
  tick(): void {
    if (!Deno.stderr.isTerminal()) return;
    const now = performance.now();
    if (now - this.lastMs < Progress.INTERVAL_MS) return;
    this.lastMs = now;
    this.shown = true;
    writeAll(Deno.stderr, encoder.encode(`\r${this.describe()}\x1b[K`));
  }

  /** Ends the line, if any was shown. */
  end(): void {
    if (this.shown) writeAll(Deno.stderr, encoder.encode("\r\x1b[K"));
  }
}
