/**
 * A compacted log under random work, kills at every file operation, power losses and restarts, held
 * against all records that were ever appended; and the same with something made wrong on purpose,
 * which the model must see.
 */
import { assert, assertEquals } from "../../lib/assert.ts";
import { fc } from "../../lib/fast_check.ts";
import type { CompactionStep, Counts, Fault, Write } from "../testing/modelled_compaction.ts";
import { ModelledCompaction } from "../testing/modelled_compaction.ts";
import { FAULTS } from "../testing/cleaning_faults.ts";

const writes: fc.Arbitrary<Write[]> = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 3 }).map((n) => n === 0)),
  { minLength: 1, maxLength: 5 },
);

/** The map holds few keys, or all of them. */
const keysMax = fc.constantFrom(1, 2, 5, 100, 100);

const append: fc.Arbitrary<CompactionStep> = fc.record({
  do: fc.constant("append"),
  writes,
  late: fc.integer({ min: 0, max: 3 }),
  size: fc.integer({ min: 0, max: 80 }),
  codec: fc.constantFrom(0, 0, 1, 2, 3, 4),
});

const steps: fc.WeightedArbitrary<CompactionStep>[] = [
  { weight: 20, arbitrary: append },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("produce"), writes }) },
  { weight: 2, arbitrary: fc.constant({ do: "retry" }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pass time"),
      ms: fc.constantFrom(1, 1000, 4000, 9000),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("clean"), keysMax }) },
  {
    weight: 3,
    arbitrary: fc.boolean().chain((renaming) =>
      fc.record({
        do: fc.constant("kill while cleaning"),
        at: fc.integer({ min: 0, max: renaming ? 12 : 100 }),
        renaming: fc.constant(renaming),
        keysMax,
      })
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("lose power after cleaning"), seed: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "restart" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("delete records"),
      before: fc.double({ min: 0, max: 0.5, noNaN: true }),
    }),
  },
];

/** Random steps, each held against the model. Returns what fast-check found. */
function explore(numRuns: number, seed: number, fault?: Fault, counts?: Counts) {
  return fc.check(
    fc.asyncProperty(
      fc.array(fc.oneof(...steps), { minLength: 10, maxLength: 80, size: "max" }),
      async (sequence) => {
        const log = new ModelledCompaction(fault, counts);
        for (const step of sequence) {
          await log.run(step);
          log.check();
        }
        log.countCompacted();
      },
    ),
    { numRuns, seed, endOnFailure: fault !== undefined },
  );
}

Deno.test("compaction: the last value of each key is there, whatever happens meanwhile", async () => {
  const counts: Counts = new Map();
  const details = await explore(120, 1, undefined, counts);
  if (details.failed) {
    throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
  }
  console.log(Object.fromEntries(counts));
  assert(counts.get("killed while cleaning")! > 100 && counts.get("compacted")! > 500);
});

for (const [name, fault] of Object.entries(FAULTS)) {
  Deno.test(`compaction: the model sees it when ${name}`, async () => {
    const { failed } = await explore(200, 2, fault);
    assertEquals(failed, true);
  });
}
