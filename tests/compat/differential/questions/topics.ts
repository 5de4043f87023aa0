/** APIs 19, 20 and 37: creating, growing and deleting topics. */
import { ZERO_UUID } from "../../../../protocol/codec/uuid.ts";
import { CreateTopics } from "../../../../protocol/messages/19_create_topics.ts";
import { DeleteTopics } from "../../../../protocol/messages/20_delete_topics.ts";
import { CreatePartitions } from "../../../../protocol/messages/37_create_partitions.ts";
import { type Target, UNKNOWN_ID } from "../target.ts";
import { createTopic, deleteTopics } from "../topics_setup.ts";

interface TopicDraft {
  name: string;
  numPartitions?: number;
  replicationFactor?: number;
  assignments?: { partitionIndex: number; brokerIds: number[] }[];
  configs?: { name: string; value: string | null }[];
}

const assign = (...brokers: number[][]) =>
  brokers.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));
const withConfig = (name: string, value: string | null) => ({ configs: [{ name, value }] });

/** One topic each, by what is asked for. The name is made to be its own in each version. */
const CREATIONS: Record<string, Omit<TopicDraft, "name"> & { name?: string }> = {
  "one partition": { numPartitions: 1, replicationFactor: 1 },
  "five partitions": { numPartitions: 5, replicationFactor: 1 },
  "defaults": { numPartitions: -1, replicationFactor: -1 },
  "zero partitions": { numPartitions: 0, replicationFactor: 1 },
  "minus two partitions": { numPartitions: -2, replicationFactor: 1 },
  "replication factor 0": { numPartitions: 1, replicationFactor: 0 },
  "replication factor -2": { numPartitions: 1, replicationFactor: -2 },
  "replication factor 2": { numPartitions: 1, replicationFactor: 2 },
  "too many partitions": { numPartitions: 1_000_000, replicationFactor: 1 },
  "assigned": { numPartitions: -1, replicationFactor: -1, assignments: assign([1], [1]) },
  "assigned with count": { numPartitions: 2, replicationFactor: -1, assignments: assign([1], [1]) },
  "assigned with factor": { numPartitions: -1, replicationFactor: 1, assignments: assign([1]) },
  "assigned to nobody": { numPartitions: -1, replicationFactor: -1, assignments: assign([]) },
  "assigned to a stranger": { numPartitions: -1, replicationFactor: -1, assignments: assign([7]) },
  "assigned to -1": { numPartitions: -1, replicationFactor: -1, assignments: assign([-1]) },
  "assigned twice": { numPartitions: -1, replicationFactor: -1, assignments: assign([1, 1]) },
  "assigned unevenly": {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: assign([1], [1, 2]),
  },
  "assigned with a gap": {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 0, brokerIds: [1] }, { partitionIndex: 2, brokerIds: [1] }],
  },
  "assigned from 1": {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 1, brokerIds: [1] }],
  },
  "assigned one partition twice": {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 0, brokerIds: [1] }, { partitionIndex: 0, brokerIds: [1] }],
  },
  "assigned negative partition": {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: -1, brokerIds: [1] }],
  },
  "retention": { numPartitions: 1, replicationFactor: 1, ...withConfig("retention.ms", "1000") },
  "unlimited": { numPartitions: 1, replicationFactor: 1, ...withConfig("retention.ms", "-1") },
  "compacted": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("cleanup.policy", "compact"),
  },
  "both policies": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("cleanup.policy", "compact, delete"),
  },
  "no policy": { numPartitions: 1, replicationFactor: 1, ...withConfig("cleanup.policy", "") },
  "unknown policy": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("cleanup.policy", "x"),
  },
  "unknown config": { numPartitions: 1, replicationFactor: 1, ...withConfig("no.such.key", "1") },
  "broker's config": { numPartitions: 1, replicationFactor: 1, ...withConfig("log.dirs", "/x") },
  "config not a number": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("segment.bytes", "many"),
  },
  "config too small": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("segment.bytes", "13"),
  },
  "config null": { numPartitions: 1, replicationFactor: 1, ...withConfig("retention.ms", null) },
  "config empty": { numPartitions: 1, replicationFactor: 1, ...withConfig("retention.ms", "") },
  "config with spaces": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("retention.ms", " 1000 "),
  },
  "config twice": {
    numPartitions: 1,
    replicationFactor: 1,
    configs: [{ name: "retention.ms", value: "1" }, { name: "retention.ms", value: "2" }],
  },
  "codec": { numPartitions: 1, replicationFactor: 1, ...withConfig("compression.type", "zstd") },
  "unknown codec": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("compression.type", "lzo"),
  },
  "codec in capitals": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("compression.type", "GZIP"),
  },
  "gzip level 10": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("compression.gzip.level", "10"),
  },
  "timestamp type": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("message.timestamp.type", "LogAppendTime"),
  },
  "timestamp type wrong": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("message.timestamp.type", "Sometime"),
  },
  "bool in capitals": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("preallocate", "TRUE"),
  },
  "bool wrong": { numPartitions: 1, replicationFactor: 1, ...withConfig("preallocate", "yes") },
  "ratio above one": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("min.cleanable.dirty.ratio", "1.5"),
  },
  "min isr 2": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("min.insync.replicas", "2"),
  },
  "min isr 0": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("min.insync.replicas", "0"),
  },
  "local retention above retention": {
    numPartitions: 1,
    replicationFactor: 1,
    configs: [{ name: "retention.ms", value: "1" }, { name: "local.retention.ms", value: "2" }],
  },
  "remote storage": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("remote.storage.enable", "true"),
  },
  "min compaction lag above max": {
    numPartitions: 1,
    replicationFactor: 1,
    configs: [
      { name: "min.compaction.lag.ms", value: "5" },
      { name: "max.compaction.lag.ms", value: "4" },
    ],
  },
  "throttled replicas": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("leader.replication.throttled.replicas", "0:1,1:1"),
  },
  "throttled replicas wrong": {
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("leader.replication.throttled.replicas", "x"),
  },
  "empty name": { name: "", numPartitions: 1, replicationFactor: 1 },
  "dot": { name: ".", numPartitions: 1, replicationFactor: 1 },
  "two dots": { name: "..", numPartitions: 1, replicationFactor: 1 },
  "space in name": { name: "a b", numPartitions: 1, replicationFactor: 1 },
  "name of 250": { name: "n".repeat(250), numPartitions: 1, replicationFactor: 1 },
  "name of 249": { name: "n".repeat(249), numPartitions: 1, replicationFactor: 1 },
  "metadata topic": { name: "__cluster_metadata", numPartitions: 1, replicationFactor: 1 },
  "existing": { name: "topics-there", numPartitions: 1, replicationFactor: 1 },
  "existing with bad config": {
    name: "topics-there",
    numPartitions: 1,
    replicationFactor: 1,
    ...withConfig("no.such.key", "1"),
  },
  "collides with dot": { name: "topics.col_lide", numPartitions: 1, replicationFactor: 1 },
  "collides with underscore": { name: "topics_col.lide", numPartitions: 1, replicationFactor: 1 },
};

