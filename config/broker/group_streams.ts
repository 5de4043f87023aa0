/** Broker keys of Kafka Streams groups. */
import { type ConfigKeys, int, MAX_INT, UNUSED } from "../define.ts";

export const GROUP_STREAMS_CONFIGS = {
  "group.streams.max.size": int(MAX_INT, {
    doc: "Members a streams group may have.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.initial.rebalance.delay.ms": int(3000, {
    doc: "Time a new group waits for more members before tasks are assigned, in milliseconds.",
    min: 0,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.session.timeout.ms": int(45_000, {
    doc: "Time without heartbeats after which a member is removed, in milliseconds.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.min.session.timeout.ms": int(45_000, {
    doc: "Shortest session timeout a streams group may be given, in milliseconds.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.max.session.timeout.ms": int(60_000, {
    doc: "Longest session timeout a streams group may be given, in milliseconds.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.heartbeat.interval.ms": int(5000, {
    doc: "Time between two heartbeats that members are told to keep, in milliseconds.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.min.heartbeat.interval.ms": int(5000, {
    doc: "Shortest heartbeat interval a streams group may be given, in milliseconds.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.max.heartbeat.interval.ms": int(15_000, {
    doc: "Longest heartbeat interval a streams group may be given, in milliseconds.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.assignment.interval.ms": int(1000, {
    doc:
      "Least time between two computed assignments of a group, in milliseconds; 0 means at once.",
    min: 0,
    update: "cluster-wide",
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.min.assignment.interval.ms": int(0, {
    doc: "Smallest assignment interval a streams group may be given, in milliseconds.",
    min: 0,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.max.assignment.interval.ms": int(15_000, {
    doc: "Largest assignment interval a streams group may be given, in milliseconds.",
    min: 0,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.num.standby.replicas": int(0, {
    doc: "Standby copies kept of each task's state.",
    min: 0,
    unused: UNUSED.streamsGroups,
  }),
  "group.streams.max.standby.replicas": int(2, {
    doc: "Largest number of standby copies a streams group may be given.",
    min: 0,
    unused: UNUSED.streamsGroups,
  }),
} as const satisfies ConfigKeys;
