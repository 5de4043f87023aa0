import { assertEquals } from "../../lib/assert.ts";
import { GROUP_SEGMENTS_MAX, type GroupedSegment, groupSegments } from "./segment_groups.ts";

const segment = (baseOffset: number, size: number, indexBytes = 8, timeIndexBytes = 12) => ({
  baseOffset,
  size,
  indexBytes,
  timeIndexBytes,
});

const grouped = (segments: readonly GroupedSegment[], endOffset = 1000) =>
  groupSegments(segments, 100, 40, endOffset).map((group) =>
    group.map(({ baseOffset }) => baseOffset)
  );

Deno.test("groups: neighbours that fit into one segment become one", () => {
  assertEquals(grouped([]), []);
  const segments = [segment(0, 60), segment(10, 40), segment(20, 1), segment(30, 100)];
  assertEquals(grouped(segments), [[0, 10], [20], [30]]);
});

Deno.test("groups: a segment that is too large for any other stays alone", () => {
  assertEquals(grouped([segment(0, 10), segment(10, 500), segment(20, 10)]), [[0], [10], [20]]);
});

Deno.test("groups: the indexes have to fit as well", () => {
  assertEquals(grouped([segment(0, 1, 24), segment(10, 1, 16), segment(20, 1, 8)]), [[0, 10], [
    20,
  ]]);
  const timed = [segment(0, 1, 0, 36), segment(10, 1, 0, 4), segment(20, 1, 0, 12)];
  assertEquals(grouped(timed), [[0, 10], [20]]);
});

Deno.test("groups: offsets stay within reach of the first, as an int32", () => {
  const far = 2 ** 31;
  assertEquals(grouped([segment(0, 1), segment(far - 1, 1)], far), [[0, far - 1]]);
  assertEquals(grouped([segment(0, 1), segment(far - 1, 1)], far + 1), [[0], [far - 1]]);
  const empty = [segment(0, 1), segment(far, 0), segment(far + 5, 0)];
  assertEquals(grouped(empty, far + 9), [[0, far, far + 5]]);
});

Deno.test("groups: only so many become one that the event loop is not held by their renaming", () => {
  const many = Array.from({ length: GROUP_SEGMENTS_MAX + 1 }, (_, i) => segment(i, 0, 0, 0));
  assertEquals(grouped(many).map(({ length }) => length), [GROUP_SEGMENTS_MAX, 1]);
});
