/** API 1: reading from every place, limits, epochs, ids and sessions (KIP-227). */
import { Fetch } from "../../../../protocol/messages/01_fetch.ts";
import { Compression } from "../../../../protocol/records/compression/compression.ts";
import { someBatch } from "../batches.ts";
import { type Target, UNKNOWN_ID, versionsOf } from "../target.ts";
import { createTopic, deleteTopics, fill } from "../topics_setup.ts";

const MANY_BYTES = 1_000_000;

interface PartitionDraft {
  partition: number;
  fetchOffset: number;
  partitionMaxBytes?: number;
  currentLeaderEpoch?: number;
  lastFetchedEpoch?: number;
  logStartOffset?: number;
}

class Asker {
  private readonly ids = new Map<string, string>();

  constructor(readonly target: Target) {}

  async create(name: string, partitions: number): Promise<void> {
    await createTopic(this.target, name, { partitions });
    this.ids.set(name, await this.target.topicId(name));
  }

  topic(version: number, name: string, partitions: PartitionDraft[]): object {
    const full = partitions.map((partition) => ({ partitionMaxBytes: MANY_BYTES, ...partition }));
    return version < 13
      ? { topic: name, partitions: full }
      : { topicId: this.ids.get(name) ?? UNKNOWN_ID, partitions: full };
  }

  forget(version: number, name: string, partitions: number[]): object {
    return version < 13
      ? { topic: name, partitions }
      : { topicId: this.ids.get(name) ?? UNKNOWN_ID, partitions };
  }

  ask(label: string, version: number, topics: object[], rest: object = {}) {
    const body = { maxWaitMs: 0, minBytes: 0, maxBytes: MANY_BYTES, topics, ...rest };
    return this.target.ask(label, Fetch, version, body);
  }
}

export async function askFetch(target: Target): Promise<void> {
  const asker = new Asker(target);
  await asker.create("fetch-one", 1);
  await asker.create("fetch-two", 2);
  await asker.create("fetch-empty", 1);
  const codecs = Object.values(Compression);
  await fill(target, "fetch-one", 0, codecs.map((compression) => someBatch(4, { compression })));
  for (const index of [0, 1]) {
    await fill(target, "fetch-two", index, [someBatch(3), someBatch(3, {}, 3)]);
  }
  for (const version of versionsOf(Fetch)) {
    await askPlaces(asker, version);
    await askLimits(asker, version);
    if (version >= 7) await askSessions(asker, version);
  }
  await deleteTopics(target, ["fetch-one", "fetch-two", "fetch-empty"]);
}

async function askPlaces(asker: Asker, version: number): Promise<void> {
  const one = (rest: Partial<PartitionDraft>) =>
    asker.topic(version, "fetch-one", [{ partition: 0, fetchOffset: 0, ...rest }]);
  const ask = (label: string, topics: object[], rest: object = {}) =>
    asker.ask(label, version, topics, rest);
  for (const fetchOffset of [0, 1, 4, 7, 19, 20, 21, 1000, -1, -2, Infinity, -Infinity]) {
    await ask(`offset ${fetchOffset}`, [one({ fetchOffset })]);
  }
  await ask("empty partition", [
    asker.topic(version, "fetch-empty", [{ partition: 0, fetchOffset: 0 }]),
  ]);
  await ask("partition 9", [one({ partition: 9 })]);
  await ask("partition -1", [one({ partition: -1 })]);
  await ask("unknown topic", [
    asker.topic(version, "fetch-none", [{ partition: 0, fetchOffset: 0 }]),
  ]);
  await ask("known and unknown", [
    asker.topic(version, "fetch-none", [{ partition: 0, fetchOffset: 0 }]),
    one({}),
  ]);
  await ask("no topics", []);
  await ask("no partitions", [asker.topic(version, "fetch-one", [])]);
  await ask("partition twice", [
    asker.topic(version, "fetch-one", [
      { partition: 0, fetchOffset: 0 },
      { partition: 0, fetchOffset: 8 },
    ]),
  ]);
  await ask("topic twice", [one({}), one({ fetchOffset: 8 })]);
  for (const currentLeaderEpoch of [-2, -1, 0, 1, 1000]) {
    await ask(`leader epoch ${currentLeaderEpoch}`, [one({ currentLeaderEpoch })]);
  }
  if (version >= 12) {
    for (const lastFetchedEpoch of [-2, 0, 1, 1000]) {
      await ask(`last fetched epoch ${lastFetchedEpoch}`, [one({ lastFetchedEpoch })]);
      await ask(`last fetched epoch ${lastFetchedEpoch} beyond the end`, [
        one({ lastFetchedEpoch, fetchOffset: 1000 }),
      ]);
    }
  }
  for (const logStartOffset of [0, 5, 1000]) {
    await ask(`log start offset ${logStartOffset}`, [one({ logStartOffset })]);
  }
  for (const isolationLevel of [0, 1, 2, -1]) {
    await ask(`isolation level ${isolationLevel}`, [one({})], { isolationLevel });
  }
  for (const rackId of ["a", "r".repeat(300)]) await ask("rack", [one({})], { rackId });
  for (const replicaId of [0, 1, 5, -2, -3]) {
    const replica = version < 15
      ? { replicaId }
      : { replicaState: { replicaId, replicaEpoch: -1 } };
    await ask(`as replica ${replicaId}`, [one({})], replica);
  }
  if (version >= 12) await ask("cluster id wrong", [one({})], { clusterId: "not-this-one" });
}

