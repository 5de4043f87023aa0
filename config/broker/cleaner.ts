/** Broker keys of the log cleaner, which compacts logs. */
import { boolean, type ConfigKeys, double, int, long, MAX_LONG, UNUSED } from "../define.ts";

export const CLEANER_CONFIGS = {
  "log.cleaner.enable": boolean(true, {
    doc: "Whether logs are compacted at all. Without it compacted topics grow for ever.",
  }),
  "log.cleaner.threads": int(1, {
    doc: "Threads that compact logs.",
    min: 0,
    update: "cluster-wide",
    unused: UNUSED.threads,
  }),
  "log.cleaner.backoff.ms": long(15_000, {
    doc: "Pause of a cleaner that found nothing to compact, in milliseconds.",
    min: 0,
    update: "cluster-wide",
  }),
  "log.cleaner.dedupe.buffer.size": long(134_217_728, {
    doc: "Memory for the maps from keys to their last offsets, in bytes, shared by the cleaner " +
      "threads.",
    update: "cluster-wide",
  }),
  "log.cleaner.io.buffer.size": int(524_288, {
    doc:
      "Memory for reading and writing while compacting, in bytes, shared by the cleaner threads.",
    min: 0,
    update: "cluster-wide",
  }),
  "log.cleaner.io.buffer.load.factor": double("0.9", {
    doc:
      "Share of the map from keys to offsets that may fill, from 0 to 1. Fuller maps collide more.",
    update: "cluster-wide",
  }),
  "log.cleaner.io.max.bytes.per.second": double("1.7976931348623157E308", {
    doc: "Bytes a second that compacting may read and write together, on average.",
    update: "cluster-wide",
  }),
  "log.cleaner.min.cleanable.ratio": double("0.5", {
    doc: "Share of a log that must be uncompacted before it is compacted, from 0 to 1.",
    min: 0,
    max: 1,
    update: "cluster-wide",
  }),
  "log.cleaner.min.compaction.lag.ms": long(0, {
    doc: "Time for which a record is safe from compaction, in milliseconds.",
    min: 0,
    update: "cluster-wide",
  }),
  "log.cleaner.max.compaction.lag.ms": long(MAX_LONG, {
    doc: "Time after which a record must be open to compaction, in milliseconds.",
    min: 1,
    update: "cluster-wide",
  }),
  "log.cleaner.delete.retention.ms": long(86_400_000, {
    doc:
      "Time for which tombstones outlive compaction, in milliseconds, so that slow readers still " +
      "see them.",
    min: 0,
    update: "cluster-wide",
  }),
} as const satisfies ConfigKeys;
