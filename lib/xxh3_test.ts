import { assertEquals } from "./assert.ts";
import { xxh3Hash64 } from "./xxh3.ts";

Deno.test("xxh3Hash64() gives the values of the reference implementation, as signed numbers", () => {
  const ascii = (text: string) => xxh3Hash64(new TextEncoder().encode(text));
  assertEquals(BigInt.asUintN(64, ascii("")), 0x2d06800538d394c2n);
  assertEquals(ascii("abc"), 0x78af5f94892f3950n);
  assertEquals(ascii("a") < 0n, true);
  assertEquals(BigInt.asUintN(64, ascii("a")), 0xe6c632b61e964e1fn);
});
