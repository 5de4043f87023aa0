/** Broker keys of the share coordinator, which stores the state of share groups. */
import { type ConfigKeys, int, short, UNUSED } from "../define.ts";

export const SHARE_COORDINATOR_CONFIGS = {
  "share.coordinator.threads": int(1, {
    doc: "Threads of the share coordinator.",
    min: 1,
    unused: UNUSED.threads,
  }),
  "share.coordinator.append.linger.ms": int(-1, {
    doc:
      "Time the coordinator gathers writes before it appends them, in milliseconds; -1 lets it " +
      "adapt to the load.",
    min: -1,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.cached.buffer.max.bytes": int(1_048_588, {
    doc: "Largest write buffer the coordinator keeps for reuse, in bytes.",
    min: 524_288,
    update: "cluster-wide",
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.load.buffer.size": int(5_242_880, {
    doc:
      "Bytes read at a time while the coordinator loads its state; a larger batch is read whole.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.write.timeout.ms": int(5000, {
    doc: "Time a write of the coordinator waits for its replicas, in milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.snapshot.update.records.per.snapshot": int(500, {
    doc: "Updates of a share partition's state after which its whole state is written again.",
    min: 0,
    max: 500,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.cold.partition.snapshot.interval.ms": int(300_000, {
    doc:
      "Time between two snapshots of share partitions whose state stands still, in milliseconds.",
    min: 1,
    internal: true,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.state.topic.num.partitions": int(50, {
    doc: "Partitions of __share_group_state; not to be changed once the topic exists.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.state.topic.replication.factor": short(3, {
    doc:
      "Replicas of __share_group_state; the topic is created only when there are as many brokers.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.state.topic.min.isr": short(2, {
    doc: "In-sync replicas that __share_group_state needs for writes.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.state.topic.segment.bytes": int(104_857_600, {
    doc: "Segment size of __share_group_state, in bytes.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.state.topic.compression.codec": int(0, {
    doc: "Compression of __share_group_state: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.",
    unused: UNUSED.shareGroups,
  }),
  "share.coordinator.state.topic.prune.interval.ms": int(300_000, {
    doc: "Time between two removals of outdated records from __share_group_state, in milliseconds.",
    min: 1,
    internal: true,
    unused: UNUSED.shareGroups,
  }),
} as const satisfies ConfigKeys;
