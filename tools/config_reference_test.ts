import { assertEquals } from "../lib/assert.ts";
import { referenceText, unusedText } from "./config_reference.ts";

Deno.test("a key is either documented as one that acts or listed as one without effect", () => {
  const reference = referenceText();
  const unused = unusedText();
  for (const [name, acts] of [["log.dirs", true], ["num.io.threads", false]] as const) {
    assertEquals(reference.includes(`\`${name}\``), acts, name);
    assertEquals(unused.includes(`\`${name}\``), !acts, name);
  }
});
