import { assertEquals } from "../../lib/assert.ts";
import { ManualClock } from "../../lib/clock.ts";
import { CoordinatorTimers } from "./timers.ts";

function setUp() {
  const clock = new ManualClock();
  const ran: string[] = [];
  const timers = new CoordinatorTimers<never>(clock, (key, command) => {
    command();
    ran.push(key);
  });
  const command = () => ({ records: [], response: undefined });
  return { clock, ran, timers, command };
}

Deno.test("timers: a command runs when its time has come, once", () => {
  const { clock, ran, timers, command } = setUp();
  timers.schedule("a", 100, command);
  clock.advance(99);
  assertEquals([ran, timers.has("a")], [[], true]);
  clock.advance(1);
  clock.advance(1000);
  assertEquals([ran, timers.has("a"), timers.size], [["a"], false, 0]);
});

Deno.test("timers: one that is put off runs at its last deadline, with its last command", () => {
  const { clock, ran, timers, command } = setUp();
  timers.schedule("a", 100, () => {
    throw new Error("it was replaced");
  });
  for (let i = 0; i < 10; i++) {
    clock.advance(50);
    timers.schedule("a", 100, command);
  }
  clock.advance(99);
  assertEquals(ran, []);
  clock.advance(1);
  assertEquals(ran, ["a"]);
});

Deno.test("timers: one that is brought forward runs earlier", () => {
  const { clock, ran, timers, command } = setUp();
  timers.schedule("a", 1000, command);
  timers.schedule("a", 10, command);
  clock.advance(10);
  assertEquals(ran, ["a"]);
  clock.advance(1000);
  assertEquals(ran, ["a"]);
});

Deno.test("timers: what is set already is not set again by scheduleIfAbsent", () => {
  const { clock, ran, timers, command } = setUp();
  timers.scheduleIfAbsent("a", 10, command);
  timers.scheduleIfAbsent("a", 5000, command);
  clock.advance(10);
  assertEquals(ran, ["a"]);
});

Deno.test("timers: what is cancelled does not run", () => {
  const { clock, ran, timers, command } = setUp();
  for (const key of ["a", "b", "c"]) timers.schedule(key, 10, command);
  timers.cancel("a");
  timers.cancel("unknown");
  clock.advance(5);
  timers.cancelAll();
  clock.advance(1000);
  assertEquals([ran, timers.size], [[], 0]);
});

Deno.test("timers: a command may set its own timer again", () => {
  const { clock, ran, timers } = setUp();
  const command = () => {
    timers.schedule("a", 10, command);
    return { records: [], response: undefined };
  };
  timers.schedule("a", 10, command);
  clock.advance(35);
  assertEquals(ran, ["a", "a", "a"]);
});
