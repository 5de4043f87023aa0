import { assertEquals } from "./assert.ts";
import { javaHash } from "./java_hash.ts";

Deno.test("Java's hash codes: signed, of UTF-16 units", () => {
  // Computed by Java 17.
  assertEquals(javaHash(""), 0);
  assertEquals(javaHash("range"), 108280125);
  assertEquals(javaHash("cooperative-sticky"), 1843682987);
  assertEquals(javaHash("polygenelubricants"), -0x80000000);
  assertEquals(javaHash("größe 😀"), 175604178);
});
