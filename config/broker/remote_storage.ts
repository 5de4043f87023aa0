/** Broker keys of tiered storage. */
import {
  boolean,
  type ConfigKeys,
  double,
  int,
  long,
  MAX_LONG,
  string,
  UNUSED,
} from "../define.ts";

export const REMOTE_STORAGE_CONFIGS = {
  "remote.log.storage.system.enable": boolean(false, {
    doc: "Whether the broker runs tiered storage at all.",
    unused: UNUSED.tiered,
  }),
  "remote.log.storage.manager.class.name": string(null, {
    doc: "Class that stores segments remotely.",
    nonEmpty: true,
    unused: UNUSED.tiered,
  }),
  "remote.log.storage.manager.class.path": string(null, {
    doc: "Java class path from which the storage class is loaded. Unset: the broker's own.",
    unused: UNUSED.tiered,
  }),
  "remote.log.storage.manager.impl.prefix": string("rsm.config.", {
    doc: "Prefix of the keys handed to the storage class, without it.",
    nonEmpty: true,
    unused: UNUSED.tiered,
  }),
  "remote.log.metadata.manager.class.name": string(
    "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
    {
      doc: "Class that keeps track of the segments stored remotely.",
      nonEmpty: true,
      unused: UNUSED.tiered,
    },
  ),
  "remote.log.metadata.manager.class.path": string(null, {
    doc: "Java class path from which the tracking class is loaded. Unset: the broker's own.",
    unused: UNUSED.tiered,
  }),
  "remote.log.metadata.manager.impl.prefix": string("rlmm.config.", {
    doc: "Prefix of the keys handed to the tracking class, without it.",
    nonEmpty: true,
    unused: UNUSED.tiered,
  }),
  "remote.log.metadata.manager.listener.name": string(null, {
    doc: "Listener of this broker that the tracking class connects to.",
    nonEmpty: true,
    unused: UNUSED.tiered,
  }),
  "remote.log.metadata.custom.metadata.max.bytes": int(128, {
    doc: "Bytes the storage class may add to a segment's metadata; with more its copy is dropped " +
      "and copying stops.",
    min: 0,
    unused: UNUSED.tiered,
  }),
  "remote.log.index.file.cache.total.size.bytes": long(1_073_741_824, {
    doc: "Space for indexes fetched from remote storage, in bytes.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "remote.log.index.file.cache.ttl.ms": long(900_000, {
    doc:
      "Time without use after which a fetched index is dropped, in milliseconds; -1 means only " +
      "space decides.",
    min: -1,
    internal: true,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.task.interval.ms": long(30_000, {
    doc: "Time between two runs of the copying and expiring tasks, in milliseconds.",
    min: 1,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.task.retry.backoff.ms": long(500, {
    doc: "Pause before the first repeat of a failed task, in milliseconds; it grows each time.",
    min: 1,
    internal: true,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.task.retry.backoff.max.ms": long(30_000, {
    doc: "Longest pause between two tries of a task, in milliseconds.",
    min: 1,
    internal: true,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.task.retry.jitter": double("0.2", {
    doc: "Random share by which a pause is made longer or shorter, 0 to 0.5.",
    min: 0,
    max: 0.5,
    internal: true,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.thread.pool.size": int(2, {
    doc: "Older name of remote.log.manager.follower.thread.pool.size.",
    min: 1,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.follower.thread.pool.size": int(2, {
    doc: "Threads that look up how far followed partitions are stored remotely.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.copier.thread.pool.size": int(10, {
    doc: "Threads that copy segments to remote storage.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.expiration.thread.pool.size": int(10, {
    doc: "Threads that delete expired segments from remote storage.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.copy.max.bytes.per.second": long(MAX_LONG, {
    doc:
      "Bytes a second that the broker may copy to remote storage; the largest long means no limit.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.copy.quota.window.num": int(11, {
    doc: "Windows kept to measure copying to remote storage, the current one among them.",
    min: 1,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.copy.quota.window.size.seconds": int(1, {
    doc: "Length of a window for copying to remote storage, in seconds.",
    min: 1,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.fetch.max.bytes.per.second": long(MAX_LONG, {
    doc:
      "Bytes a second that the broker may fetch from remote storage; the largest long means no " +
      "limit.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.fetch.quota.window.num": int(11, {
    doc: "Windows kept to measure fetching from remote storage, the current one among them.",
    min: 1,
    unused: UNUSED.tiered,
  }),
  "remote.log.manager.fetch.quota.window.size.seconds": int(1, {
    doc: "Length of a window for fetching from remote storage, in seconds.",
    min: 1,
    unused: UNUSED.tiered,
  }),
  "remote.log.reader.threads": int(10, {
    doc: "Threads that read from remote storage.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "remote.log.reader.max.pending.tasks": int(100, {
    doc: "Reads that may wait for a reader thread; beyond it fetches fail.",
    min: 1,
    unused: UNUSED.tiered,
  }),
  "remote.fetch.max.wait.ms": int(500, {
    doc: "Longest time a fetch waits for data from remote storage, in milliseconds.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "remote.list.offsets.request.timeout.ms": long(30_000, {
    doc: "Longest time ListOffsets waits for an answer from remote storage, in milliseconds.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
  "follower.fetch.last.tiered.offset.enable": boolean(false, {
    doc:
      "Whether an empty follower begins behind the last record stored remotely, rather than at " +
      "the first local one.",
    update: "cluster-wide",
    unused: UNUSED.tiered,
  }),
} as const satisfies ConfigKeys;
