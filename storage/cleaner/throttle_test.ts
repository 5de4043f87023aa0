import { assertEquals } from "../../lib/assert.ts";
import { ManualClock } from "../../lib/clock.ts";
import { Throttle } from "./throttle.ts";

function throttled(bytesPerSecond: number) {
  const clock = new ManualClock();
  const pauses: number[] = [];
  const throttle = new Throttle(clock, (ms) => {
    pauses.push(ms);
    clock.advance(ms);
  }, bytesPerSecond);
  return { clock, pauses, throttle };
}

Deno.test("throttle: what was too fast is made up for by a pause", () => {
  const { clock, pauses, throttle } = throttled(1000);
  throttle.add(500);
  clock.advance(301);
  throttle.add(500);
  assertEquals(pauses, [699]);
  clock.advance(301);
  throttle.add(301);
  assertEquals(pauses, [699]);
});

Deno.test("throttle: the rate is looked at from time to time only", () => {
  const { clock, pauses, throttle } = throttled(1000);
  clock.advance(300);
  throttle.add(1_000_000);
  assertEquals(pauses, []);
});

Deno.test("throttle: without a limit there are no pauses", () => {
  for (const limit of [Infinity, Number.MAX_VALUE]) {
    const { clock, pauses, throttle } = throttled(limit);
    clock.advance(1000);
    throttle.add(Number.MAX_SAFE_INTEGER);
    assertEquals(pauses, []);
  }
});