export async function askTopics(target: Target): Promise<void> {
  await createTopic(target, "topics-there", { partitions: 2 });
  await createTopic(target, "topics_col_lide");
  for (const validateOnly of [true, false]) {
    for (const [label, draft] of Object.entries(CREATIONS)) {
      const full = validateOnly ? `only checked, ${label}` : label;
      await target.every(full, CreateTopics, (version) => ({
        topics: [{
          name: draft.name ?? `topics-${label.replaceAll(/\W/g, "")}-${version}`,
          ...draft,
        }],
        validateOnly,
      }));
    }
  }
  const several = [
    { name: "topics-a", numPartitions: 1, replicationFactor: 1 },
    { name: "topics-b", numPartitions: 0, replicationFactor: 1 },
    { name: "topics-there", numPartitions: 1, replicationFactor: 1 },
  ];
  await target.every("none", CreateTopics, { topics: [] });
  await target.every("none, timeout 0", CreateTopics, { topics: [], timeoutMs: 0 });
  await target.every("several, timeout 0", CreateTopics, { topics: several, timeoutMs: 0 });
  await target.every("several", CreateTopics, { topics: several, validateOnly: true });
  await target.every("one twice", CreateTopics, {
    topics: [several[0], several[0], { ...several[0], name: "topics-c" }],
    validateOnly: true,
  });
  for (const timeoutMs of [0, -1]) {
    await target.every(`timeout ${timeoutMs}`, CreateTopics, (version) => ({
      topics: [{ name: `topics-t${timeoutMs}-${version}`, numPartitions: 1, replicationFactor: 1 }],
      timeoutMs,
    }));
  }
  await askPartitions(target);
  await askDeletion(target);
}

