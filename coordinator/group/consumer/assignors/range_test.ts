import { assert, assertEquals } from "../../../../lib/assert.ts";
import { fc } from "../../../../lib/fast_check.ts";
import type { AssignmentSpec } from "./assignor.ts";
import { rangeAssignor } from "./range.ts";
import { anyGroup, assertComplete, groupOf, namesOf } from "./testing/groups.ts";

const assign = (spec: AssignmentSpec) => namesOf(rangeAssignor.assign(spec));

Deno.test("range: topics of equal size are cut alike, the first members getting the longer ranges", () => {
  const topics = ["a", "b"];
  assertEquals(assign(groupOf({ a: 5, b: 5 }, { m1: { topics }, m2: { topics } })), {
    m1: { a: [0, 1, 2], b: [0, 1, 2] },
    m2: { a: [3, 4], b: [3, 4] },
  });
});

Deno.test("range: a topic is cut for those who are subscribed to it", () => {
  const result = assign(groupOf({ a: 3, b: 4 }, {
    m1: { topics: ["a", "b"] },
    m2: { topics: ["a"] },
    m3: { topics: ["b"] },
  }));
  assertEquals(result, { m1: { a: [0, 1], b: [0, 1] }, m2: { a: [2] }, m3: { b: [2, 3] } });
});

Deno.test("range: with more members than partitions, the last ones have none", () => {
  const topics = ["a"];
  const members = { m1: { topics }, m2: { topics }, m3: { topics } };
  assertEquals(assign(groupOf({ a: 2 }, members)), { m1: { a: [0] }, m2: { a: [1] }, m3: {} });
});

Deno.test("range: static members come first, by instance id, and keep their ranges under new member ids", () => {
  const topics = ["a"];
  const spec = (id1: string, id2: string) =>
    groupOf({ a: 6 }, {
      m0: { topics },
      [id1]: { topics, instanceId: "i1" },
      [id2]: { topics, instanceId: "i2" },
    });
  assertEquals(assign(spec("x", "y")), { x: { a: [0, 1] }, y: { a: [2, 3] }, m0: { a: [4, 5] } });
  assertEquals(assign(spec("z", "y")), { z: { a: [0, 1] }, y: { a: [2, 3] }, m0: { a: [4, 5] } });
});

Deno.test("range: the present target has no say", () => {
  const result = assign(groupOf({ a: 4 }, {
    m1: { topics: ["a"], assigned: { a: [2, 3] } },
    m2: { topics: ["a"], assigned: { a: [0, 1] } },
  }));
  assertEquals(result, { m1: { a: [0, 1] }, m2: { a: [2, 3] } });
});

Deno.test("range: partitions added and topics deleted move the ranges", () => {
  const topics = ["a"];
  const members = {
    m1: { topics, assigned: { a: [0, 1], gone: [0] } },
    m2: { topics, assigned: { a: [2, 3], gone: [1] } },
  };
  assertEquals(assign(groupOf({ a: 6 }, members)), { m1: { a: [0, 1, 2] }, m2: { a: [3, 4, 5] } });
});

Deno.test("range: each subscriber of a topic gets one range, of sizes that differ by at most one", () => {
  fc.assert(
    fc.property(fc.oneof(anyGroup("homogeneous"), anyGroup("any")), (spec) => {
      const result = rangeAssignor.assign(spec);
      assertComplete(spec, result);
      const sizes = new Map<string, number[]>();
      for (const [memberId, { subscribedTopicIds }] of spec.members) {
        for (const id of subscribedTopicIds) {
          const range = [...result.get(memberId)!.get(id) ?? []];
          range.forEach((partition, i) => assertEquals(partition, range[0] + i));
          sizes.set(id, [...sizes.get(id) ?? [], range.length]);
        }
      }
      for (const ofTopic of sizes.values()) {
        assert(Math.max(...ofTopic) - Math.min(...ofTopic) <= 1, `sizes ${ofTopic}`);
      }
    }),
    { numRuns: 500, seed: 1 },
  );
});
