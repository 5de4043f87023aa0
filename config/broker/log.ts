/** Broker keys of the logs: defaults for topics, rolling, flushing, retention and checkpoints. */
import { boolean, type ConfigKeys, int, list, long, MAX_LONG, string, UNUSED } from "../define.ts";

export const LOG_CONFIGS = {
  "message.max.bytes": int(1_048_588, {
    doc: "Largest record batch accepted, in bytes, measured as it is stored (compressed).",
    min: 0,
    update: "cluster-wide",
  }),
  "compression.type": string("producer", {
    doc: 'Compression of stored batches: a codec, "uncompressed", or "producer" to keep what the ' +
      "producer chose.",
    in: ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"],
    update: "cluster-wide",
  }),
  "compression.gzip.level": int(-1, {
    doc: "Level for recompressing with gzip, 1 (fast) to 9 (small); -1 is gzip's own default.",
    min: 1,
    max: 9,
    or: -1,
    update: "cluster-wide",
  }),
  "compression.lz4.level": int(9, {
    doc: "Level for recompressing with LZ4, 1 (fast) to 17 (small).",
    min: 1,
    max: 17,
    update: "cluster-wide",
    unused: "The LZ4 binding has one level.",
  }),
  "compression.zstd.level": int(3, {
    doc:
      "Level for recompressing with Zstandard, up to 22 (small); below 0 it trades size for speed.",
    min: -131_072,
    max: 22,
    update: "cluster-wide",
  }),
  "log.message.timestamp.type": string("CreateTime", {
    doc: "Whether records keep the producer's time (CreateTime) or get that of appending " +
      "(LogAppendTime).",
    in: ["CreateTime", "LogAppendTime"],
    update: "cluster-wide",
  }),
  "log.message.timestamp.before.max.ms": long(MAX_LONG, {
    doc: "How far a record's CreateTime may lie behind the broker's clock, in milliseconds.",
    min: 0,
    update: "cluster-wide",
  }),
  "log.message.timestamp.after.max.ms": long(3_600_000, {
    doc: "How far a record's CreateTime may lie ahead of the broker's clock, in milliseconds.",
    min: 0,
    update: "cluster-wide",
  }),
  "log.segment.bytes": int(1_073_741_824, {
    doc: "Size at which a log goes on in a new segment file, in bytes.",
    min: 1_048_576,
    update: "cluster-wide",
  }),
  "log.roll.ms": long(null, {
    doc: "Age at which a segment is closed even if it is not full, in milliseconds. Unset: " +
      "log.roll.hours.",
    update: "cluster-wide",
  }),
  "log.roll.hours": int(168, {
    doc:
      "Age at which a segment is closed even if it is not full, in hours, where log.roll.ms is " +
      "not set.",
    min: 1,
  }),
  "log.roll.jitter.ms": long(null, {
    doc:
      "Random part of up to this many milliseconds by which segments are closed earlier. Unset: " +
      "log.roll.jitter.hours.",
    update: "cluster-wide",
  }),
  "log.roll.jitter.hours": int(0, {
    doc: "Random part of up to this many hours by which segments are closed earlier, where " +
      "log.roll.jitter.ms is not set.",
    min: 0,
  }),
  "log.index.size.max.bytes": int(10_485_760, {
    doc: "Size of an index file at which its segment is closed, in bytes.",
    min: 4,
    update: "cluster-wide",
  }),
  "log.index.interval.bytes": int(4096, {
    doc:
      "Bytes of log between two entries of the offset index. Less means faster seeks and larger " +
      "indexes.",
    min: 0,
    update: "cluster-wide",
  }),
  "log.preallocate": boolean(false, {
    doc: "Whether a new segment file takes its full size on disk at once.",
    update: "cluster-wide",
    unused: UNUSED.preallocate,
  }),
  "log.segment.delete.delay.ms": long(60_000, {
    doc: "Time between renaming the files of a deleted segment and removing them, in milliseconds.",
    min: 0,
    update: "cluster-wide",
  }),
  "log.cleanup.policy": list("delete", {
    doc:
      'What becomes of old segments: "delete", "compact" or both. Empty: they are kept for ever.',
    in: ["compact", "delete"],
    update: "cluster-wide",
  }),
  "log.retention.bytes": long(-1, {
    doc: "Size of a partition above which its oldest segments are deleted, in bytes; -1 means no " +
      "limit.",
    update: "cluster-wide",
  }),
  "log.retention.ms": long(null, {
    doc: "Age above which segments are deleted, in milliseconds; -1 means never. Unset: " +
      "log.retention.minutes.",
    update: "cluster-wide",
  }),
  "log.retention.minutes": int(null, {
    doc: "Age above which segments are deleted, in minutes, where log.retention.ms is not set. " +
      "Unset: log.retention.hours.",
  }),
  "log.retention.hours": int(168, {
    doc: "Age above which segments are deleted, in hours, where neither log.retention.ms nor " +
      "log.retention.minutes is set.",
  }),
  "log.retention.check.interval.ms": long(300_000, {
    doc: "Time between two searches for segments to delete, in milliseconds.",
    min: 1,
  }),
  "log.local.retention.bytes": long(-2, {
    doc: "Size of a tiered partition's local part above which segments are deleted locally, in " +
      "bytes; -2 means log.retention.bytes.",
    min: -2,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "log.local.retention.ms": long(-2, {
    doc: "Age above which a tiered partition's segments are deleted locally, in milliseconds; -2 " +
      "means log.retention.ms.",
    min: -2,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "log.flush.interval.messages": long(MAX_LONG, {
    doc: "Records appended to a partition before it is synced to disk.",
    min: 1,
    update: "cluster-wide",
  }),
  "log.flush.interval.ms": long(null, {
    doc: "Longest time an appended record may stay unsynced, in milliseconds. Unset: " +
      "log.flush.scheduler.interval.ms.",
    update: "cluster-wide",
  }),
  "log.flush.scheduler.interval.ms": long(MAX_LONG, {
    doc: "Time between two searches for logs that are due to be synced, in milliseconds.",
  }),
  "log.flush.offset.checkpoint.interval.ms": int(60_000, {
    doc: "Time between two writes of the recovery points, from which logs are checked after a " +
      "crash, in milliseconds.",
    min: 0,
  }),
  "log.flush.start.offset.checkpoint.interval.ms": int(60_000, {
    doc: "Time between two writes of the logs' first offsets to their checkpoint file, in " +
      "milliseconds.",
    min: 0,
  }),
  "log.initial.task.delay.ms": long(30_000, {
    doc: "Time after start before the periodic tasks of the logs begin, in milliseconds.",
    min: 0,
    internal: true,
  }),
} as const satisfies ConfigKeys;
