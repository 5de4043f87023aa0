/** Broker keys of the directories that hold the logs. */
import { type ConfigKeys, int, list, long, UNUSED } from "../define.ts";

export const LOG_DIR_CONFIGS = {
  "log.dir": list("/tmp/kafka-logs", {
    doc: "Directories for the logs, used where log.dirs is not set.",
    nonEmpty: true,
  }),
  "log.dirs": list(null, {
    doc: "Directories for the logs; partitions are spread over them. Unset: those of log.dir.",
    nonEmpty: true,
  }),
  "cordoned.log.dirs": list("", {
    doc: 'Log directories that get no new partitions; "*" means all of them.',
    update: "per-broker",
    unused: "Cordoning of log directories is not built yet.",
  }),
  "log.dir.failure.timeout.ms": long(30_000, {
    doc: "Time to report a failed log directory to the controller before the broker stops, in " +
      "milliseconds.",
    min: 1,
    unused: "Log directories do not fail one by one yet.",
  }),
  "num.recovery.threads.per.data.dir": int(2, {
    doc: "Threads of each log directory for recovery at start and for flushing at stop.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.threads,
  }),
  "num.replica.alter.log.dirs.threads": int(null, {
    doc: "Threads that move partitions between log directories. Unset: one for each directory.",
    unused: UNUSED.threads,
  }),
} as const satisfies ConfigKeys;
