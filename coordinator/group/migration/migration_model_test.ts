import { assert, assertEquals } from "../../../lib/assert.ts";
import { fc } from "../../../lib/fast_check.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import {
  checkComplete,
  ConsumerInvariants,
  stateOf,
  type Worker,
} from "../../testing/consumer_invariants.ts";
import { CONSUMER_FAULTS, type ConsumerFault } from "../../testing/consumer_faults.ts";
import { ModelClassicConsumer } from "../../testing/model_classic_consumer.ts";
import { type Delivery, ModelConsumer } from "../../testing/model_consumer.ts";
import { GROUP_ID, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";
import { ClassicGroup } from "../classic/classic_group.ts";
import { ConsumerGroup } from "../consumer/consumer_group.ts";

const TOPICS = ["t0", "t1"];
const OF_EACH = 3;

/** What a run has to have seen to be worth something. */
const HAPPENS = [
  "a group is upgraded",
  "a group is downgraded",
  "classic: joined a consumer group",
  "classic: joined a classic group",
  "classic: REBALANCE_IN_PROGRESS",
  "classic: UNKNOWN_MEMBER_ID",
  "classic: ILLEGAL_GENERATION",
  "heartbeat: told more",
  "heartbeat: told less",
  "event: restart coordinator",
];

/** The time in which the dead are noticed, and rebalances that wait for them end. */
const SETTLING_ROUNDS = 150;
const ROUND_MS = 1000;

/** Something that happens. `who` is one of the consumers of a protocol. */
type Event =
  | { kind: "heartbeat"; who: number; delivery: Delivery }
  | { kind: "classic step"; who: number }
  | { kind: "leave" | "crash" | "start"; classic: boolean; who: number }
  | { kind: "set topic"; name: string; partitions: number }
  | { kind: "pass time"; ms: number }
  | { kind: "restart coordinator"; compacted: boolean };

const who = fc.nat(OF_EACH - 1);
const classic = fc.boolean();

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant("heartbeat" as const),
      who,
      delivery: fc.constantFrom<Delivery>("taken", "taken", "taken", "late", "lost"),
    }),
  },
  { weight: 40, arbitrary: fc.record({ kind: fc.constant("classic step" as const), who }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("leave" as const), classic, who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const), classic, who }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("start" as const), classic, who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("set topic" as const),
      name: fc.constantFrom(...TOPICS),
      partitions: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 15,
    arbitrary: fc.record({
      kind: fc.constant("pass time" as const),
      ms: fc.constantFrom(0, 100, 1000, 3000, 11_000),
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

const history = fc.array(event, { minLength: 30, maxLength: 200, size: "max" });

class Model {
  private readonly test: TestConsumerGroups;
  private readonly consumers: ModelConsumer[];
  private readonly classics: ModelClassicConsumer[];
  private readonly all: readonly Worker[];
  private readonly invariants = new ConsumerInvariants();
  private kind = "";

  constructor(fault: ConsumerFault | null, private readonly counts: Map<string, number>) {
    this.test = new TestConsumerGroups({}, 7, fault?.plant);
    this.test.setTopic("t0", 4);
    const count = (what: string) => this.count(what);
    const wants = { names: TOPICS, pattern: "" };
    this.consumers = Array.from(
      { length: OF_EACH },
      () => new ModelConsumer(this.test, null, wants, count),
    );
    this.classics = Array.from(
      { length: OF_EACH },
      (_, i) => new ModelClassicConsumer(this.test, i > 0, TOPICS, count),
    );
    for (const consumer of this.consumers) consumer.crash();
    this.all = [...this.consumers, ...this.classics];
  }

  run(events: readonly Event[]): void {
    for (const event of events) {
      this.count(`event: ${event.kind}`);
      this.apply(event);
      this.check();
    }
    this.settle();
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  private check(): void {
    for (const each of this.classics) each.takeAnswers();
    this.invariants.check(this.test, this.all);
    const group = this.test.store.find(GROUP_ID);
    if (group === undefined || group.isEmpty) this.kind = "";
    else {
      if (this.kind === "classic" && group.kind === "consumer") this.count("a group is upgraded");
      if (this.kind === "consumer" && group.kind === "classic") this.count("a group is downgraded");
      this.kind = group.kind;
    }
  }

  private apply(event: Event): void {
    const { test, consumers, classics } = this;
    switch (event.kind) {
      case "heartbeat":
        return this.heartbeat(consumers[event.who], event.delivery);
      case "classic step":
        return classics[event.who].step();
      case "leave":
        if (event.classic) classics[event.who].leave();
        else consumers[event.who].leave(true);
        return;
      case "crash":
        return (event.classic ? classics : consumers)[event.who].crash();
      case "start": {
        const each = (event.classic ? classics : consumers)[event.who];
        if (!each.alive) each.start();
        return;
      }
      case "set topic":
        return test.setTopic(
          event.name,
          Math.max(event.partitions, test.partitionCount(event.name)),
        );
      case "pass time":
        return test.advance(event.ms);
      case "restart coordinator":
        return this.restart(event.compacted);
    }
  }

  /**
   * Whether a classic group rebalances. What it knows of its members' partitions then is neither
   * recorded nor what they work on: Kafka, too, may have a partition owned twice for a moment where a
   * group is upgraded or loaded just then.
   */
  private get isUnsettled(): boolean {
    const group = this.test.store.find(GROUP_ID);
    return group instanceof ClassicGroup && group.state !== "Stable" && group.state !== "Empty";
  }

  private heartbeat(consumer: ModelConsumer, delivery: Delivery): void {
    if (consumer.isMember || !this.isUnsettled) consumer.heartbeat(delivery);
  }

  private restart(compacted: boolean): void {
    const { test } = this;
    if (this.isUnsettled) return;
    const isOfConsumers = test.store.find(GROUP_ID) instanceof ConsumerGroup;
    const before = isOfConsumers ? stateOf(test) : null;
    if (compacted) test.compact();
    test.restart();
    for (const each of this.classics) each.disconnect();
    if (isOfConsumers) assertEquals(stateOf(test), before);
  }

  /** With all that are alive at work, the group comes to rest with everything assigned. */
  private settle(): void {
    const { test, consumers, classics } = this;
    for (let round = 0; round < SETTLING_ROUNDS; round++) {
      for (const each of classics) {
        each.step();
        this.check();
      }
      for (const each of consumers) {
        this.heartbeat(each, "taken");
        this.check();
      }
      test.advance(ROUND_MS);
      this.check();
    }
    const alive = this.all.filter((each) => each.alive);
    const group = test.store.find(GROUP_ID);
    if (group === undefined) return assertEquals(alive.length, 0);
    assertEquals(group.stateName, alive.length === 0 ? "Empty" : "Stable");
    assertEquals(group.memberCount, alive.length);
    if (alive.length > 0) {
      const ofConsumers = consumers.some((each) => each.alive);
      assertEquals(group.kind, ofConsumers ? "consumer" : "classic");
    }
    checkComplete(test, this.all);
  }
}

Deno.test("no partition has two owners while a group goes from one protocol to the other, and all are assigned in the end", () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(history, (events) => new Model(null, counts).run(events)),
    { numRuns: 300, seed: 848 },
  );
  console.log(Object.fromEntries([...counts].sort(([a], [b]) => a < b ? -1 : 1)));
  for (const what of HAPPENS) assert(counts.get(what)! > 20, `${what} was hardly seen`);
});

/** Faults of consumer groups that concern groups of both protocols. */
const SEEN_HERE = ["every partition counts as free", "silent members are never removed"];

const FAULTS: readonly ConsumerFault[] = [
  ...CONSUMER_FAULTS.filter(({ name }) => SEEN_HERE.includes(name)),
  {
    name: "groups keep to their protocol",
    plant({ groups }) {
      groups.migration = null;
    },
  },
  {
    name: "what is left of a consumer group does not rebalance",
    plant({ classic }) {
      classic.rebalance = () => ({ records: [], response: undefined });
    },
  },
  {
    name: "classic members are never told to join again",
    plant({ classic: { consumerGroups } }) {
      const heartbeat = consumerGroups!.heartbeat.bind(consumerGroups);
      consumerGroups!.heartbeat = (...asked) => ({
        ...heartbeat(...asked),
        response: { errorCode: ErrorCode.NONE },
      });
    },
  },
];

for (const fault of FAULTS) {
  Deno.test(`the model of migration notices when ${fault.name}`, () => {
    const { failed } = fc.check(
      fc.property(history, (events) => new Model(fault, new Map()).run(events)),
      { numRuns: 300, seed: 848, endOnFailure: true },
    );
    assert(failed, "nothing was noticed");
  });
}
