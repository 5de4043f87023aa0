import { assertEquals } from "./assert.ts";
import { fc } from "./fast_check.ts";
import { formatProperties, parseProperties } from "./properties.ts";

const EXAMPLES: [behaviour: string, text: string, entries: [string, string][]][] = [
  ["entries come in their order", "b=1\na=2\n", [["b", "1"], ["a", "2"]]],
  ["a key that comes twice is there twice", "a=1\na=2", [["a", "1"], ["a", "2"]]],
  ["key and value are parted by =, : or a blank", "a = 1\nb: 2\nc 3\nd\t=4", [
    ["a", "1"],
    ["b", "2"],
    ["c", "3"],
    ["d", "4"],
  ]],
  ["only the first separator counts", "a=b=c:d e", [["a", "b=c:d e"]]],
  ["a key alone has an empty value", "a\nb=\n", [["a", ""], ["b", ""]]],
  ["comments and blank lines are passed over", "# no\n! no\n\n  \n  # no\na=#1\n", [["a", "#1"]]],
  ["blanks before a line go, blanks at its end stay", "  \ta=1 \n", [["a", "1 "]]],
  ["a backslash at the end continues the line", "a=1,\\\n   2,\\\n\t3\nb=4", [
    ["a", "1,2,3"],
    ["b", "4"],
  ]],
  ["two backslashes at the end do not", "a=1\\\\\nb=2", [["a", "1\\"], ["b", "2"]]],
  ["a comment sign within a continued line is text", "a=1\\\n#2", [["a", "1#2"]]],
  ["escapes stand for their characters", "a=\\t\\n\\r\\f\\\\\\z\\u00e9\\u20AC", [
    ["a", "\t\n\r\f\\zé€"],
  ]],
  ["an escaped separator belongs to the key", "a\\ b\\=c\\:d=1", [["a b=c:d", "1"]]],
  ["any line end will do", "a=1\r\nb=2\rc=3\n", [["a", "1"], ["b", "2"], ["c", "3"]]],
  ["a line that is to be continued at the end of the file ends there", "a=1\\", [["a", "1"]]],
  ["a blank of Unicode is text", "a=\u00a01", [["a", "\u00a01"]]],
];

for (const [behaviour, text, entries] of EXAMPLES) {
  Deno.test(`parseProperties(): ${behaviour}`, () => assertEquals(parseProperties(text), entries));
}

Deno.test("formatProperties() writes what Java writes", () => {
  const text = formatProperties([["node.id", "1"], ["a b", " c:\\d\n"], ["é", "#=!"]]);
  assertEquals(text, "node.id=1\na\\ b=\\ c\\:\\\\d\\n\n\\u00E9=\\#\\=\\!\n");
});

Deno.test("formatProperties(): any entries are read back as they were", () => {
  const entry = fc.tuple(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
  const dense = fc.string({ unit: fc.constantFrom(..." \t\n\r\f\\=:#!aé") });
  fc.assert(
    fc.property(fc.array(fc.oneof(entry, fc.tuple(dense, dense)), { maxLength: 5 }), (entries) => {
      assertEquals(parseProperties(formatProperties(entries)), entries);
    }),
    { numRuns: 300, seed: 3 },
  );
});