async function askLimits(asker: Asker, version: number): Promise<void> {
  const two = (partitionMaxBytes: number) =>
    asker.topic(
      version,
      "fetch-two",
      [0, 1].map((partition) => ({
        partition,
        fetchOffset: 0,
        partitionMaxBytes,
      })),
    );
  for (const bytes of [-1, 0, 1, 100, 300, 500, MANY_BYTES, 2147483647]) {
    await asker.ask(`partition limit ${bytes}`, version, [two(bytes)]);
    await asker.ask(`limit ${bytes}`, version, [two(MANY_BYTES)], { maxBytes: bytes });
    await asker.ask(`both limits ${bytes}`, version, [two(bytes)], { maxBytes: bytes });
  }
  const end = asker.topic(version, "fetch-one", [{ partition: 0, fetchOffset: 20 }]);
  for (const minBytes of [-1, 0, 1, 1e6]) {
    for (const maxWaitMs of [-1, 0, 20]) {
      await asker.ask(`min bytes ${minBytes}, wait ${maxWaitMs}`, version, [end], {
        minBytes,
        maxWaitMs,
      });
    }
  }
  await asker.ask("an error ends the wait", version, [
    end,
    asker.topic(version, "fetch-two", [{ partition: 5, fetchOffset: 0 }]),
  ], { minBytes: 1e6, maxWaitMs: 15_000 });
  await asker.ask("an offset out of range ends the wait", version, [
    end,
    asker.topic(version, "fetch-two", [{ partition: 0, fetchOffset: 500 }]),
  ], { minBytes: 1e6, maxWaitMs: 15_000 });
}

async function askSessions(asker: Asker, version: number): Promise<void> {
  const one = (fetchOffset: number) =>
    asker.topic(version, "fetch-one", [{ partition: 0, fetchOffset }]);
  const two = (fetchOffset: number, ...partitions: number[]) =>
    asker.topic(
      version,
      "fetch-two",
      partitions.map((partition) => ({ partition, fetchOffset })),
    );
  const none = asker.topic(version, "fetch-none", [{ partition: 0, fetchOffset: 0 }]);
  const ask = (
    label: string,
    topics: object[],
    sessionId: number,
    sessionEpoch: number,
    rest = {},
  ) => asker.ask(`session: ${label}`, version, topics, { sessionId, sessionEpoch, ...rest });

  const answer = await ask("new", [one(0), two(0, 0, 1)], 0, 0);
  const id = answer?.sessionId ?? 0;
  await ask("nothing changed", [], id, 1);
  await ask("read on", [one(20), two(6, 0, 1)], id, 2);
  await ask("at the end", [], id, 3);
  await ask("back", [two(3, 1)], id, 4);
  await ask("one forgotten", [], id, 5, {
    forgottenTopicsData: [asker.forget(version, "fetch-two", [0])],
  });
  await ask("a stranger forgotten", [], id, 6, {
    forgottenTopicsData: [asker.forget(version, "fetch-none", [0])],
  });
  await ask("an unknown one added", [none], id, 7);
  await ask("the unknown one stays", [], id, 8);
  await ask("forgotten and added", [two(0, 1)], id, 9, {
    forgottenTopicsData: [asker.forget(version, "fetch-two", [1])],
  });
  await ask("out of range", [one(500)], id, 10);
  await ask("out of range still", [], id, 11);
  await ask("epoch skipped", [], id, 13);
  await ask("epoch repeated", [], id, 11);
  await ask("epoch right again", [one(0)], id, 12);
  await ask("unknown session", [one(0)], id === 1 ? 2 : 1, 1);
  await ask("unknown session made anew", [one(0)], id === 1 ? 2 : 1, 0);
  await ask("session without id", [one(0)], 0, 1);
  await ask("final epoch", [one(0)], id, -1);
  await ask("after the end", [], id, 13);
  await ask("epoch -2", [one(0)], 0, -2);
  await ask("new and empty", [], 0, 0);
  await ask("new with unknown ones only", [none], 0, 0);
}
