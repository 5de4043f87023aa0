/** Broker keys of quotas: the windows over which rates are measured. */
import { className, type ConfigKeys, int, UNUSED } from "../define.ts";

export const QUOTA_CONFIGS = {
  "client.quota.callback.class": className(null, {
    doc: "Class that decides the quotas of clients. Unset: those stored for users and client ids.",
    unused: UNUSED.jvm,
  }),
  "quota.window.num": int(11, {
    doc: "Windows kept to measure the rates of clients, the current one among them.",
    min: 1,
    unused: UNUSED.quotas,
  }),
  "quota.window.size.seconds": int(1, {
    doc: "Length of a window for the rates of clients, in seconds.",
    min: 1,
    unused: UNUSED.quotas,
  }),
  "controller.quota.window.num": int(11, {
    doc: "Windows kept to measure changes to topics and partitions.",
    min: 1,
    unused: UNUSED.quotas,
  }),
  "controller.quota.window.size.seconds": int(1, {
    doc: "Length of a window for changes to topics and partitions, in seconds.",
    min: 1,
    unused: UNUSED.quotas,
  }),
  "replication.quota.window.num": int(11, {
    doc: "Windows kept to measure throttled replication.",
    min: 1,
    unused: UNUSED.quotas,
  }),
  "replication.quota.window.size.seconds": int(1, {
    doc: "Length of a window for throttled replication, in seconds.",
    min: 1,
    unused: UNUSED.quotas,
  }),
  "alter.log.dirs.replication.quota.window.num": int(11, {
    doc: "Windows kept to measure moves between log directories.",
    min: 1,
    unused: UNUSED.quotas,
  }),
  "alter.log.dirs.replication.quota.window.size.seconds": int(1, {
    doc: "Length of a window for moves between log directories, in seconds.",
    min: 1,
    unused: UNUSED.quotas,
  }),
} as const satisfies ConfigKeys;
