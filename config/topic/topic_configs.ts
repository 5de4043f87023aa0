/** Config keys of a topic, and the broker keys from which they take their defaults. */
import type { BrokerConfigName } from "../broker/mod.ts";
import {
  boolean,
  type ConfigKeys,
  double,
  int,
  list,
  long,
  MAX_LONG,
  string,
  UNUSED,
} from "../define.ts";

function checkThrottledReplicas(value: string): string | null {
  const replicas = value.split(",").map((part) => part.trim());
  const valid = replicas.join("") === "*" ||
    replicas.every((replica) => /^([0-9]+:[0-9]+)?$/.test(replica));
  return valid ? null : 'it must be "*" or a list of {partition}:{broker}';
}

export const TOPIC_CONFIGS = {
  "cleanup.policy": list("delete", {
    doc:
      'What becomes of old segments: "delete", "compact" or both. Empty: they are kept for ever.',
    in: ["compact", "delete"],
  }),
  "compression.type": string("producer", {
    doc: 'Compression of stored batches: a codec, "uncompressed", or "producer" to keep what the ' +
      "producer chose.",
    in: ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"],
  }),
  "compression.gzip.level": int(-1, {
    doc: "Level for recompressing with gzip, 1 (fast) to 9 (small); -1 is gzip's own default.",
    min: 1,
    max: 9,
    or: -1,
  }),
  "compression.lz4.level": int(9, {
    doc: "Level for recompressing with LZ4, 1 (fast) to 17 (small).",
    min: 1,
    max: 17,
    unused: "The LZ4 binding has one level.",
  }),
  "compression.zstd.level": int(3, {
    doc:
      "Level for recompressing with Zstandard, up to 22 (small); below 0 it trades size for speed.",
    min: -131_072,
    max: 22,
  }),
  "max.message.bytes": int(1_048_588, {
    doc: "Largest record batch accepted, in bytes, measured as it is stored (compressed).",
    min: 0,
  }),
  "message.timestamp.type": string("CreateTime", {
    doc: "Whether records keep the producer's time (CreateTime) or get that of appending " +
      "(LogAppendTime).",
    in: ["CreateTime", "LogAppendTime"],
  }),
  "message.timestamp.before.max.ms": long(MAX_LONG, {
    doc: "How far a record's CreateTime may lie behind the broker's clock, in milliseconds.",
    min: 0,
  }),
  "message.timestamp.after.max.ms": long(3_600_000, {
    doc: "How far a record's CreateTime may lie ahead of the broker's clock, in milliseconds.",
    min: 0,
  }),
  "min.insync.replicas": int(1, {
    doc: "In-sync replicas, the leader among them, below which a produce with acks=all is refused.",
    min: 1,
  }),
  "unclean.leader.election.enable": boolean(false, {
    doc:
      "Whether a replica that is not in sync may become leader where no other is left; records " +
      "may be lost.",
  }),
  "segment.bytes": int(1_073_741_824, {
    doc: "Size at which a partition's log goes on in a new segment file, in bytes.",
    min: 1_048_576,
  }),
  "segment.ms": long(604_800_000, {
    doc: "Age at which a segment is closed even if it is not full, in milliseconds.",
    min: 1,
  }),
  "segment.jitter.ms": long(0, {
    doc: "Random part of up to this many milliseconds by which segments are closed earlier.",
    min: 0,
  }),
  "segment.index.bytes": int(10_485_760, {
    doc: "Size of an index file at which its segment is closed, in bytes.",
    min: 4,
  }),
  "internal.segment.bytes": int(null, {
    doc: "Size of a segment file in tests, in bytes. Unset: segment.bytes.",
    internal: true,
    unused: UNUSED.kafkaTests,
  }),
  "index.interval.bytes": int(4096, {
    doc:
      "Bytes of log between two entries of the offset index. Less means faster seeks and larger " +
      "indexes.",
    min: 0,
  }),
  "file.delete.delay.ms": long(60_000, {
    doc: "Time between renaming the files of a deleted segment and removing them, in milliseconds.",
    min: 0,
  }),
  "preallocate": boolean(false, {
    doc: "Whether a new segment file takes its full size on disk at once.",
    unused: UNUSED.preallocate,
  }),
  "flush.messages": long(MAX_LONG, {
    doc: "Records appended to a partition before it is synced to disk.",
    min: 1,
  }),
  "flush.ms": long(MAX_LONG, {
    doc: "Longest time an appended record may stay unsynced, in milliseconds.",
    min: 0,
  }),
  "retention.bytes": long(-1, {
    doc: "Size of a partition above which its oldest segments are deleted, in bytes; -1 means no " +
      "limit.",
  }),
  "retention.ms": long(604_800_000, {
    doc: "Age above which segments are deleted, in milliseconds; -1 means never.",
    min: -1,
  }),
  "min.cleanable.dirty.ratio": double("0.5", {
    doc: "Share of a log that must be uncompacted before it is compacted, from 0 to 1.",
    min: 0,
    max: 1,
  }),
  "min.compaction.lag.ms": long(0, {
    doc: "Time for which a record is safe from compaction, in milliseconds.",
    min: 0,
  }),
  "max.compaction.lag.ms": long(MAX_LONG, {
    doc: "Time after which a record must be open to compaction, in milliseconds.",
    min: 1,
  }),
  "delete.retention.ms": long(86_400_000, {
    doc:
      "Time for which tombstones outlive compaction, in milliseconds, so that slow readers still " +
      "see them.",
    min: 0,
  }),
  "remote.storage.enable": boolean(false, {
    doc: "Whether the topic's closed segments are copied to remote storage.",
    unused: UNUSED.tiered,
  }),
  "remote.log.copy.disable": boolean(false, {
    doc: "Whether copying to remote storage has stopped; what is there stays readable.",
    unused: UNUSED.tiered,
  }),
  "remote.log.delete.on.disable": boolean(false, {
    doc: "Whether the remote segments are deleted when remote.storage.enable turns false.",
    unused: UNUSED.tiered,
  }),
  "local.retention.bytes": long(-2, {
    doc: "Size of a tiered partition's local part above which segments are deleted locally, in " +
      "bytes; -2 means retention.bytes.",
    min: -2,
    unused: UNUSED.tiered,
  }),
  "local.retention.ms": long(-2, {
    doc: "Age above which a tiered partition's segments are deleted locally, in milliseconds; -2 " +
      "means retention.ms.",
    min: -2,
    unused: UNUSED.tiered,
  }),
  "leader.replication.throttled.replicas": list("", {
    doc: 'Replicas, as partition:broker, whose leaders send at the throttled rate; "*" means all.',
    check: checkThrottledReplicas,
    unused: UNUSED.quotas,
  }),
  "follower.replication.throttled.replicas": list("", {
    doc: 'Replicas, as partition:broker, that fetch at the throttled rate; "*" means all.',
    check: checkThrottledReplicas,
    unused: UNUSED.quotas,
  }),
} as const satisfies ConfigKeys;

