import { assert, assertEquals, assertGreaterOrEqual } from "./assert.ts";
import { every, ManualClock, systemClock } from "./clock.ts";

Deno.test("manual clock: time stands still until it is advanced", () => {
  const clock = new ManualClock(1000);
  assertEquals([clock.now(), clock.monotonic()], [1000, 1000]);
  clock.advance(250);
  assertEquals([clock.now(), clock.monotonic()], [1250, 1250]);
});

Deno.test("manual clock: what comes due runs in order of its time, then of its scheduling", () => {
  const clock = new ManualClock(0);
  const ran: string[] = [];
  const note = (name: string) => () => void ran.push(`${name}@${clock.now()}`);
  clock.schedule(30, note("late"));
  clock.schedule(10, note("first"));
  clock.schedule(10, note("second"));
  clock.schedule(-5, note("at once"));
  clock.advance(29);
  assertEquals(ran, ["at once@0", "first@10", "second@10"]);
  clock.advance(1);
  assertEquals(ran.at(-1), "late@30");
  assertEquals(clock.now(), 30);
});

Deno.test("manual clock: what a call schedules within the same step runs in it", () => {
  const clock = new ManualClock(0);
  const ran: number[] = [];
  clock.schedule(10, () => clock.schedule(10, () => ran.push(clock.now())));
  clock.advance(20);
  assertEquals(ran, [20]);
});

Deno.test("manual clock: a cancelled call does not run", () => {
  const clock = new ManualClock();
  let ran = false;
  clock.schedule(10, () => ran = true).cancel();
  clock.advance(100);
  assertEquals(ran, false);
});

Deno.test("every() calls again and again until it is cancelled, from within the call too", () => {
  const clock = new ManualClock(0);
  const ran: number[] = [];
  const timer = every(clock, 10, () => {
    ran.push(clock.now());
    if (ran.length === 3) timer.cancel();
  });
  clock.advance(100);
  assertEquals(ran, [10, 20, 30]);
  const other = every(clock, 10, () => ran.push(clock.now()));
  clock.advance(15);
  other.cancel();
  clock.advance(100);
  assertEquals(ran, [10, 20, 30, 110]);
});

Deno.test("system clock: it runs what is due, and not what was cancelled", async () => {
  const before = systemClock.monotonic();
  const alive = setInterval(() => {}, 1000); // Timers of the clock do not keep the process alive.
  try {
    const ran: string[] = [];
    systemClock.schedule(0, () => ran.push("cancelled")).cancel();
    systemClock.schedule(Number.MAX_SAFE_INTEGER, () => ran.push("much later")).cancel();
    await new Promise<void>((resolve) => systemClock.schedule(-1, resolve));
    await new Promise<void>((resolve) => systemClock.schedule(1, resolve));
    assertEquals(ran, []);
  } finally {
    clearInterval(alive);
  }
  assertGreaterOrEqual(systemClock.monotonic(), before);
  assert(Math.abs(systemClock.now() - Date.now()) < 60_000);
});