async function askPartitions(target: Target): Promise<void> {
  const counts: [string, object][] = [
    ["fewer", { name: "topics-there", count: 1 }],
    ["zero", { name: "topics-there", count: 0 }],
    ["minus one", { name: "topics-there", count: -1 }],
    ["same", { name: "topics-there", count: 2 }],
    ["more, only checked", { name: "topics-there", count: 4 }],
    ["far too many", { name: "topics-there", count: 1_000_000 }],
    ["unknown topic", { name: "topics-none", count: 4 }],
    ["impossible name", { name: "a b", count: 4 }],
    ["empty name", { name: "", count: 4 }],
    ["internal topic", { name: "__cluster_metadata", count: 4 }],
    ["assigned", { name: "topics-there", count: 3, assignments: [{ brokerIds: [1] }] }],
    ["assigned too few", { name: "topics-there", count: 4, assignments: [{ brokerIds: [1] }] }],
    ["assigned none", { name: "topics-there", count: 3, assignments: [] }],
    ["assigned a stranger", { name: "topics-there", count: 3, assignments: [{ brokerIds: [9] }] }],
    ["assigned nobody", { name: "topics-there", count: 3, assignments: [{ brokerIds: [] }] }],
    ["assigned twice", { name: "topics-there", count: 3, assignments: [{ brokerIds: [1, 1] }] }],
    ["assigned two", { name: "topics-there", count: 3, assignments: [{ brokerIds: [1, 2] }] }],
  ];
  for (const [label, topic] of counts) {
    await target.every(label, CreatePartitions, {
      topics: [{ assignments: null, ...topic }],
      timeoutMs: 10_000,
      validateOnly: true,
    });
  }
  const there = { name: "topics-there", count: 5, assignments: null };
  await target.every("no topics", CreatePartitions, { topics: [], timeoutMs: 10_000 });
  await target.every("one twice", CreatePartitions, {
    topics: [there, there],
    timeoutMs: 10_000,
    validateOnly: true,
  });
  await target.every("timeout 0", CreatePartitions, { topics: [there], validateOnly: true });
  await target.every("no topics, timeout 0", CreatePartitions, { topics: [] });
  await target.every("one twice, timeout 0", CreatePartitions, { topics: [there, there] });
  await target.every("more", CreatePartitions, (version) => ({
    topics: [{ ...there, count: 5 + version }],
    timeoutMs: 10_000,
  }));
}

async function askDeletion(target: Target): Promise<void> {
  const names = (...topicNames: string[]) => (version: number) => ({
    ...(version < 6 ? { topicNames } : { topics: topicNames.map((name) => ({ name })) }),
    timeoutMs: 10_000,
  });
  await target.every("none", DeleteTopics, names());
  await target.every("unknown", DeleteTopics, names("topics-none"));
  await target.every("impossible", DeleteTopics, names("a b"));
  await target.every("empty", DeleteTopics, names(""));
  await target.every("metadata topic", DeleteTopics, names("__cluster_metadata"));
  await target.every("unknown twice", DeleteTopics, names("topics-none", "topics-none"));
  for (const topicNames of [["topics-none"], ["topics-none", "topics-none"], []]) {
    await target.every(`timeout 0, ${topicNames.length} names`, DeleteTopics, (version) => ({
      ...names(...topicNames)(version),
      timeoutMs: 0,
    }));
  }
  for (const version of [1, 2, 3, 4, 5, 6]) {
    await createTopic(target, "topics-doomed");
    await target.ask("one", DeleteTopics, version, names("topics-doomed")(version));
    await createTopic(target, "topics-doomed");
    const twice = names("topics-doomed", "topics-doomed", "topics-none")(version);
    await target.ask("one twice and an unknown one", DeleteTopics, version, twice);
    await deleteTopics(target, ["topics-doomed"]);
  }
  await createTopic(target, "topics-doomed");
  const topicId = await target.topicId("topics-doomed");
  const byId: [string, { name?: string | null; topicId?: string }[]][] = [
    ["unknown id", [{ topicId: UNKNOWN_ID }]],
    ["neither", [{ topicId: ZERO_UUID, name: null }]],
    ["id and name", [{ topicId, name: "topics-doomed" }]],
    ["id twice", [{ topicId }, { topicId }]],
    ["id, and name apart", [{ topicId }, { name: "topics-doomed" }]],
    ["by id", [{ topicId }]],
  ];
  for (const [label, topics] of byId) {
    await target.ask(label, DeleteTopics, 6, { topics, timeoutMs: 10_000 });
  }
  await deleteTopics(target, ["topics-there", "topics_col_lide"]);
}
