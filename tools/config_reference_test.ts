import { assertEquals, assertThrows } from "../lib/assert.ts";
import { GENERATED, referenceText, unusedText, withGenerated } from "./config_reference.ts";

for (const [path, text] of GENERATED) {
  Deno.test(`${path} says of every config key what its declaration says (deno task docs)`, () => {
    const document = Deno.readTextFileSync(new URL(`../${path}`, import.meta.url));
    assertEquals(document, withGenerated(document, text()));
  });
}

Deno.test("a key is either documented as one that acts or listed as one without effect", () => {
  const reference = referenceText();
  const unused = unusedText();
  for (const [name, acts] of [["log.dirs", true], ["num.io.threads", false]] as const) {
    assertEquals(reference.includes(`\`${name}\``), acts, name);
    assertEquals(unused.includes(`\`${name}\``), !acts, name);
  }
});

Deno.test("a document without marks is refused", () => {
  assertThrows(() => withGenerated("text", "generated"), Error, "marks");
});
