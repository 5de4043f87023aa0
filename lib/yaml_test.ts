import { assertEquals, assertThrows } from "./assert.ts";
import { parseYaml } from "./yaml.ts";

Deno.test("parseYaml(): mappings and sequences keep their structure, scalars their text", () => {
  const text = `
node.id: 1
log.retention.ms: 9223372036854775807
enabled: true
listeners:
  - PLAINTEXT://:9092 # a comment
  - "SSL://:9093"
nested: { a: 007, b: 1e3, c: ~ }
`;
  assertEquals(parseYaml(text), {
    "node.id": "1",
    "log.retention.ms": "9223372036854775807",
    "enabled": "true",
    "listeners": ["PLAINTEXT://:9092", "SSL://:9093"],
    "nested": { a: "007", b: "1e3", c: "~" },
  });
});

Deno.test("parseYaml(): an empty document is null", () => {
  assertEquals(parseYaml(""), null);
  assertEquals(parseYaml("# only a comment\n"), null);
});

Deno.test("parseYaml(): an error says where it is", () => {
  assertThrows(() => parseYaml("a: 1\nb: [1, 2\n"), SyntaxError, "line 3");
  assertThrows(() => parseYaml("a: 1\na: 2\n"), SyntaxError, "duplicate");
});