export type TopicConfigName = keyof typeof TOPIC_CONFIGS;

export interface Synonym {
  readonly name: BrokerConfigName;
  /** What the broker key's number is multiplied with to suit the topic key: its unit in ms. */
  readonly factor: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const same = (name: BrokerConfigName): readonly Synonym[] => [{ name, factor: 1 }];

/** By topic key, the broker keys that give its default; the first one that is set counts. */
export const TOPIC_SYNONYMS: { readonly [K in TopicConfigName]?: readonly Synonym[] } = {
  "cleanup.policy": same("log.cleanup.policy"),
  "compression.type": same("compression.type"),
  "compression.gzip.level": same("compression.gzip.level"),
  "compression.lz4.level": same("compression.lz4.level"),
  "compression.zstd.level": same("compression.zstd.level"),
  "max.message.bytes": same("message.max.bytes"),
  "message.timestamp.type": same("log.message.timestamp.type"),
  "message.timestamp.before.max.ms": same("log.message.timestamp.before.max.ms"),
  "message.timestamp.after.max.ms": same("log.message.timestamp.after.max.ms"),
  "min.insync.replicas": same("min.insync.replicas"),
  "unclean.leader.election.enable": same("unclean.leader.election.enable"),
  "segment.bytes": same("log.segment.bytes"),
  "segment.ms": [
    { name: "log.roll.ms", factor: 1 },
    { name: "log.roll.hours", factor: HOUR },
  ],
  "segment.jitter.ms": [
    { name: "log.roll.jitter.ms", factor: 1 },
    { name: "log.roll.jitter.hours", factor: HOUR },
  ],
  "segment.index.bytes": same("log.index.size.max.bytes"),
  "index.interval.bytes": same("log.index.interval.bytes"),
  "file.delete.delay.ms": same("log.segment.delete.delay.ms"),
  "preallocate": same("log.preallocate"),
  "flush.messages": same("log.flush.interval.messages"),
  "flush.ms": [
    { name: "log.flush.interval.ms", factor: 1 },
    { name: "log.flush.scheduler.interval.ms", factor: 1 },
  ],
  "retention.bytes": same("log.retention.bytes"),
  "retention.ms": [
    { name: "log.retention.ms", factor: 1 },
    { name: "log.retention.minutes", factor: MINUTE },
    { name: "log.retention.hours", factor: HOUR },
  ],
  "min.cleanable.dirty.ratio": same("log.cleaner.min.cleanable.ratio"),
  "min.compaction.lag.ms": same("log.cleaner.min.compaction.lag.ms"),
  "max.compaction.lag.ms": same("log.cleaner.max.compaction.lag.ms"),
  "delete.retention.ms": same("log.cleaner.delete.retention.ms"),
  "local.retention.bytes": same("log.local.retention.bytes"),
  "local.retention.ms": same("log.local.retention.ms"),
};
