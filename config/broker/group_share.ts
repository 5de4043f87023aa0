/** Broker keys of share groups. */
import { type ConfigKeys, int, list, string, UNUSED } from "../define.ts";

export const GROUP_SHARE_CONFIGS = {
  "group.share.assignors": list("simple", {
    doc: "The assignor of all share groups: exactly one name.",
    nonEmpty: true,
    unused: UNUSED.shareGroups,
  }),
  "group.share.max.size": int(200, {
    doc: "Members a share group may have.",
    min: 1,
    max: 1000,
    unused: UNUSED.shareGroups,
  }),
  "group.share.max.share.sessions": int(2000, {
    doc: "Share sessions a broker keeps.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "group.share.session.timeout.ms": int(45_000, {
    doc: "Time without heartbeats after which a member is removed, in milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "group.share.min.session.timeout.ms": int(45_000, {
    doc: "Shortest session timeout a share group may be given, in milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "group.share.max.session.timeout.ms": int(60_000, {
    doc: "Longest session timeout a share group may be given, in milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "group.share.heartbeat.interval.ms": int(5000, {
    doc: "Time between two heartbeats that members are told to keep, in milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "group.share.min.heartbeat.interval.ms": int(5000, {
    doc: "Shortest heartbeat interval a share group may be given, in milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "group.share.max.heartbeat.interval.ms": int(15_000, {
    doc: "Longest heartbeat interval a share group may be given, in milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "group.share.assignment.interval.ms": int(1000, {
    doc:
      "Least time between two computed assignments of a group, in milliseconds; 0 means at once.",
    min: 0,
    update: "cluster-wide",
    unused: UNUSED.shareGroups,
  }),
  "group.share.min.assignment.interval.ms": int(0, {
    doc: "Smallest assignment interval a share group may be given, in milliseconds.",
    min: 0,
    unused: UNUSED.shareGroups,
  }),
  "group.share.max.assignment.interval.ms": int(15_000, {
    doc: "Largest assignment interval a share group may be given, in milliseconds.",
    min: 0,
    unused: UNUSED.shareGroups,
  }),
  "group.share.delivery.count.limit": int(5, {
    doc: "Times a record is handed out before it is given up.",
    min: 2,
    max: 10,
    unused: UNUSED.shareGroups,
  }),
  "group.share.min.delivery.count.limit": int(2, {
    doc: "Smallest delivery limit a share group may be given.",
    min: 2,
    max: 5,
    unused: UNUSED.shareGroups,
  }),
  "group.share.max.delivery.count.limit": int(10, {
    doc: "Largest delivery limit a share group may be given.",
    min: 5,
    max: 25,
    unused: UNUSED.shareGroups,
  }),
  "group.share.record.lock.duration.ms": int(30_000, {
    doc: "Time a consumer has to acknowledge a record before others may get it, in milliseconds.",
    min: 1000,
    max: 3_600_000,
    unused: UNUSED.shareGroups,
  }),
  "group.share.min.record.lock.duration.ms": int(15_000, {
    doc: "Shortest record lock a share group may be given, in milliseconds.",
    min: 1000,
    max: 30_000,
    unused: UNUSED.shareGroups,
  }),
  "group.share.max.record.lock.duration.ms": int(60_000, {
    doc: "Longest record lock a share group may be given, in milliseconds.",
    min: 30_000,
    max: 3_600_000,
    unused: UNUSED.shareGroups,
  }),
  "group.share.partition.max.record.locks": int(2000, {
    doc: "Records of a partition that may be out with consumers at one time.",
    min: 100,
    max: 10_000,
    unused: UNUSED.shareGroups,
  }),
  "group.share.min.partition.max.record.locks": int(100, {
    doc: "Smallest number of record locks per partition that a share group may be given.",
    min: 100,
    max: 2000,
    unused: UNUSED.shareGroups,
  }),
  "group.share.max.partition.max.record.locks": int(4000, {
    doc: "Largest number of record locks per partition that a share group may be given.",
    min: 2000,
    max: 10_000,
    unused: UNUSED.shareGroups,
  }),
  "group.share.initialize.retry.interval.ms": int(30_000, {
    doc: "Time before a failed set-up of a group's state is repeated, in milliseconds; at least " +
      "offsets.commit.timeout.ms.",
    min: 1,
    internal: true,
    unused: UNUSED.shareGroups,
  }),
  "group.share.persister.class.name": string(
    "org.apache.kafka.server.share.persister.DefaultStatePersister",
    {
      doc: "Class that stores the state of share groups.",
      internal: true,
      unused: UNUSED.jvm,
    },
  ),
} as const satisfies ConfigKeys;
