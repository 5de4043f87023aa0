import { assertEquals } from "../../../lib/assert.ts";
import { fc } from "../../../lib/fast_check.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import type { CommittedOffset } from "./committed_offset.ts";
import { NumberedNames } from "./numbered_names.ts";
import { type OffsetEntry, OffsetTable } from "./offset_table.ts";
import { RowIndex } from "./row_index.ts";

const offsetOf = (offset: number, topicId = ZERO_UUID): CommittedOffset => ({
  offset,
  leaderEpoch: offset % 3 - 1,
  metadata: `m${offset}`,
  commitTimeMs: 1_700_000_000_000 + offset,
  expireTimeMs: offset % 2 === 0 ? -1 : Infinity,
  topicId,
  recordOffset: offset * 2 ** 33,
});

const entries = fc.record({
  group: fc.constantFrom("g", "h", "i"),
  topic: fc.constantFrom("a", "b", "c", "d"),
  partition: fc.oneof(fc.nat(12), fc.constantFrom(-1, 2 ** 31 - 1, -(2 ** 31))),
  offset: fc.nat(1000),
  topicId: fc.nat(1000).map(String),
  isDeleted: fc.boolean(),
});

const keyOf = ({ group, topic, partition }: Omit<OffsetEntry, "offset">) =>
  `${group}/${topic}/${partition}`;

const byKey = (list: Iterable<OffsetEntry>) =>
  [...list].map((entry) => [keyOf(entry), entry.offset] as const).sort();

Deno.test("offset table: does what a map of all keys does", () => {
  fc.assert(fc.property(fc.array(entries, { maxLength: 300, size: "max" }), (steps) => {
    const table = new OffsetTable();
    const model = new Map<string, OffsetEntry>();
    for (const { group, topic, partition, offset, topicId, isDeleted } of steps) {
      const entry = { group, topic, partition, offset: offsetOf(offset, topicId) };
      if (isDeleted) {
        table.delete(group, topic, partition);
        model.delete(keyOf(entry));
      } else {
        table.set(group, topic, partition, entry.offset);
        model.set(keyOf(entry), entry);
      }
    }
    const left = [...model.values()];
    assertEquals(table.size, left.length);
    const names = new Set(
      left.flatMap(({ group, topic, offset }) => [group, topic, offset.topicId]),
    );
    assertEquals(table.nameCount, names.size, "no names are left behind");
    for (const { group, topic, partition } of steps) {
      const expected = model.get(keyOf({ group, topic, partition }))?.offset;
      assertEquals(table.get(group, topic, partition), expected);
      assertEquals(table.has(group, topic, partition), expected !== undefined);
    }
    for (const group of ["g", "h", "i", "j"]) {
      const expected = left.filter((entry) => entry.group === group);
      assertEquals(byKey(table.ofGroup(group)), byKey(expected));
      assertEquals(table.hasGroup(group), expected.length > 0);
    }
    for (const topic of ["a", "b", "c", "d", "e"]) {
      const expected = left.filter((entry) => entry.topic === topic);
      assertEquals(byKey(table.ofTopic(topic)), byKey(expected));
    }
  }));
});

Deno.test("offset table: a group's offsets come in the order of their first commits", () => {
  const table = new OffsetTable();
  for (const partition of [3, 1, 2]) table.set("g", "a", partition, offsetOf(1));
  table.set("h", "a", 0, offsetOf(1));
  table.set("g", "a", 1, offsetOf(2));
  assertEquals(Array.from(table.ofGroup("g"), ({ partition }) => partition), [3, 1, 2]);
  table.delete("g", "a", 3);
  table.set("g", "a", 3, offsetOf(3));
  assertEquals(Array.from(table.ofGroup("g"), ({ partition }) => partition), [1, 2, 3]);
});

Deno.test("numbered names: a number is given anew once the name is released by all", () => {
  const names = new NumberedNames();
  const [a, b] = [names.numberOf("a"), names.numberOf("b")];
  names.retain(a);
  names.retain(a);
  names.retain(b);
  assertEquals([names.numberOf("a"), names.nameOf(a), names.size], [a, "a", 2]);
  names.release(a);
  assertEquals(names.find("a"), a);
  names.release(a);
  assertEquals([names.find("a"), names.size], [-1, 1]);
  assertEquals([names.numberOf("c"), names.nameOf(a), names.nameOf(b)], [a, "c", "b"]);
});

Deno.test("row index: rows are found among all others, also when some are taken away", () => {
  const key = fc.tuple(fc.nat(40), fc.nat(40), fc.integer());
  const keys = fc.uniqueArray(key, { maxLength: 256, size: "max", selector: String });
  fc.assert(fc.property(keys, fc.nat(), (keys, seed) => {
    const index = new RowIndex();
    index.grow(64);
    keys.forEach(([a, b, c], row) => {
      if (row === 64) index.grow(256);
      index.add(row, a, b, c);
    });
    const isGone = (row: number) => (row * 7 + seed) % 3 === 0;
    keys.forEach((_, row) => isGone(row) && index.remove(row));
    keys.forEach(([a, b, c], row) => {
      assertEquals(index.find(a, b, c), isGone(row) ? -1 : row);
      assertEquals(index.isUsed(row), !isGone(row));
    });
  }));
});

Deno.test("row index: nothing is found where there is no row", () => {
  const index = new RowIndex();
  assertEquals(index.find(0, 0, 0), -1);
  index.grow(16);
  assertEquals(index.find(0, 0, 0), -1);
});
