/**
 * The end of a CI run: line coverage from an lcov file, and how many tests passed, failed and were
 * skipped, counted from what `deno test` (JUnit) and `compat` (JSON) wrote down.
 *
 * Usage: ci_summary.ts LCOV JUNIT COMPAT_JSON. Exit code 1 where a test failed, a file is missing, or
 * too few lines are covered.
 */

/** The least share of lines that the default test run covers. */
const LINE_COVERAGE_MIN = 0.8;

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Covered and all lines of an lcov file (`LH` and `LF` records). */
export function lineCoverage(lcov: string): { covered: number; lines: number } {
  const sum = (record: string) =>
    [...lcov.matchAll(new RegExp(`^${record}:(\\d+)$`, "gm"))]
      .reduce((total, [, count]) => total + Number(count), 0);
  return { covered: sum("LH"), lines: sum("LF") };
}

/** Counts the test cases of a JUnit file, each by what stands inside it. */
export function junitCounts(xml: string): Counts {
  const cases = [...xml.matchAll(/<testcase\b(?:[^>]*\/>|[\s\S]*?<\/testcase>)/g)]
    .map(([text]) => text);
  const failed = cases.filter((text) => /<(failure|error)\b/.test(text)).length;
  const skipped = cases.filter((text) => /<skipped\b/.test(text)).length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** Reads a file that a step should have written; its absence is a failure of its own. */
function read(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(`${path} is missing: the step that writes it did not run to its end`);
    return null;
  }
}

const MISSING: Counts = { passed: 0, failed: 1, skipped: 0 };

function main([lcovPath, junitPath, compatPath]: readonly string[]): number {
  const lcov = read(lcovPath);
  const junit = read(junitPath);
  const compat = read(compatPath);
  const { covered, lines } = lineCoverage(lcov ?? "");
  const share = lines === 0 ? 0 : covered / lines;
  console.log(`line coverage: ${(share * 100).toFixed(1)} % (${covered} of ${lines} lines)`);
  const enough = share >= LINE_COVERAGE_MIN;
  if (!enough) console.error(`less than ${LINE_COVERAGE_MIN * 100} % of the lines are covered`);
  const counts = addCounts(
    junit === null ? MISSING : junitCounts(junit),
    compat === null ? MISSING : JSON.parse(compat) as Counts,
  );
  console.log(
    `tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
  return counts.failed === 0 && enough ? 0 : 1;
}

if (import.meta.main) Deno.exit(main(Deno.args));
