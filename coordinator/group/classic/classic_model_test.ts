/** Classic groups at random work, and the proof that it shows their faults. */
import { assert } from "../../../lib/assert.ts";
import { fc } from "../../../lib/fast_check.ts";
import { holds } from "./testing/arbitrary_steps.ts";
import { PLANTED_FAULTS } from "./testing/planted_faults.ts";

const RUNS = { numRuns: 300, seed: 1 };

Deno.test("a classic group at random work keeps its promises, and comes to rest", () => {
  const counts = new Map<string, number>();
  fc.assert(holds(counts), RUNS);
  console.log(Object.fromEntries([...counts].sort(([a], [b]) => a < b ? -1 : 1)));
});

for (const [fault, planted] of Object.entries(PLANTED_FAULTS)) {
  Deno.test(`a classic group at random work shows a fault: ${fault}`, () => {
    planted(() => {
      const { failed } = fc.check(holds(), { ...RUNS, endOnFailure: true });
      assert(failed, "the fault was not noticed");
    });
  });
}
