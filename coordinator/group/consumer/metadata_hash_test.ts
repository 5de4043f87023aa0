import { EMPTY_IMAGE, type MetadataImage } from "../../../cluster/image/metadata_image.ts";
import { assertEquals, assertNotEquals } from "../../../lib/assert.ts";
import { imageOf, topicImage } from "../../testing/images.ts";
import { MetadataHasher, topicHash } from "./metadata_hash.ts";

/** Ids of brokers in racks of these names. */
function inRacks(...racks: string[]): number[] {
  return racks.map((rack) => RACKS.indexOf(rack));
}

const RACKS = ["a", "b", "c", "räck", "中文", "rack-0", "rack-1"];

const LONG = "long.topic_name-with-everything.0123456789.0123456789.0123456789";
const ORDERS = topicImage("orders", "P4kOqm7uTKuzZJQFMCyZhg", [[], [], []]);
const PAYMENTS = topicImage("payments", "0-2kPEnNQGSfdpAkFDuP5A", [
  inRacks("b", "a", "c"),
  inRacks("a"),
]);
const X = topicImage("x", "_____________________w", [inRacks("räck", "中文", "a")]);
const MANY = topicImage(
  LONG,
  "AAAAAAAAAAAAAAAAAAAAAQ",
  Array.from({ length: 300 }, () => inRacks("rack-1", "rack-0")),
);

const IMAGE: MetadataImage = imageOf([ORDERS, PAYMENTS, X, MANY], RACKS);

Deno.test("hashes of topics are the numbers that Kafka 4.3.1 computes", () => {
  const hashOf = (topic: typeof ORDERS) => topicHash(topic, IMAGE.brokers);
  assertEquals(hashOf(ORDERS), -8417686987191712683n);
  assertEquals(hashOf(PAYMENTS), 7559601024309156303n);
  assertEquals(hashOf(X), -461379200016744878n);
  assertEquals(hashOf(MANY), 5569414607664926447n);
});

Deno.test("hashes of groups are the numbers that Kafka 4.3.1 computes", () => {
  const hasher = new MetadataHasher(() => IMAGE);
  assertEquals(hasher.hash(["x", LONG, "payments", "orders"]), -9195554224534134732n);
  assertEquals(hasher.hash(["orders"]), -740916269747739322n);
  assertEquals(hasher.hash([]), 0n);
});

Deno.test("topics that do not exist count for nothing in a group's hash", () => {
  const hasher = new MetadataHasher(() => IMAGE);
  assertEquals(hasher.hash(["orders", "nothing"]), hasher.hash(["orders"]));
  assertEquals(hasher.hash(["nothing"]), 0n);
});

Deno.test("a group's hash changes with the partitions of a topic", () => {
  let image = imageOf([ORDERS]);
  const hasher = new MetadataHasher(() => image);
  const before = hasher.hash(["orders"]);
  image = imageOf([topicImage("orders", ORDERS.id, [[], [], [], []])]);
  assertNotEquals(hasher.hash(["orders"]), before);
  image = EMPTY_IMAGE;
  assertEquals(hasher.hash(["orders"]), 0n);
});
