import { assertEquals, assertStringIncludes, assertThrows } from "../../../lib/assert.ts";
import { CheckError } from "../report.ts";
import { generateRecords } from "./generator.ts";
import { byPartition, lineOf, recordOf, requireRecords, withoutTimestamps } from "./lines.ts";

const OPTIONS = { seed: 7, count: 12_000, partitions: 3 };

Deno.test("the same seed makes the same records, another seed others", () => {
  const lines = (seed: number) => Array.from(generateRecords({ ...OPTIONS, seed }), lineOf);
  assertEquals(lines(7), lines(7));
  assertThrows(() => requireRecords(lines(8), lines(7)), CheckError);
});

Deno.test("records have null, empty and binary parts, and offsets that count within a partition", () => {
  const records = [...generateRecords(OPTIONS)];
  const has = (what: (record: typeof records[number]) => boolean) => records.some(what);
  assertEquals(has(({ key }) => key === null), true);
  assertEquals(has(({ key }) => key?.length === 0), true);
  assertEquals(has(({ value }) => value === null), true);
  assertEquals(has(({ value }) => value?.length === 0), true);
  assertEquals(has(({ headers }) => headers.some(([, value]) => value === null)), true);
  assertEquals(has(({ key, value }) => key === null && value === null), false);
  for (const [partition, own] of Map.groupBy(records, (record) => record.partition)) {
    assertEquals(own.every(({ offset }, i) => offset === i), true, `partition ${partition}`);
  }
});

Deno.test("a line that is read and written down again is the same", () => {
  for (const record of generateRecords(OPTIONS)) {
    const line = lineOf(record);
    assertEquals(lineOf(recordOf(line)), line);
  }
});

Deno.test("lines are ordered by partition and keep their order within each", () => {
  assertEquals(byPartition(["10\ta", "2\tb", "10\tc", "2\td"]), ["2\tb", "2\td", "10\ta", "10\tc"]);
});

Deno.test("only the timestamp is left out of a comparison without timestamps", () => {
  assertEquals(withoutTimestamps(["0\t1\t2\t3\t4\t5"]), ["0\t1\t\t3\t4\t5"]);
});

Deno.test("records that differ are reported by the first of them", () => {
  const [first, second] = ["0\t0\t5\taa\tbb\t", "0\t1\t5\taa\tbb\t"];
  const missing = assertThrows(() => requireRecords([first], [first, second]), CheckError);
  assertStringIncludes(missing.message, "1 records instead of 2");
  assertStringIncludes(missing.message, "(none)");
  const other = assertThrows(() => requireRecords([second, first], [first, second]), CheckError);
  assertStringIncludes(other.message, "0 1 5 aa bb");
});
