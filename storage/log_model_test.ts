/** A log under random work, restarts and crashes, against an array of the records it must hold. */
import { assertEquals } from "../lib/assert.ts";
import { fc } from "../lib/fast_check.ts";
import { ModelledLog, type Step } from "./testing/modelled_log.ts";

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const times = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 4 });

const append: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("append"),
  times,
  size: fc.integer({ min: 0, max: 200 }),
  codec: fc.constantFrom(0, 0, 1, 4),
  flush: fc.boolean(),
});

const work: fc.WeightedArbitrary<Step>[] = [
  { weight: 10, arbitrary: append },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("produce"), count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: "retry" }) },
  { weight: 1, arbitrary: fc.constant({ do: "skip a sequence number" }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("read"),
      from: fraction,
      bytesMax: fc.integer({ min: 0, max: 1500 }),
      upper: fraction,
      minOneBatch: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("find by time"),
      after: fc.integer({ min: -1, max: 52 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete records"), before: fraction }) },
  { weight: 1, arbitrary: fc.constant({ do: "checkpoint the start" }) },
  { weight: 1, arbitrary: fc.constant({ do: "sync" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("pass time"),
      ms: fc.integer({ min: 1, max: 70_000 }),
    }),
  },
];

const reopen: fc.WeightedArbitrary<Step> = { weight: 2, arbitrary: fc.constant({ do: "reopen" }) };
const crash: fc.WeightedArbitrary<Step> = { weight: 2, arbitrary: fc.constant({ do: "crash" }) };

/** Runs random steps on a log, holds it against the model after each, and then does `last`. */
async function holds(
  steps: fc.WeightedArbitrary<Step>[],
  seed: number,
  last: (log: ModelledLog, seed: number) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(...steps), { maxLength: 60, size: "max" }),
      fc.constantFrom(1, 40_000, 1 << 20),
      fc.nat(),
      async (sequence, tailBytesMax, lastSeed) => {
        const log = new ModelledLog(tailBytesMax);
        for (const step of sequence) {
          await log.run(step);
          log.check();
        }
        await last(log, lastSeed);
        assertEquals(log.test.failures, []);
      },
    ),
    { numRuns: 60, seed },
  );
}

async function reopened(log: ModelledLog): Promise<void> {
  await log.run({ do: "reopen" });
  log.check();
}

Deno.test("a log holds what was appended, over orderly restarts", () =>
  holds([...work, reopen], 1, reopened));

Deno.test("a log that was killed has lost nothing that was written to its files", () =>
  holds([...work, reopen, crash], 2, reopened));

Deno.test("a log that lost its power has lost nothing that was synced", () =>
  holds([...work, reopen, crash], 3, (log, seed) => log.losePower(seed)));
