/** Broker keys of the group coordinator, of committed offsets and of classic consumer groups. */
import { type ConfigKeys, int, list, long, MAX_INT, short, UNUSED } from "../define.ts";

export const GROUP_CLASSIC_CONFIGS = {
  "group.coordinator.rebalance.protocols": list("classic,consumer,streams", {
    doc: "Kinds of groups the coordinator serves.",
    in: ["consumer", "classic", "share", "streams"],
    nonEmpty: true,
  }),
  "group.coordinator.threads": int(4, {
    doc: "Threads of the group coordinator that handle requests.",
    min: 1,
    unused: UNUSED.threads,
  }),
  "group.coordinator.background.threads": int(2, {
    doc: "Threads of the group coordinator for long work such as assignments and matching topic " +
      "patterns.",
    min: 1,
    unused: UNUSED.threads,
  }),
  "group.coordinator.append.linger.ms": int(-1, {
    doc:
      "Time the coordinator gathers writes before it appends them, in milliseconds; -1 lets it " +
      "adapt to the load.",
    min: -1,
  }),
  "group.coordinator.cached.buffer.max.bytes": int(1_048_588, {
    doc: "Largest write buffer the coordinator keeps for reuse, in bytes.",
    min: 524_288,
    update: "cluster-wide",
    unused: "Write buffers are as large as what is written.",
  }),
  "group.initial.rebalance.delay.ms": int(3000, {
    doc: "Time a new group waits for more members before its first rebalance, in milliseconds.",
  }),
  "group.min.session.timeout.ms": int(6000, {
    doc: "Shortest session timeout a member may ask for, in milliseconds.",
  }),
  "group.max.session.timeout.ms": int(1_800_000, {
    doc: "Longest session timeout a member may ask for, in milliseconds.",
  }),
  "group.max.size": int(MAX_INT, {
    doc: "Members a classic group may have.",
    min: 1,
  }),
  "offset.metadata.max.bytes": int(4096, {
    doc: "Largest text a consumer may store with a committed offset, in bytes.",
  }),
  "offsets.commit.timeout.ms": int(5000, {
    doc: "Time a write of the coordinator waits for its replicas, in milliseconds.",
    min: 1,
  }),
  "offsets.load.buffer.size": int(5_242_880, {
    doc: "Bytes read at a time while the coordinator loads offsets and groups; a larger batch is " +
      "read whole.",
    min: 1,
  }),
  "offsets.retention.minutes": int(10_080, {
    doc:
      "Time for which offsets of an empty group, or of a topic it no longer reads, are kept, in " +
      "minutes.",
    min: 1,
  }),
  "offsets.retention.check.interval.ms": long(600_000, {
    doc: "Time between two searches for expired offsets, in milliseconds.",
    min: 1,
  }),
  "offsets.topic.num.partitions": int(50, {
    doc: "Partitions of __consumer_offsets; not to be changed once the topic exists.",
    min: 1,
  }),
  "offsets.topic.replication.factor": short(3, {
    doc:
      "Replicas of __consumer_offsets; the topic is created only when there are as many brokers.",
    min: 1,
  }),
  "offsets.topic.segment.bytes": int(104_857_600, {
    doc: "Segment size of __consumer_offsets, in bytes. Small segments are compacted and loaded " +
      "sooner.",
    min: 1,
  }),
  "offsets.topic.compression.codec": int(0, {
    doc: "Compression of __consumer_offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.",
  }),
} as const satisfies ConfigKeys;
