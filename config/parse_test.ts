import { assertEquals, assertMatch, assertThrows } from "../lib/assert.ts";
import { fc } from "../lib/fast_check.ts";
import {
  boolean,
  className,
  type ConfigKey,
  double,
  int,
  list,
  long,
  MAX_LONG,
  password,
  short,
  string,
} from "./define.ts";
import { canonicalValue, ConfigError, listOf, numberOf } from "./parse.ts";

const DOC = { doc: "A key." };

function assertCanonical(key: ConfigKey, cases: Record<string, string>): void {
  for (const [text, canonical] of Object.entries(cases)) {
    assertEquals(canonicalValue("a.key", key, text), canonical, `"${text}"`);
  }
}

/** Every value is refused with a message that names the key, the value and what would do. */
function assertRefused(key: ConfigKey, values: readonly string[], remedy: string): void {
  for (const text of values) {
    const error = assertThrows(() => canonicalValue("a.key", key, text), ConfigError, remedy);
    assertEquals(error.key, "a.key");
    assertMatch(error.message, /^Invalid value .*for configuration a\.key: /s);
    assertEquals(error.message.includes(`Invalid value ${text} for`), true, error.message);
  }
}

Deno.test("booleans are true and false in any case, with blanks around them", () => {
  const key = boolean(false, DOC);
  assertCanonical(key, { "true": "true", " FALSE ": "false", "True": "true" });
  assertRefused(key, ["", "yes", "1", "truefalse"], "it must be true or false");
});

Deno.test("integers lose blanks, signs and leading zeros", () => {
  assertCanonical(int(0, DOC), { " 42 ": "42", "+7": "7", "-0012": "-12", "00": "0" });
});

Deno.test("an integer must fit its type", () => {
  const edges: [ConfigKey, string, string, string, string][] = [
    [short(0, DOC), "-32768", "32767", "-32769", "32768"],
    [int(0, DOC), "-2147483648", "2147483647", "-2147483649", "2147483648"],
    [long(0, DOC), `-${MAX_LONG.slice(0, -1)}8`, MAX_LONG, `-${MAX_LONG.slice(0, -1)}9`, "1e3"],
  ];
  for (const [key, min, max, below, above] of edges) {
    assertCanonical(key, { [min]: min, [max]: max });
    assertRefused(
      key,
      [below, above, "", "1.5", "0x10", "1_000", "ten", "9".repeat(40)],
      `it is not a number of type ${key.type}`,
    );
  }
});

Deno.test("numbers are held to their bounds, but for the one value outside that is allowed", () => {
  const key = int(-1, { ...DOC, min: 1, max: 9, or: -1 });
  assertCanonical(key, { "-1": "-1", "1": "1", "9": "9" });
  assertRefused(key, ["0", "-2"], "it must be at least 1");
  assertRefused(key, ["10"], "it must be no more than 9");
});

Deno.test("doubles are shown as Java shows them", () => {
  assertCanonical(double("0.5", DOC), {
    "1": "1.0",
    "0.5": "0.5",
    " .25 ": "0.25",
    "+2.": "2.0",
    "1e2": "100.0",
    "0.001": "0.001",
    "0.0001": "1.0E-4",
    "10000000": "1.0E7",
    "12345678.9": "1.23456789E7",
    "0": "0.0",
    "-3.5": "-3.5",
    "1e999": "Infinity",
    "-Infinity": "-Infinity",
  });
  assertRefused(
    double("0.5", DOC),
    ["", "half", "0x10", "1e", "."],
    "it is not a number of type double",
  );
  const share = double("0.5", { ...DOC, min: 0, max: 1 });
  assertRefused(share, ["-0.1"], "it must be at least 0");
  assertRefused(share, ["1.1"], "it must be no more than 1");
});

Deno.test("lists are joined by single commas and name nothing twice", () => {
  const key = list("", DOC);
  assertCanonical(key, { "": "", " ": "", "a": "a", " a ,b,  c ": "a,b,c" });
  assertRefused(key, ["a,b,a"], "its values must not be repeated");
  assertRefused(key, ["a,,b", ",", "a,"], "its values must not be ");
});

Deno.test("a list may have to hold something, and only known values", () => {
  assertRefused(list("a", { ...DOC, nonEmpty: true }), [""], "it must not be empty");
  const policies = list("delete", { ...DOC, in: ["compact", "delete"] });
  assertCanonical(policies, { "": "", "compact, delete": "compact,delete" });
  assertRefused(policies, ["shrink", "delete,Compact"], "one of compact, delete");
});

// Kafka does not hold the elements of these against each other.
Deno.test("lists of voters and of throttled replicas may repeat values", () => {
  for (const name of ["controller.quorum.voters", "leader.replication.throttled.replicas"]) {
    assertEquals(canonicalValue(name, list("", DOC), "1:2, 1:2"), "1:2,1:2");
  }
});

Deno.test("a key's own check has the last word", () => {
  const check = (value: string) => value.includes("x") ? "it must not have an x" : null;
  for (const key of [string("", { ...DOC, check }), list("", { ...DOC, check })]) {
    assertCanonical(key, { "abc": "abc" });
    assertRefused(key, ["axc"], "it must not have an x");
  }
});

Deno.test("texts are one of those that are known, with regard to case or without", () => {
  const exact = string("a", { ...DOC, in: ["CreateTime", "LogAppendTime"] });
  assertCanonical(exact, { " CreateTime ": "CreateTime" });
  assertRefused(exact, ["createtime", ""], "it must be one of CreateTime, LogAppendTime");
  const folded = string("a", { ...DOC, in: ["GSSAPI", "PLAIN"], ignoreCase: true });
  assertCanonical(folded, { "plain": "plain", "GSSAPI": "GSSAPI" });
  assertRefused(string("a", { ...DOC, nonEmpty: true }), ["", "  "], "it must not be empty");
});

Deno.test("class names and passwords are taken as they are, without blanks around them", () => {
  assertCanonical(className(null, DOC), { " a.B ": "a.B" });
  assertCanonical(password(null, DOC), { " se cret ": "se cret" });
});

Deno.test("a canonical value is canonical already", () => {
  const keys = [int(0, DOC), long(0, DOC), double("0.0", DOC), list("", DOC), string("", DOC)];
  const texts = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String));
  fc.assert(
    fc.property(fc.constantFrom(...keys), texts, (key, text) => {
      let canonical: string;
      try {
        canonical = canonicalValue("a.key", key, text);
      } catch (error) {
        if (error instanceof ConfigError) return;
        throw error;
      }
      assertEquals(canonicalValue("a.key", key, canonical), canonical);
    }),
    { seed: 1 },
  );
});

Deno.test("numbers beyond the safe integers stand for no limit", () => {
  assertEquals(numberOf(MAX_LONG), Infinity);
  assertEquals(numberOf("-9223372036854775808"), -Infinity);
  assertEquals(numberOf("9007199254740991"), Number.MAX_SAFE_INTEGER);
  assertEquals(numberOf("0.5"), 0.5);
  assertEquals(numberOf("1.0E-4"), 0.0001);
});

Deno.test("an empty list has no elements", () => {
  assertEquals(listOf(""), []);
  assertEquals(listOf("a,b"), ["a", "b"]);
});
