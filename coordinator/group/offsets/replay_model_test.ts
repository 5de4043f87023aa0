/** Offsets at random work: what is replayed from the log is what was there before. */
import { assertEquals } from "../../../lib/assert.ts";
import { fc } from "../../../lib/fast_check.ts";
import { type LogEntry, replayed, RETENTION_MS, TestOffsets } from "./testing/test_offsets.ts";

const ID_OF_TOPIC = {
  old: { a: "AAAAAAAAQACAAAAAAAAAAQ", b: "AAAAAAAAQACAAAAAAAAAAg" },
  new: { a: "AAAAAAAAQACAAAAAAAAAAw", b: "AAAAAAAAQACAAAAAAAAABA" },
} as const;

const groupId = fc.constantFrom("g", "h");
const topic = fc.constantFrom("a", "b");
const partition = fc.nat(3);
const offset = fc.nat(1000);
const producerId = fc.constantFrom(7, 8, 9);
const topicIds = fc.constantFrom(ID_OF_TOPIC.old, ID_OF_TOPIC.new, {});

type Step = (test: TestOffsets) => void;

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      groupId,
      topicIds,
      topics: fc.dictionary(topic, fc.dictionary(fc.constantFrom("0", "1", "2", "3"), offset)),
      leaderEpoch: fc.integer({ min: -1, max: 3 }),
      metadata: fc.constantFrom("", "m", null, "far too long"),
      retentionTimeMs: fc.constantFrom(-1, -1, 0, 10_000, Infinity),
    }).map((draft): Step => (test) => void test.commit(draft)),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(producerId, topic, partition, offset, groupId)
      .map(([producerId, topic, partition, offset, groupId]): Step => (test) =>
        test.commitInTransaction(producerId, topic, partition, offset, { groupId })
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(producerId, fc.boolean())
      .map(([producerId, committed]): Step => (test) => test.end(producerId, committed)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(groupId, topic, partition)
      .map(([groupId, name, partitionIndex]): Step => (test) => {
        test.group(groupId);
        const topics = [{ name, partitions: [{ partitionIndex }] }];
        test.runtime.run(test.offsets.deleteOffsets({ groupId, topics }));
      }),
  },
  {
    weight: 1,
    arbitrary: groupId.map((groupId): Step => (test) =>
      test.runtime.run({ records: test.offsets.deleteAll(groupId), response: undefined })
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(topic, fc.constantFrom("old", "new"))
      .map(([name, age]): Step => (test) =>
        test.runtime.run(test.offsets.onTopicsDeleted([{ id: ID_OF_TOPIC[age][name], name }]))
      ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1000, RETENTION_MS / 2, RETENTION_MS)
      .map((ms): Step => (test) => test.runtime.clock.advance(ms)),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Step>((test) => {
      const { records } = test.offsets.expire();
      test.runtime.run({ records, response: undefined });
    }),
  },
);

type Positioned = readonly [offset: number, entry: LogEntry];

/** Where the first transaction begins that is still open. */
function firstUnstable(log: readonly LogEntry[]): number {
  const open = new Map<number, number>();
  log.forEach((entry, i) => {
    if ("committed" in entry) open.delete(entry.producerId);
    else if (entry.producerId >= 0 && !open.has(entry.producerId)) open.set(entry.producerId, i);
  });
  return Math.min(log.length, ...open.values());
}

/** The records of transactions that were aborted. */
function aborted(log: readonly LogEntry[]): ReadonlySet<LogEntry> {
  const result = new Set<LogEntry>();
  const open = new Map<number, LogEntry[]>();
  for (const entry of log) {
    if (!("committed" in entry)) {
      open.set(entry.producerId, [...open.get(entry.producerId) ?? [], entry]);
      continue;
    }
    if (!entry.committed) open.get(entry.producerId)?.forEach((each) => result.add(each));
    open.delete(entry.producerId);
  }
  return result;
}

/** The log as a cleaner leaves it: the last record of each key, up to the first open transaction. */
function compacted(log: readonly LogEntry[]): Positioned[] {
  const clean = firstUnstable(log);
  const dropped = aborted(log);
  const keyOf = (entry: LogEntry) => "record" in entry ? JSON.stringify(entry.record.key) : "";
  const last = new Map<string, number>();
  log.slice(0, clean).forEach((entry, i) => {
    if (!dropped.has(entry)) last.set(keyOf(entry), i);
  });
  return [...log.entries()].filter(([i, entry]) => {
    if (i >= clean || "committed" in entry) return true;
    return !dropped.has(entry) && last.get(keyOf(entry)) === i;
  });
}

/** What clients see, now and after all open transactions were committed. */
function seen(test: TestOffsets): unknown {
  for (const groupId of ["g", "h"]) test.group(groupId);
  const before = [test.state(), test.offsets.size];
  for (const producerId of [7, 8, 9]) test.offsets.replayEndTransaction(producerId, true);
  const details = ["g", "h"].map((groupId) =>
    (test.fetch(null, { groupId }).topics ?? []).toSorted((a, b) => a.name! < b.name! ? -1 : 1)
  );
  return [...before, test.state(), details];
}

const runs = fc.array(steps, { maxLength: 60, size: "max" });

function logOf(run: readonly Step[]): { test: TestOffsets; log: LogEntry[] } {
  const test = new TestOffsets();
  for (const step of run) step(test);
  return { test, log: [...test.log] };
}

Deno.test("offsets: state after replay is the state before", () => {
  fc.assert(
    fc.property(runs, (run) => {
      const { test, log } = logOf(run);
      assertEquals(seen(replayed(log.entries())), seen(test));
    }),
    { numRuns: 300 },
  );
});

Deno.test("offsets: state after replay of a compacted log is the state before", () => {
  fc.assert(
    fc.property(runs, (run) => {
      const { test, log } = logOf(run);
      assertEquals(seen(replayed(compacted(log))), seen(test));
    }),
    { numRuns: 300 },
  );
});
