import { assertEquals } from "../lib/assert.ts";
import { table } from "./table.ts";

Deno.test("table: columns are as wide as their widest cell, numbers stand on the right", () => {
  const rows = [["orders", 7, null], ["a", 1234567, "x y"]];
  assertEquals(table(["TOPIC", "LAG", "HOST"], rows), [
    "TOPIC       LAG  HOST",
    "orders        7  -",
    "a       1234567  x y",
  ]);
});

Deno.test("table: a value that is missing among numbers stands where they do", () => {
  assertEquals(table(["N", "M"], [[10, null], [null, null]]), [
    " N  M",
    "10  -",
    " -  -",
  ]);
  assertEquals(table(["A", "B"], []), ["A  B"]);
});
