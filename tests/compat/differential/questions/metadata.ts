/** APIs 3 and 75: topics by name and id, unknown and impossible ones, flags and cursors. */
import { ZERO_UUID } from "../../../../protocol/codec/uuid.ts";
import { Metadata } from "../../../../protocol/messages/03_metadata.ts";
import { DescribeTopicPartitions } from "../../../../protocol/messages/75_describe_topic_partitions.ts";
import { type Target, UNKNOWN_ID } from "../target.ts";
import { createTopic, deleteTopics } from "../topics_setup.ts";

const IMPOSSIBLE_NAMES = ["", ".", "..", "a b", "ä", "a/b", "n".repeat(249), "n".repeat(250)];

export async function askMetadata(target: Target): Promise<void> {
  await createTopic(target, "meta-1");
  await createTopic(target, "meta-3", { partitions: 3 });
  const id = await target.topicId("meta-3");
  const quiet = { allowAutoTopicCreation: false };
  const byName = (...names: string[]) => ({ topics: names.map((name) => ({ name })) });

  await target.every(
    "all topics",
    Metadata,
    (version) => version === 0 ? { topics: [] } : { topics: null },
  );
  await target.every("no topics", Metadata, (version) => version === 0 ? null : { topics: [] });
  await target.every("one topic", Metadata, byName("meta-3"));
  await target.every("two topics", Metadata, byName("meta-1", "meta-3"));
  await target.every("one twice", Metadata, byName("meta-1", "meta-1"));
  await target.every("unknown, no creation", Metadata, { ...byName("meta-none"), ...quiet });
  await target.every("known and unknown, no creation", Metadata, {
    ...byName("meta-none", "meta-1"),
    ...quiet,
  });
  for (const name of IMPOSSIBLE_NAMES) {
    await target.every(`name ${JSON.stringify(name.slice(0, 9))} of ${name.length}`, Metadata, {
      ...byName(name),
      ...quiet,
    });
  }
  for (const name of [".", "a b", "n".repeat(250)]) {
    await target.every(`create ${JSON.stringify(name.slice(0, 9))}`, Metadata, byName(name));
  }
  const topicQuestions: [string, { topicId?: string; name: string | null }[]][] = [
    ["by id", [{ topicId: id, name: null }]],
    ["by id twice", [{ topicId: id, name: null }, { topicId: id, name: null }]],
    ["by unknown id", [{ topicId: UNKNOWN_ID, name: null }]],
    ["by id and name", [{ topicId: id, name: "meta-3" }]],
    ["by id and wrong name", [{ topicId: id, name: "meta-1" }]],
    ["by neither", [{ topicId: ZERO_UUID, name: null }]],
    ["one by id, one by name", [{ topicId: id, name: null }, { name: "meta-1" }]],
  ];
  for (const [label, topics] of topicQuestions) {
    await target.every(
      label,
      Metadata,
      (version) => version < 10 ? null : { topics, ...quiet },
    );
  }
  for (const cluster of [true, false]) {
    for (const topic of [true, false]) {
      await target.every(`authorized operations ${cluster} ${topic}`, Metadata, {
        ...byName("meta-1", "meta-none"),
        ...quiet,
        includeClusterAuthorizedOperations: cluster,
        includeTopicAuthorizedOperations: topic,
      });
    }
  }
  // Versions below 4 cannot forbid it.
  await target.every("creates", Metadata, (version) => byName(`meta-auto-${version}`));
  const created = Array.from({ length: 14 }, (_, version) => `meta-auto-${version}`);
  await deleteTopics(target, created);
  await askTopicPartitions(target);
  await deleteTopics(target, ["meta-1", "meta-3"]);
}

async function askTopicPartitions(target: Target): Promise<void> {
  const ask = (label: string, names: string[], rest: object = {}) =>
    target.every(label, DescribeTopicPartitions, {
      topics: names.map((name) => ({ name })),
      ...rest,
    });
  await ask("all", []);
  await ask("one", ["meta-3"]);
  await ask("two, unsorted", ["meta-3", "meta-1"]);
  await ask("unknown", ["meta-none"]);
  await ask("known and unknown", ["meta-none", "meta-1"]);
  await ask("one twice", ["meta-1", "meta-1"]);
  for (const name of IMPOSSIBLE_NAMES) await ask(`name ${name.slice(0, 9)}${name.length}`, [name]);
  for (const responsePartitionLimit of [-1, 0, 1, 2, 3, 4, 5, 3000]) {
    await ask(`limit ${responsePartitionLimit}`, ["meta-1", "meta-3"], { responsePartitionLimit });
    await ask(`limit ${responsePartitionLimit} of all`, [], { responsePartitionLimit });
  }
  const cursors: [topicName: string, partitionIndex: number][] = [
    ["meta-1", 0],
    ["meta-1", 1],
    ["meta-3", 0],
    ["meta-3", 2],
    ["meta-3", 3],
    ["meta-3", -1],
    ["meta-2", 0],
    ["a", 0],
    ["z", 0],
    ["", 0],
  ];
  for (const [topicName, partitionIndex] of cursors) {
    const cursor = { topicName, partitionIndex };
    await ask(`cursor ${topicName} ${partitionIndex}`, ["meta-1", "meta-3"], { cursor });
    await ask(`cursor ${topicName} ${partitionIndex}, all`, [], { cursor });
    await ask(`cursor ${topicName} ${partitionIndex}, limit 1`, ["meta-1", "meta-3"], {
      cursor,
      responsePartitionLimit: 1,
    });
  }
}
