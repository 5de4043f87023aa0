import { assert, assertEquals } from "../../../lib/assert.ts";
import { fc } from "../../../lib/fast_check.ts";
import { checkComplete, ConsumerInvariants, stateOf } from "../../testing/consumer_invariants.ts";
import { CONSUMER_FAULTS, type ConsumerFault } from "../../testing/consumer_faults.ts";
import { type Delivery, ModelConsumer, type Wants } from "../../testing/model_consumer.ts";
import { GROUP_ID, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";

const CONSUMERS = 5;
const TOPICS = ["t0", "t1", "t2", "u0"];
const PATTERNS = ["", "", "t.*", "t[01]|u0", "u.*"];

/** What a run has to have seen to be worth something. */
const HAPPENS = [
  ...["heartbeat", "subscribe", "leave", "crash", "start", "set topic", "delete topic"],
  ...["pass time", "restart coordinator"],
].map((kind) => `event: ${kind}`).concat(
  [
    "told more",
    "told less",
    "told the same",
    "answer lost",
    "FENCED_MEMBER_EPOCH",
    "UNKNOWN_MEMBER_ID",
    "UNRELEASED_INSTANCE_ID",
  ].map((outcome) => `heartbeat: ${outcome}`),
);

/** The time in which the dead are noticed and patterns matched again, and a few heartbeats more. */
const SETTLING_ROUNDS_MAX = 62;
const ROUND_MS = 1000;

/** Something that happens. `who` is one of the consumers. */
type Event =
  | { kind: "heartbeat"; who: number; delivery: Delivery }
  | { kind: "subscribe"; who: number; wants: Wants }
  | { kind: "leave"; who: number; forGood: boolean }
  | { kind: "crash"; who: number }
  | { kind: "start"; who: number }
  | { kind: "set topic"; name: string; partitions: number }
  | { kind: "delete topic"; name: string }
  | { kind: "pass time"; ms: number }
  | { kind: "restart coordinator"; compacted: boolean };

const who = fc.nat(CONSUMERS - 1);
const topic = fc.constantFrom(...TOPICS);
const wants: fc.Arbitrary<Wants> = fc.record({
  names: fc.subarray([...TOPICS, "missing"]),
  pattern: fc.constantFrom(...PATTERNS),
});

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      kind: fc.constant("heartbeat" as const),
      who,
      delivery: fc.constantFrom<Delivery>("taken", "taken", "taken", "late", "lost"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("subscribe" as const), who, wants }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("leave" as const), who, forGood: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const), who }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("start" as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("set topic" as const),
      name: topic,
      partitions: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete topic" as const), name: topic }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("pass time" as const),
      ms: fc.constantFrom(0, 100, 1000, 5000, 11_000, 20_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("restart coordinator" as const),
      compacted: fc.boolean(),
    }),
  },
);

const history = fc.array(event, { minLength: 20, maxLength: 150, size: "max" });

class Model {
  readonly test: TestConsumerGroups;
  readonly consumers: ModelConsumer[];
  private readonly invariants = new ConsumerInvariants();

  constructor(fault: ConsumerFault | null, private readonly counts: Map<string, number>) {
    this.test = new TestConsumerGroups({}, 7, fault?.plant);
    this.consumers = Array.from({ length: CONSUMERS }, (_, i) => {
      const instanceId = i % 2 === 0 ? null : `instance-${i}`;
      const wants = { names: ["t0"], pattern: "" };
      return new ModelConsumer(this.test, instanceId, wants, (what) => this.count(what));
    });
    this.test.setTopic("t0", 4);
  }

  run(events: readonly Event[]): void {
    for (const event of events) {
      this.count(`event: ${event.kind}`);
      this.apply(event);
      this.invariants.check(this.test, this.consumers);
    }
    this.settle();
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  private apply(event: Event): void {
    const { test } = this;
    switch (event.kind) {
      case "heartbeat":
        return this.consumers[event.who].heartbeat(event.delivery);
      case "subscribe":
        return this.consumers[event.who].subscribe(event.wants);
      case "leave":
        return this.consumers[event.who].leave(event.forGood);
      case "crash":
        return this.consumers[event.who].crash();
      case "start": {
        const consumer = this.consumers[event.who];
        if (!consumer.alive) consumer.start();
        return;
      }
      case "set topic":
        return test.setTopic(
          event.name,
          Math.max(event.partitions, test.partitionCount(event.name)),
        );
      case "delete topic":
        if (test.topicNames().includes(event.name)) test.deleteTopic(event.name);
        return;
      case "pass time":
        return test.advance(event.ms);
      case "restart coordinator":
        return this.restart(event.compacted);
    }
  }

  private restart(compacted: boolean): void {
    const before = stateOf(this.test);
    if (compacted) this.test.compact();
    this.test.restart();
    assertEquals(stateOf(this.test), before);
  }

  /** With all that are alive heartbeating, the group comes to rest with everything assigned. */
  private settle(): void {
    const { test, consumers } = this;
    for (let round = 0; round < SETTLING_ROUNDS_MAX; round++) {
      for (const consumer of consumers) consumer.heartbeat("taken");
      test.advance(ROUND_MS);
      this.invariants.check(test, consumers);
    }
    this.restart(false);
    const alive = consumers.filter((consumer) => consumer.alive);
    checkComplete(test, consumers);
    if (test.store.find(GROUP_ID) === undefined) return assertEquals(alive.length, 0);
    assertEquals(test.group().state, alive.length === 0 ? "Empty" : "Stable");
    assertEquals(test.group().memberCount, alive.length);
    assertEquals(test.runtime.context.timers.size, alive.length, "timers");
  }
}

Deno.test("whatever happens to a group, no partition has two owners, and all are assigned in the end", () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(history, (events) => new Model(null, counts).run(events)),
    { numRuns: 600, seed: 848 },
  );
  console.log(Object.fromEntries([...counts].sort(([a], [b]) => a < b ? -1 : 1)));
  for (const what of HAPPENS) assert(counts.get(what)! > 20, `${what} was hardly seen`);
});

for (const fault of CONSUMER_FAULTS) {
  Deno.test(`the model notices when ${fault.name}`, () => {
    const { failed } = fc.check(
      fc.property(history, (events) => new Model(fault, new Map()).run(events)),
      { numRuns: 300, seed: 848, endOnFailure: true },
    );
    assert(failed, "nothing was noticed");
  });
}
