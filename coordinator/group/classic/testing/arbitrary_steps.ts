/** Random clients, and what may happen to them and to their coordinator. */
import { fc } from "../../../../lib/fast_check.ts";
import type { ClientTraits } from "./model_client.ts";
import { ModelledGroup, type Step } from "./modelled_group.ts";

const who = fc.nat({ max: 4 });

function step(weight: number, ...names: Exclude<Step["do"], "pass time">[]) {
  return { weight, arbitrary: fc.record({ do: fc.constantFrom(...names), who }) };
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  step(30, "next"),
  step(6, "join", "sync", "heartbeat", "commit offsets"),
  step(2, "leave", "die", "change metadata", "fall behind"),
  step(3, "start"),
  step(1, "remove instance", "delete group"),
  step(3, "hold commits", "commit", "commit"),
  step(1, "refuse records", "commit late"),
  step(1, "crash coordinator", "move coordinator"),
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("pass time" as const),
      who,
      ms: fc.oneof(fc.constantFrom(1000, 3000, 3000, 9000), fc.nat({ max: 70_000 })),
    }),
  },
);

const protocols = fc.constantFrom(
  ["range"],
  ["range", "sticky"],
  ["sticky", "range"],
  ["range", "roundrobin", "sticky"],
);

/** Clients that always have `range` in common. Several of them may be after one instance id. */
const traits = (rebalanceTimeoutMs: number): fc.Arbitrary<ClientTraits[]> =>
  fc.tuple(...[0, 1, 2, 3, 4].map((i) =>
    fc.record({
      instanceId: i < 3 ? fc.constantFrom(null, "one", "two") : fc.constant(null),
      version: fc.constantFrom(3, 8, 9),
      protocols,
      sessionTimeoutMs: fc.constantFrom(10_000, 30_000),
      rebalanceTimeoutMs: fc.constant(rebalanceTimeoutMs),
      isLazy: fc.constantFrom(false, false, true),
    })
  ));

/** Groups at random work must keep what every group keeps, and come to rest in the end. */
export function holds(counts?: Map<string, number>) {
  return fc.property(
    fc.constantFrom(5000, 60_000).chain(traits),
    fc.constantFrom(3, 5),
    fc.nat(),
    fc.array(steps, { minLength: 10, maxLength: 120, size: "max" }),
    (clients, sizeMax, seed, sequence) => {
      const model = new ModelledGroup(clients, sizeMax, seed, counts);
      for (const each of sequence) model.run(each);
      model.settle();
    },
  );
}
