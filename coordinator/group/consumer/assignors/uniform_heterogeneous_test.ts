import { assert, assertEquals } from "../../../../lib/assert.ts";
import { fc } from "../../../../lib/fast_check.ts";
import { anyGroup, assertComplete, groupOf, namesOf, sizeOf } from "./testing/groups.ts";
import { assignHeterogeneous } from "./uniform_heterogeneous.ts";

Deno.test("uniform: where subscriptions differ, those with fewer topics get more of these", () => {
  const result = namesOf(assignHeterogeneous(groupOf({ a: 4, b: 4 }, {
    m1: { topics: ["a", "b"] },
    m2: { topics: ["a"] },
  })));
  assertEquals(result, { m1: { b: [0, 1, 2, 3] }, m2: { a: [0, 1, 2, 3] } });
});

Deno.test("uniform: members of differing subscriptions keep what they are still subscribed to", () => {
  const result = namesOf(assignHeterogeneous(groupOf({ a: 3, b: 3 }, {
    m1: { topics: ["a"], assigned: { a: [0, 1], b: [0] } },
    m2: { topics: ["a", "b"], assigned: { a: [2], b: [1, 2] } },
  })));
  assertEquals(result, { m1: { a: [0, 1, 2] }, m2: { b: [0, 1, 2] } });
});

Deno.test("uniform: a new member of another subscription takes from those who have most", () => {
  const result = namesOf(assignHeterogeneous(groupOf({ a: 6, b: 2 }, {
    m1: { topics: ["a", "b"], assigned: { a: [0, 1, 2], b: [0] } },
    m2: { topics: ["a", "b"], assigned: { a: [3, 4, 5], b: [1] } },
    m3: { topics: ["b"] },
  })));
  assertEquals(result, {
    m1: { a: [0, 1, 2] },
    m2: { a: [3, 4, 5] },
    m3: { b: [0, 1] },
  });
});

Deno.test("uniform: a topic that nobody else takes stays with its only subscriber, whatever its size", () => {
  const result = assignHeterogeneous(groupOf({ a: 9, b: 2 }, {
    m1: { topics: ["a", "b"], assigned: { b: [0, 1] } },
    m2: { topics: ["b"] },
  }));
  assertEquals(namesOf(result).m2, { b: [0, 1] });
  assertEquals([...result.values()].map(sizeOf).sort(), [2, 9]);
});

Deno.test("uniform: where subscriptions differ, no partition is left that would better go to somebody with less", () => {
  fc.assert(
    fc.property(anyGroup("any"), (spec) => {
      const result = assignHeterogeneous(spec);
      assertComplete(spec, result);
      const load = new Map([...result].map(([memberId, member]) => [memberId, sizeOf(member)]));
      for (const [giver, assigned] of result) {
        for (const [taker, { subscribedTopicIds }] of spec.members) {
          const movable = [...assigned.keys()].some((id) => subscribedTopicIds.has(id));
          if (movable) assert(load.get(giver)! - load.get(taker)! <= 1, `${giver} to ${taker}`);
        }
      }
    }),
    { numRuns: 1000, seed: 1 },
  );
});
