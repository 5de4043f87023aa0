import { assert, assertEquals } from "../../../../lib/assert.ts";
import { fc } from "../../../../lib/fast_check.ts";
import type { AssignmentSpec } from "./assignor.ts";
import {
  anyGroup,
  assertComplete,
  groupOf,
  keptOf,
  namesOf,
  sizeOf,
  withTarget,
} from "./testing/groups.ts";
import { uniformAssignor } from "./uniform.ts";

const assign = (spec: AssignmentSpec) => namesOf(uniformAssignor.assign(spec));

/** Numbers of partitions, in descending order. */
const sizesOf = (spec: AssignmentSpec) =>
  [...uniformAssignor.assign(spec).values()].map(sizeOf).sort((a, b) => b - a);

Deno.test("uniform: the first member gets all partitions of all its topics", () => {
  assertEquals(assign(groupOf({ a: 2, b: 3, c: 1 }, { m: { topics: ["a", "b"] } })), {
    m: { a: [0, 1], b: [0, 1, 2] },
  });
});

Deno.test("uniform: a new member gets its share, and nobody else gets anything", () => {
  const result = assign(groupOf({ a: 8 }, {
    m1: { topics: ["a"], assigned: { a: [0, 1, 2, 3] } },
    m2: { topics: ["a"], assigned: { a: [4, 5, 6, 7] } },
    m3: { topics: ["a"] },
  }));
  assertEquals(result, { m1: { a: [0, 1, 2] }, m2: { a: [4, 5, 6] }, m3: { a: [3, 7] } });
});

Deno.test("uniform: what a member leaves behind is shared, and nothing else moves", () => {
  const result = assign(groupOf({ a: 4, b: 2 }, {
    m1: { topics: ["a", "b"], assigned: { a: [0, 1] } },
    m2: { topics: ["a", "b"], assigned: { b: [0, 1] } },
  }));
  assertEquals(result, { m1: { a: [0, 1, 2] }, m2: { a: [3], b: [0, 1] } });
});

Deno.test("uniform: added partitions go to those who have fewest", () => {
  const result = assign(groupOf({ a: 6 }, {
    m1: { topics: ["a"], assigned: { a: [0, 1] } },
    m2: { topics: ["a"], assigned: { a: [2] } },
    m3: { topics: ["a"] },
  }));
  assertEquals(result, { m1: { a: [0, 1] }, m2: { a: [2, 3] }, m3: { a: [4, 5] } });
});

Deno.test("uniform: when a topic is deleted, what is left is balanced", () => {
  const result = assign(groupOf({ b: 4 }, {
    m1: { topics: ["b"], assigned: { gone: [0, 1, 2, 3] } },
    m2: { topics: ["b"], assigned: { b: [0, 1, 2, 3] } },
  }));
  assertEquals(result, { m1: { b: [2, 3] }, m2: { b: [0, 1] } });
});

Deno.test("uniform: a static member that comes back under a new member id keeps its partitions", () => {
  const result = assign(groupOf({ a: 5 }, {
    m2: { topics: ["a"], assigned: { a: [2, 3, 4] } },
    "m1-again": { topics: ["a"], instanceId: "i1", assigned: { a: [0, 1] } },
  }));
  assertEquals(result, { "m1-again": { a: [0, 1] }, m2: { a: [2, 3, 4] } });
});

Deno.test("uniform: with more members than partitions, some have none", () => {
  const topics = ["a"];
  const members = { m1: { topics }, m2: { topics }, m3: { topics }, m4: { topics } };
  assertEquals(sizesOf(groupOf({ a: 3 }, members)), [1, 1, 1, 0]);
  assertEquals(sizesOf(groupOf({ a: 0 }, members)), [0, 0, 0, 0]);
});

Deno.test("uniform: members that subscribe to nothing lose what they have", () => {
  const spec = groupOf({ a: 3 }, { m: { topics: [], assigned: { a: [0, 1, 2] } } });
  assertEquals(assign(spec), { m: {} });
});

Deno.test("uniform: partitions that two members claim, or that do not exist, are set right", () => {
  const claims = { topics: ["a"], assigned: { a: [0, 1, 9] } };
  for (const other of [["a"], ["a", "b"]]) {
    const spec = groupOf({ a: 4, b: 0 }, { m1: claims, m2: { ...claims, topics: other } });
    assertComplete(spec, uniformAssignor.assign(spec));
    assertEquals(sizesOf(spec), [2, 2]);
  }
});

Deno.test("uniform: the order in which members joined makes no difference", () => {
  const topics = ["a", "b"];
  const members = { m1: { topics }, m2: { topics }, m3: { topics } };
  const reversed = Object.fromEntries(Object.entries(members).reverse());
  const counts = { a: 5, b: 3 };
  assertEquals(assign(groupOf(counts, members)), assign(groupOf(counts, reversed)));
});

Deno.test("uniform: with equal subscriptions all partitions are assigned, in shares that differ by at most one", () => {
  fc.assert(
    fc.property(anyGroup("homogeneous"), (spec) => {
      const result = uniformAssignor.assign(spec);
      assertComplete(spec, result);
      const sizes = [...result.values()].map(sizeOf);
      assert(Math.max(...sizes) - Math.min(...sizes) <= 1, `sizes ${sizes}`);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

Deno.test("uniform: with equal subscriptions members keep all that balance lets them keep", () => {
  fc.assert(
    fc.property(anyGroup("homogeneous"), (spec) => {
      const result = uniformAssignor.assign(spec);
      const total = [...result.values()].reduce((sum, member) => sum + sizeOf(member), 0);
      const share = Math.floor(total / spec.members.size);
      let expected = 0;
      let beyondShare = 0;
      let kept = 0;
      for (const [memberId, { assigned, subscribedTopicIds }] of spec.members) {
        const before = new Map([...assigned].filter(([id]) => subscribedTopicIds.has(id)));
        expected += Math.min(sizeOf(before), share);
        if (sizeOf(before) > share) beyondShare++;
        kept += keptOf(before, result.get(memberId)!);
      }
      assertEquals(kept, expected + Math.min(beyondShare, total % spec.members.size));
    }),
    { numRuns: 1000, seed: 2 },
  );
});

Deno.test("uniform: assigning again changes nothing", () => {
  fc.assert(
    fc.property(fc.oneof(anyGroup("homogeneous"), anyGroup("any")), (spec) => {
      const result = uniformAssignor.assign(spec);
      const again = uniformAssignor.assign(withTarget(spec, result));
      assertEquals(namesOf(again), namesOf(result));
    }),
    { numRuns: 1000, seed: 3 },
  );
});

Deno.test("uniform: a member that joins a balanced group takes what it gets, and no more moves", () => {
  fc.assert(
    fc.property(anyGroup("homogeneous"), (spec) => {
      const before = uniformAssignor.assign(spec);
      const [first] = spec.members.values();
      const members = new Map(withTarget(spec, before).members)
        .set("joined", { ...first, assigned: new Map() });
      const after = uniformAssignor.assign({ ...spec, members });
      const total = [...after.values()].reduce((sum, member) => sum + sizeOf(member), 0);
      let moved = 0;
      for (const [memberId, member] of before) {
        moved += sizeOf(member) - keptOf(member, after.get(memberId)!);
      }
      assertEquals(moved, Math.floor(total / members.size));
      assertEquals(moved, sizeOf(after.get("joined")!));
    }),
    { numRuns: 500, seed: 4 },
  );
});
