/** Broker keys of replication between brokers and of electing leaders. */
import { boolean, type ConfigKeys, int, long, string, UNUSED } from "../define.ts";

export const REPLICATION_CONFIGS = {
  "min.insync.replicas": int(1, {
    doc: "In-sync replicas, the leader among them, below which a produce with acks=all is refused.",
    min: 1,
    update: "cluster-wide",
  }),
  "unclean.leader.election.enable": boolean(false, {
    doc:
      "Whether a replica that is not in sync may become leader where no other is left; records " +
      "may be lost.",
    update: "cluster-wide",
  }),
  "unclean.leader.election.interval.ms": long(300_000, {
    doc: "Time between two searches for leaderless partitions open to an unclean election, in " +
      "milliseconds.",
    min: 1,
    internal: true,
    unused: UNUSED.replication,
  }),
  "auto.leader.rebalance.enable": boolean(true, {
    doc: "Whether leadership moves back to preferred replicas by itself.",
    unused: UNUSED.replication,
  }),
  "leader.imbalance.check.interval.seconds": long(300, {
    doc: "Time between two checks of whether leaders are preferred replicas, in seconds.",
    min: 1,
    unused: UNUSED.replication,
  }),
  "replica.high.watermark.checkpoint.interval.ms": long(5000, {
    doc:
      "Time between two writes of the high watermarks to their checkpoint file, in milliseconds.",
  }),
  "replica.lag.time.max.ms": long(30_000, {
    doc: "Time without catching up after which a follower is no longer in sync, in milliseconds.",
    unused: UNUSED.replication,
  }),
  "replica.fetch.min.bytes": int(1, {
    doc: "Bytes a follower's fetch waits for, up to replica.fetch.wait.max.ms.",
    unused: UNUSED.replication,
  }),
  "replica.fetch.max.bytes": int(1_048_576, {
    doc: "Bytes a follower asks for from each partition; a larger first batch is still sent whole.",
    min: 0,
    unused: UNUSED.replication,
  }),
  "replica.fetch.response.max.bytes": int(10_485_760, {
    doc: "Bytes a follower asks for in one fetch; a larger first batch is still sent whole.",
    min: 0,
    unused: UNUSED.replication,
  }),
  "replica.fetch.wait.max.ms": int(500, {
    doc: "Longest time a follower's fetch waits at the leader, in milliseconds; keep it below " +
      "replica.lag.time.max.ms.",
    unused: UNUSED.replication,
  }),
  "replica.fetch.backoff.ms": int(1000, {
    doc: "Pause of a follower after a failed fetch of a partition, in milliseconds.",
    min: 0,
    unused: UNUSED.replication,
  }),
  "replica.socket.timeout.ms": int(30_000, {
    doc: "Time a follower waits for an answer of its leader, in milliseconds; at least " +
      "replica.fetch.wait.max.ms.",
    unused: UNUSED.replication,
  }),
  "replica.socket.receive.buffer.bytes": int(65_536, {
    doc: "Receive buffer of a follower's connection to its leader, in bytes.",
    unused: UNUSED.replication,
  }),
  "replica.selector.class": string(null, {
    doc: "Class that picks the replica a consumer reads from. Unset: always the leader.",
    unused: UNUSED.jvm,
  }),
  "num.replica.fetchers": int(1, {
    doc: "Fetchers a broker runs for each broker that it follows.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.replication,
  }),
} as const satisfies ConfigKeys;
