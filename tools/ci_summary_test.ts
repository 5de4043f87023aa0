import { assertEquals } from "../lib/assert.ts";
import { addCounts, junitCounts, lineCoverage } from "./ci_summary.ts";

Deno.test("line coverage is summed over all files", () => {
  const lcov = "SF:a.ts\nDA:1,1\nLH:3\nLF:4\nend_of_record\nSF:b.ts\nLH:0\nLF:6\nend_of_record\n";
  assertEquals(lineCoverage(lcov), { covered: 3, lines: 10 });
});

Deno.test("a test case counts by what stands inside it", () => {
  const xml = `<testsuites><testsuite name="a">
    <testcase name="one" time="0.1"/>
    <testcase name="two" time="0.1"></testcase>
    <testcase name="three"><failure message="no">text</failure></testcase>
    <testcase name="four"><skipped/></testcase>
    <testcase name="five/&gt;" line="3"><error>text</error></testcase>
  </testsuite></testsuites>`;
  assertEquals(junitCounts(xml), { passed: 2, failed: 2, skipped: 1 });
});

Deno.test("counts are added up", () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  assertEquals(addCounts(one, one), { passed: 2, failed: 4, skipped: 6 });
});
