import { assert, assertEquals } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { cleanLog } from "./cleaner/clean_log.ts";
import { completeSwaps } from "./swap_recovery.ts";
import { TEST_TIME_MS } from "./testing/batches.ts";
import { CompactedLog } from "./testing/cleaning.ts";
import { TEST_DIRECTORY, TestLog } from "./testing/test_log.ts";

const path = (base: number, ending: string) =>
  `${TEST_DIRECTORY}/${String(base).padStart(20, "0")}.${ending}`;

function folderWith(...names: readonly (readonly [base: number, ending: string])[]): MemoryFiles {
  const files = new MemoryFiles();
  for (const [base, ending] of names) files.putText(path(base, ending), `${base}.${ending}`);
  return files;
}

/** The files that are left, with what they were called before. */
function completed(files: MemoryFiles, ends: Record<number, number>): Record<string, string> {
  completeSwaps(files, TEST_DIRECTORY, (base) => ends[base], () => {});
  return Object.fromEntries(files.paths.map((each) => {
    const name = each.slice(TEST_DIRECTORY.length + 1);
    return [Number(name.slice(0, 20)) + name.slice(20), files.readText(each)];
  }));
}

Deno.test("swaps: what was cleaned and not renamed is worth nothing", () => {
  const files = folderWith([0, "log"], [0, "log.cleaned"], [0, "index.cleaned"], [5, "log"]);
  assertEquals(completed(files, {}), { "0.log": "0.log", "5.log": "5.log" });
});

Deno.test("swaps: a segment of which only a part was renamed is worth nothing, either", () => {
  const files = folderWith([0, "log"], [0, "log.swap"], [0, "index.cleaned"]);
  assertEquals(completed(files, {}), { "0.log": "0.log" });
});

Deno.test("swaps: what came later than something that is only cleaned is worth nothing", () => {
  const files = folderWith([0, "log"], [0, "log.cleaned"], [7, "log.swap"], [7, "log"]);
  assertEquals(completed(files, {}), { "0.log": "0.log", "7.log": "7.log" });
});

Deno.test("swaps: a whole one takes the place of everything under its offsets", () => {
  const files = folderWith(
    [0, "log"],
    [5, "log.swap"],
    [5, "index.swap"],
    [5, "txnindex.swap"],
    [5, "log"],
    [5, "timeindex"],
    [7, "log"],
    [7, "snapshot"],
    [9, "index"],
    [10, "log"],
    [20, "log.cleaned"],
  );
  assertEquals(completed(files, { 5: 10 }), {
    "0.log": "0.log",
    "5.log": "5.log.swap",
    "5.index": "5.index.swap",
    "5.txnindex": "5.txnindex.swap",
    "10.log": "10.log",
  });
});

Deno.test("swaps: indexes that are left to be renamed are, without anything being removed", () => {
  const files = folderWith([5, "log"], [5, "index.swap"], [7, "log"]);
  assertEquals(completed(files, {}), {
    "5.log": "5.log",
    "5.index": "5.index.swap",
    "7.log": "7.log",
  });
});

Deno.test("swaps: several, as splitting a segment leaves them, survive a kill between any two steps", () => {
  const start = () =>
    folderWith(
      ...[0, 5, 8].flatMap((base) =>
        ["log.swap", "index.swap"].map((ending) => [base, ending] as const)
      ),
      [0, "log"],
      [0, "index"],
    );
  const ends = { 0: 5, 5: 8, 8: 12 };
  const whole = Object.fromEntries(
    [0, 5, 8].flatMap((base) => [[`${base}.log`, `${base}.log.swap`]]),
  );
  for (let steps = 0;; steps++) {
    const files = start();
    let left = steps;
    let killed: MemoryFiles | null = null;
    files.failure = (operation) => {
      if (operation === "rename" || operation === "remove") {
        killed ??= left-- === 0 ? files.copy() : null;
      }
      return killed === null ? null : new Error("killed");
    };
    try {
      completeSwaps(files, TEST_DIRECTORY, (base) => ends[base as 0], () => {});
    } catch (error) {
      assertEquals((error as Error).message, "killed");
    }
    if (killed === null) break;
    const found = completed(killed, ends);
    for (const [name, content] of Object.entries(whole)) assertEquals(found[name], content);
    assert(Object.keys(found).every((name) => !name.endsWith(".swap")));
  }
});

Deno.test("swapping: killed before any file operation, the log is the old or the new one", () => {
  const before = [0, 1, 2, 3, 4, 5, 6];
  const after = [1, 4, 5, 6];
  const outcomes = new Set<string>();
  for (let steps = 0;; steps++) {
    const log = new CompactedLog({ fileDeleteDelayMs: 0 });
    log.segment("a=1 b=1").segment("a=2", "c=1").segment("c=2 a=3").segment("-=1");
    const { files } = log.test;
    let left = steps;
    let killed: MemoryFiles | null = null;
    files.failure = () => {
      killed ??= left-- === 0 ? files.copy() : null;
      return killed === null ? null : new Error("killed");
    };
    const segments = log.log.closedSegments;
    try {
      cleanLog(log.world(), log.job(), () => void log.log.replaceSegments(segments));
      log.test.clock.advance(0);
    } catch {
      // The log is offline, or cleaning has failed: the process is dead.
    }
    files.failure = () => null;
    const disk = killed ?? files.copy();
    const again = new TestLog(log.test.config, { clean: false, highWatermark: 7 }, disk);
    const offsets = again.records().map(({ offset }) => offset);
    outcomes.add(offsets.join());
    assert([before.join(), after.join()].includes(offsets.join()), `${steps}: ${offsets}`);
    assertEquals(again.log.logEndOffset, 7);
    assertEquals(again.names.filter((name) => /swap|cleaned|deleted/.test(name)), []);
    assertEquals(again.records().every(({ timestamp }) => timestamp > TEST_TIME_MS), true);
    if (killed === null) break;
  }
  assertEquals(outcomes.size, 2);
});
