import { assertEquals, assertThrows } from "../../../../lib/assert.ts";
import { assignorNamed, PartitionAssignorError } from "./mod.ts";
import { groupOf } from "./testing/groups.ts";

Deno.test("assignors: uniform and range are on offer, by their names", () => {
  assertEquals(assignorNamed("uniform")!.name, "uniform");
  assertEquals(assignorNamed("range")!.name, "range");
  assertEquals(assignorNamed("cooperative-sticky"), undefined);
});

for (const name of ["uniform", "range"]) {
  const { assign } = assignorNamed(name)!;

  Deno.test(`${name}: a subscribed topic that does not exist is refused`, () => {
    const equal = groupOf({ a: 1 }, { m1: { topics: ["a", "x"] }, m2: { topics: ["a", "x"] } });
    const differing = groupOf({ a: 1 }, { m1: { topics: ["a"] }, m2: { topics: ["a", "x"] } });
    for (const spec of [equal, differing]) {
      assertThrows(() => assign(spec), PartitionAssignorError, "does not exist");
    }
  });

  Deno.test(`${name}: a group without members has an empty target`, () => {
    assertEquals(assign(groupOf({ a: 1 }, {})), new Map());
  });
}
