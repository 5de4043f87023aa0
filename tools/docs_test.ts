import { assertEquals, assertThrows } from "../lib/assert.ts";
import { GENERATED, withGenerated } from "./docs.ts";

for (const [path, text] of GENERATED) {
  Deno.test(`${path} says what the declarations in the code say (deno task docs)`, () => {
    const document = Deno.readTextFileSync(new URL(`../${path}`, import.meta.url));
    assertEquals(document, withGenerated(document, text()));
  });
}

Deno.test("a document without marks is refused", () => {
  assertThrows(() => withGenerated("text", "generated"), Error, "marks");
});
