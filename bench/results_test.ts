import { assertEquals } from "../lib/assert.ts";
import { AT_LEAST_KAFKA, atMostOfKafka, below, KAFKA, median, Results, TAKHIN } from "./results.ts";

Deno.test("median: the middle value, or what lies halfway between the two in the middle", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 3, 2]), 2.5);
  assertEquals(median([10, 9]), 9.5);
});

function rowsOf(results: Results, brokers: readonly string[]): string[][] {
  return results.markdown(brokers).split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1).map((text) => text.trim()));
}

Deno.test("results: medians with the range of their rounds, compared with Kafka's", () => {
  const results = new Results("Produce", "");
  const figure = { name: "1 KiB", unit: "MB/s", target: AT_LEAST_KAFKA };
  for (const value of [60, 90, 70]) results.record(figure, TAKHIN, value);
  for (const value of [40, 35]) results.record(figure, KAFKA, value);
  assertEquals(rowsOf(results, [TAKHIN, KAFKA]).slice(2), [[
    "1 KiB",
    "MB/s",
    "70.0 (60.0–90.0)",
    "37.5 (35.0–40.0)",
    "1.87",
    "at least Kafka's",
    "yes",
  ]]);
});

Deno.test("results: what misses its target is named", () => {
  const results = new Results("Memory", "");
  const third = { name: "at rest", unit: "MiB", target: atMostOfKafka(1 / 3, "under a third") };
  const start = { name: "start", unit: "ms", digits: 0, target: below(1000, "under 1 s") };
  for (const [broker, memory, ms] of [[TAKHIN, 101, 1000], [KAFKA, 300, 3000]] as const) {
    results.record(third, broker, memory);
    results.record(start, broker, ms);
  }
  assertEquals(rowsOf(results, [TAKHIN, KAFKA]).slice(2).map((row) => row.at(-1)), [
    "**missed**",
    "**missed**",
  ]);
});

Deno.test("results: without Kafka nothing that is compared with it is judged", () => {
  const results = new Results("Produce", "");
  results.record({ name: "1 KiB", unit: "MB/s", target: AT_LEAST_KAFKA }, TAKHIN, 70);
  results.record({ name: "start", unit: "ms", target: below(1000, "under 1 s") }, TAKHIN, 200);
  assertEquals(rowsOf(results, [TAKHIN]).slice(2), [
    ["1 KiB", "MB/s", "70.0", "at least Kafka's", ""],
    ["start", "ms", "200.0", "under 1 s", "yes"],
  ]);
});
