/** What is expected here was printed by a Java program (JDK 17, Kafka 4.3.1's `Uuid`). */
import { assertEquals } from "../../../../lib/assert.ts";
import { compareUuids, hashOfString, hashOfUuid, hashOrder } from "./hash_order.ts";

const UUIDS = [
  "AAAAAAAAAAAAAAAAAAAAAg",
  "f____________________w",
  "gAAAAAAAAAAAAAAAAAAAAA",
  "_____________________w",
  "o8DwxByiSAG16meVOh-hNg",
  "o8DwxByiSAH16meVOh-hNg",
  "FR6UTw5-RkKAWsbswMJT0g",
];

const orderOf = (ids: readonly string[]) => hashOrder(ids, hashOfString);

const membersUpTo = (count: number) => Array.from({ length: count }, (_, i) => `member-${i}`);

Deno.test("hash order: strings have the hash codes of Java", () => {
  const texts = ["", "member-1", "consumer-größe-日本", "zzzzzzzzzz"];
  assertEquals(texts.map(hashOfString), [0, -649440834, -54626534, -1580979136]);
});

Deno.test("hash order: uuids have the hash codes of Kafka's Uuid", () => {
  assertEquals(
    UUIDS.map(hashOfUuid),
    [2, -2147483648, -2147483648, 0, 815234662, 1888976486, 1542997811],
  );
});

Deno.test("hash order: uuids compare as two signed numbers", () => {
  assertEquals(UUIDS.toSorted(compareUuids), [
    "gAAAAAAAAAAAAAAAAAAAAA",
    "o8DwxByiSAG16meVOh-hNg",
    "o8DwxByiSAH16meVOh-hNg",
    "_____________________w",
    "AAAAAAAAAAAAAAAAAAAAAg",
    "FR6UTw5-RkKAWsbswMJT0g",
    "f____________________w",
  ]);
  assertEquals(compareUuids(UUIDS[0], UUIDS[0]), 0);
});

Deno.test("hash order: entries are listed as a HashMap lists them, which grows with the 13th", () => {
  const numbers = (ids: readonly string[]) => ids.map((id) => Number(id.slice("member-".length)));
  assertEquals(numbers(orderOf(membersUpTo(12))), [1, 2, 0, 5, 6, 3, 4, 9, 11, 10, 7, 8]);
  assertEquals(numbers(orderOf(membersUpTo(13))), [5, 6, 3, 4, 12, 9, 11, 10, 7, 8, 1, 2, 0]);
});

Deno.test("hash order: entries of one slot stay in the order in which they came", () => {
  assertEquals(orderOf(["Aa", "BB", "C#", "x"]), ["Aa", "BB", "C#", "x"]);
  assertEquals(orderOf(["BB", "C#", "x", "Aa"]), ["BB", "C#", "Aa", "x"]);
});

Deno.test("hash order: a table made for more entries lists them differently", () => {
  const partitions = Array.from({ length: 12 }, (_, i) => i * 5);
  const own = (partition: number) => partition;
  const copied = [0, 35, 5, 40, 10, 45, 15, 50, 20, 55, 25, 30];
  assertEquals(hashOrder(partitions, own, 13), copied);
  assertEquals(hashOrder(partitions, own), [0, 50, 35, 20, 5, 55, 40, 25, 10, 45, 30, 15]);
  assertEquals(hashOrder([2, 33], own, 24), [33, 2]);
  assertEquals(hashOrder([2, 33], own, 25), [2, 33]);
});
