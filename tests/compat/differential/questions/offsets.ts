/** APIs 2, 21 and 23: offsets by time and epoch, and deleting records. */
import { ListOffsets } from "../../../../protocol/messages/02_list_offsets.ts";
import { DeleteRecords } from "../../../../protocol/messages/21_delete_records.ts";
import { OffsetForLeaderEpoch } from "../../../../protocol/messages/23_offset_for_leader_epoch.ts";
import { BASE_TIME, someBatch } from "../batches.ts";
import type { Target } from "../target.ts";
import { createTopic, deleteTopics, fill } from "../topics_setup.ts";

const TIMES = [
  -1,
  -2,
  -3,
  -4,
  -5,
  -6,
  -7,
  -100,
  -Infinity,
  0,
  1,
  BASE_TIME - 1,
  BASE_TIME,
  BASE_TIME + 1,
  BASE_TIME + 5,
  BASE_TIME + 9,
  BASE_TIME + 10,
  BASE_TIME + 1_000_000,
  Infinity,
];

export async function askOffsets(target: Target): Promise<void> {
  await createTopic(target, "offsets-one");
  await createTopic(target, "offsets-empty");
  await createTopic(target, "offsets-appendtime", {
    configs: { "message.timestamp.type": "LogAppendTime" },
  });
  const batches = [0, 1, 2, 3, 4].map((i) => someBatch(2, { compression: i as 0 }, i * 2));
  await fill(target, "offsets-one", 0, batches);
  await fill(target, "offsets-appendtime", 0, batches);
  await askTimes(target);
  await askEpochs(target);
  await askDeletion(target);
  await deleteTopics(target, ["offsets-one", "offsets-empty", "offsets-appendtime"]);
}

async function askTimes(target: Target): Promise<void> {
  const ask = (label: string, name: string, partition: object, rest: object = {}) =>
    target.every(label, ListOffsets, {
      replicaId: -1,
      topics: [{ name, partitions: [{ partitionIndex: 0, timestamp: -1, ...partition }] }],
      ...rest,
    });
  for (const timestamp of TIMES) {
    await ask(`at ${timestamp}`, "offsets-one", { timestamp });
    await ask(`at ${timestamp} of an empty log`, "offsets-empty", { timestamp });
    await ask(`at ${timestamp} of append times`, "offsets-appendtime", { timestamp });
    await ask(`at ${timestamp} committed`, "offsets-one", { timestamp }, { isolationLevel: 1 });
    await ask(`at ${timestamp} of an unknown topic`, "offsets-none", { timestamp });
  }
  for (const partitionIndex of [-1, 1]) {
    await ask(`partition ${partitionIndex}`, "offsets-one", { partitionIndex });
  }
  for (const name of ["", "a b", "n".repeat(250), "__cluster_metadata"]) {
    await ask(`name ${name.slice(0, 20)}`, name, {});
  }
  for (const currentLeaderEpoch of [-2, -1, 0, 1, 50]) {
    for (const timestamp of [-1, -2, -3, BASE_TIME]) {
      await ask(`epoch ${currentLeaderEpoch} at ${timestamp}`, "offsets-one", {
        timestamp,
        currentLeaderEpoch,
      });
    }
  }
  for (const isolationLevel of [-1, 2]) {
    await ask(`isolation level ${isolationLevel}`, "offsets-one", {}, { isolationLevel });
  }
  for (const replicaId of [0, 1, 5, -2, -3]) {
    await ask(`replica ${replicaId}`, "offsets-one", {}, { replicaId });
  }
  const partition = { partitionIndex: 0, timestamp: -1 };
  await target.every("no topics", ListOffsets, { replicaId: -1, topics: [] });
  await target.every("partition twice", ListOffsets, {
    replicaId: -1,
    topics: [{ name: "offsets-one", partitions: [partition, { ...partition, timestamp: -2 }] }],
  });
  await target.every("three topics", ListOffsets, {
    replicaId: -1,
    topics: ["offsets-one", "offsets-none", "offsets-empty"].map((name) => ({
      name,
      partitions: [partition],
    })),
  });
}

async function askEpochs(target: Target): Promise<void> {
  const ask = (label: string, topic: string, partition: object, rest: object = {}) =>
    target.every(label, OffsetForLeaderEpoch, {
      replicaId: -1,
      topics: [{ topic, partitions: [{ partition: 0, leaderEpoch: 0, ...partition }] }],
      ...rest,
    });
  for (const leaderEpoch of [-2, -1, 0, 1, 5]) {
    for (const topic of ["offsets-one", "offsets-empty", "offsets-none"]) {
      await ask(`epoch ${leaderEpoch} of ${topic}`, topic, { leaderEpoch });
    }
    for (const currentLeaderEpoch of [-2, -1, 0, 1, 5]) {
      await ask(`epoch ${leaderEpoch} in ${currentLeaderEpoch}`, "offsets-one", {
        leaderEpoch,
        currentLeaderEpoch,
      });
    }
  }
  await ask("partition 3", "offsets-one", { partition: 3 });
  await ask("partition -1", "offsets-one", { partition: -1 });
  await ask("impossible name", "a b", {});
  await ask("replica 5", "offsets-one", {}, { replicaId: 5 });
  await ask("replica -2", "offsets-one", {}, { replicaId: -2 });
  await target.every("none", OffsetForLeaderEpoch, { topics: [] });
}

async function askDeletion(target: Target): Promise<void> {
  const ask = (label: string, name: string, partition: object, timeoutMs = 10_000) =>
    target.every(label, DeleteRecords, {
      topics: [{ name, partitions: [{ partitionIndex: 0, offset: 0, ...partition }] }],
      timeoutMs,
    });
  await target.every("none", DeleteRecords, { topics: [], timeoutMs: 10_000 });
  for (const offset of [0, 3, 2, 4, 11, 100, -2, -100, Infinity, -Infinity]) {
    await ask(`to ${offset}`, "offsets-one", { offset });
  }
  await ask("unknown topic", "offsets-none", {});
  await ask("impossible name", "a b", {});
  await ask("partition 4", "offsets-one", { partitionIndex: 4 });
  await ask("partition -1", "offsets-one", { partitionIndex: -1 });
  await ask("metadata topic", "__cluster_metadata", {});
  await ask("empty log", "offsets-empty", { offset: -1 });
  for (const timeoutMs of [0, -1]) {
    await ask(`timeout ${timeoutMs}`, "offsets-one", { offset: 4 }, timeoutMs);
  }
  await createTopic(target, "offsets-compacted", { configs: { "cleanup.policy": "compact" } });
  await ask("compacted", "offsets-compacted", { offset: -1 });
  await deleteTopics(target, ["offsets-compacted"]);
  for (const timestamp of [-1, -2, -3, 0, BASE_TIME, BASE_TIME + 5]) {
    await target.every(`after deletion at ${timestamp}`, ListOffsets, {
      replicaId: -1,
      topics: [{ name: "offsets-one", partitions: [{ partitionIndex: 0, timestamp }] }],
    });
  }
  await ask("all", "offsets-one", { offset: -1 });
  await ask("all again", "offsets-one", { offset: -1 });
}
