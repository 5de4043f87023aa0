/**
 * Broker keys that Kafka keeps apart from all others: they are set at run time only, by tools that
 * move replicas (KIP-73), and shown where they are set.
 */
import { type ConfigKeys, long, UNUSED } from "../define.ts";

export const REPLICATION_THROTTLE_CONFIGS = {
  "leader.replication.throttled.rate": long(null, {
    doc: "Most that leaders of throttled replicas send to followers, in bytes per second.",
    min: 0,
    update: "per-broker",
    internal: true,
    unused: UNUSED.quotas,
  }),
  "follower.replication.throttled.rate": long(null, {
    doc: "Most that followers of throttled replicas fetch, in bytes per second.",
    min: 0,
    update: "per-broker",
    internal: true,
    unused: UNUSED.quotas,
  }),
  "replica.alter.log.dirs.io.max.bytes.per.second": long(null, {
    doc: "Most that moves between log directories read and write, in bytes per second.",
    min: 0,
    update: "per-broker",
    internal: true,
    unused: UNUSED.quotas,
  }),
} as const satisfies ConfigKeys;
