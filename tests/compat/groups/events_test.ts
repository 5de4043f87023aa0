import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { EventError, parseEvent } from "./events.ts";

Deno.test("lines of members are read as events", () => {
  const at = 1_700_000_000_000_000;
  assertEquals(parseEvent(`${at} record 3 17 40`), {
    at,
    what: "record",
    partition: 3,
    offset: 17,
    id: 40,
  });
  assertEquals(parseEvent(`${at} revoked 0,11`), { at, what: "revoked", partitions: [0, 11] });
  assertEquals(parseEvent(`${at} committed 0:5,11:7`), {
    at,
    what: "committed",
    offsets: new Map([[0, 5], [11, 7]]),
  });
  assertEquals(parseEvent(`${at} started 42`), { at, what: "started", pid: 42 });
  assertEquals(parseEvent(`${at} failed no broker`), { at, what: "failed", text: "no broker" });
  assertEquals(parseEvent(`${at} left `), { at, what: "left" });
});

Deno.test("a line that is no event is an error", () => {
  assertThrows(() => parseEvent("Traceback (most recent call last):"), EventError, "no time");
  assertThrows(() => parseEvent("17 sings"), EventError, "no event");
});
