/** What was checked and what came of it: a line each, a count, and a summary for machines. */
import { cached } from "./paths.ts";
import { messageOf } from "./processes.ts";

/** A check that did not hold. */
export class CheckError extends Error {
  override name = "CheckError";
}

/** Throws `CheckError` where a condition does not hold. */
export function requireTrue(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CheckError(message);
}

/** Throws `CheckError` where two texts differ; names the first line that does. */
export function requireSame(actual: string, expected: string, what: string): void {
  if (actual === expected) return;
  const found = actual.split("\n");
  const wanted = expected.split("\n");
  const at = wanted.findIndex((line, i) => line !== found[i]);
  const line = at < 0 ? wanted.length : at;
  throw new CheckError(
    `${what}: line ${line + 1} is ${JSON.stringify(found[line])}, ` +
      `not ${JSON.stringify(wanted[line])}`,
  );
}

/** A check fails by throwing, and may return what is worth saying of its success. */
export type Check = () => Promise<string | void> | string | void;

export class Report {
  private passed = 0;
  private failed = 0;
  private skipped = 0;
  private part = "";

  /** Begins a part; its name stands before what follows. */
  begin(part: string): void {
    this.part = part;
    console.log(`== ${part}`);
  }

  /** Runs one check. Returns whether it held. */
  async check(name: string, run: Check): Promise<boolean> {
    try {
      const detail = await run();
      this.passed++;
      console.log(`ok    ${this.part}: ${name}${detail ? `: ${detail}` : ""}`);
      return true;
    } catch (error) {
      this.failed++;
      const trace = error instanceof TypeError || error instanceof RangeError;
      console.log(`FAIL  ${this.part}: ${name}: ${trace ? error.stack : messageOf(error)}`);
      return false;
    }
  }

  /** Runs checks of which each goes on where the one before it ended; one that fails is the last. */
  async checkInOrder(steps: Readonly<Record<string, Check>>): Promise<void> {
    for (const [name, run] of Object.entries(steps)) {
      if (!await this.check(name, run)) return;
    }
  }

  /** Counts checks that somebody else made. */
  add(passed: number, failed: number): void {
    this.passed += passed;
    this.failed += failed;
  }

  /** Names in the open what cannot be checked, and why. */
  skip(name: string, why: string): void {
    this.skipped++;
    console.log(`skip  ${this.part}: ${name}: ${why}`);
  }

  note(text: string): void {
    console.log(`      ${text}`);
  }

  /** Prints the counts and leaves them for the machine. Returns the exit code. */
  async close(): Promise<number> {
    const { passed, failed, skipped } = this;
    await Deno.writeTextFile(
      cached("summary.json"),
      `${JSON.stringify({ passed, failed, skipped })}\n`,
    );
    const tail = skipped === 0 ? "" : `, ${skipped} skipped`;
    console.log(`compat: ${passed} passed, ${failed} failed${tail}`);
    return failed === 0 && passed > 0 ? 0 : 1;
  }
}
