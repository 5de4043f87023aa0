import { assertEquals, assertMatch } from "../lib/assert.ts";
import {
  isInternalTopic,
  parsePartitionDirectoryName,
  partitionDirectoryName,
  topicNameProblem,
} from "./topic_partition.ts";

Deno.test("a partition's folder is named TOPIC-N, and found again by its name", () => {
  for (
    const [topic, partition, name] of [
      ["demo", 0, "demo-0"],
      ["with-dash", 12, "with-dash-12"],
      ["ends-3", 4, "ends-3-4"],
      ["a.b_c", 2147483647, "a.b_c-2147483647"],
    ] as const
  ) {
    assertEquals(partitionDirectoryName({ topic, partition }), name);
    assertEquals(parsePartitionDirectoryName(name), { topic, partition });
  }
});

Deno.test("other folders are no partition's", () => {
  for (const name of ["demo", "demo-", "-1", "demo-x", "demo-0.1f0c-delete", "demo-0.1f0c-stray"]) {
    assertEquals(parsePartitionDirectoryName(name), null, name);
  }
});

Deno.test("topic names are checked as Kafka does", () => {
  for (const name of ["a", "a.b", "A_b-9", "x".repeat(249), "...", "__consumer_offsets"]) {
    assertEquals(topicNameProblem(name), null, name);
  }
  assertMatch(topicNameProblem("")!, /empty/);
  assertMatch(topicNameProblem(".")!, /'\.' or '\.\.'/);
  assertMatch(topicNameProblem("..")!, /'\.' or '\.\.'/);
  assertMatch(topicNameProblem("x".repeat(250))!, /249/);
  for (const name of ["a b", "a/b", "grün", "a\n", "a:b"]) {
    assertMatch(topicNameProblem(name)!, /ASCII alphanumerics/, name);
  }
});

Deno.test("the topics of coordinators are internal, the metadata topic is none of them", () => {
  const names = ["__consumer_offsets", "__transaction_state", "__share_group_state"];
  assertEquals(names.every(isInternalTopic), true);
  assertEquals(["__cluster_metadata", "demo"].some(isInternalTopic), false);
});
