import { assertEquals, assertThrows } from "./assert.ts";
import { compilePattern, PatternError } from "./re2.ts";

Deno.test("a pattern has to match the whole text", () => {
  const pattern = compilePattern("orders-(eu|us)");
  assertEquals(pattern.matches("orders-eu"), true);
  assertEquals(pattern.matches("orders-eu-2"), false);
  assertEquals(pattern.matches("old-orders-eu"), false);
});

Deno.test("malformed patterns are refused, and those that need to look back or ahead", () => {
  for (const source of ["(", "[a", "a{1001}", "a(?=b)", "(a)\\1", "*", "(?<!a)b", "\\8"]) {
    assertThrows(() => compilePattern(source), PatternError);
  }
});

Deno.test("patterns that others take exponential time for are matched at once", () => {
  const text = "a".repeat(249);
  for (const source of ["(a+)+b", "(a|a)*b", "(.*)*b", `${"a?".repeat(100)}b`]) {
    assertEquals(compilePattern(source).matches(text), false, source);
  }
});

Deno.test("patterns whose programs are too large are refused before they are compiled", () => {
  const refused = [
    "(a{0,1000})".repeat(200),
    "((a{0,100}){0,10}){0,1}".repeat(30),
    "(abcdefghij{3}){1000}(abcdefghij){1000}",
    "a".repeat(20_001),
  ];
  for (const source of refused) assertThrows(() => compilePattern(source), PatternError, "large");
});

Deno.test("long lists of names and usual repetitions are taken", () => {
  const names = Array.from({ length: 300 }, (_, i) => `topic\\.of\\.team-${i}`).join("|");
  assertEquals(compilePattern(names).matches("topic.of.team-299"), true);
  for (const source of ["[a-z]{1,249}", "(\\d{4}-\\d{2}-\\d{2}){1,3}", "[[:alpha:]]{2,}[])(]{3}"]) {
    compilePattern(source);
  }
});
