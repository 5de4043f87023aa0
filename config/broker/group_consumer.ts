/** Broker keys of consumer groups of the new protocol (KIP-848). */
import { type ConfigKeys, int, list, MAX_INT, string } from "../define.ts";

export const GROUP_CONSUMER_CONFIGS = {
  "group.consumer.assignors": list("uniform,range", {
    doc: "Server-side assignors a consumer may choose from; the first one is the default.",
    nonEmpty: true,
  }),
  "group.consumer.migration.policy": string("bidirectional", {
    doc:
      "Whether groups with members may turn from the classic protocol to the new one (upgrade), " +
      "back (downgrade), both or neither.",
    in: ["DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL"],
    ignoreCase: true,
  }),
  "group.consumer.max.size": int(MAX_INT, {
    doc: "Members a consumer group may have.",
    min: 1,
  }),
  "group.consumer.session.timeout.ms": int(45_000, {
    doc: "Time without heartbeats after which a member is removed, in milliseconds.",
    min: 1,
  }),
  "group.consumer.min.session.timeout.ms": int(45_000, {
    doc: "Shortest session timeout a group may be given, in milliseconds.",
    min: 1,
  }),
  "group.consumer.max.session.timeout.ms": int(60_000, {
    doc: "Longest session timeout a group may be given, in milliseconds.",
    min: 1,
  }),
  "group.consumer.heartbeat.interval.ms": int(5000, {
    doc: "Time between two heartbeats that members are told to keep, in milliseconds.",
    min: 1,
  }),
  "group.consumer.min.heartbeat.interval.ms": int(5000, {
    doc: "Shortest heartbeat interval a group may be given, in milliseconds.",
    min: 1,
  }),
  "group.consumer.max.heartbeat.interval.ms": int(15_000, {
    doc: "Longest heartbeat interval a group may be given, in milliseconds.",
    min: 1,
  }),
  "group.consumer.assignment.interval.ms": int(1000, {
    doc:
      "Least time between two computed assignments of a group, in milliseconds; 0 means at once.",
    min: 0,
    update: "cluster-wide",
  }),
  "group.consumer.min.assignment.interval.ms": int(0, {
    doc: "Smallest assignment interval a group may be given, in milliseconds.",
    min: 0,
  }),
  "group.consumer.max.assignment.interval.ms": int(15_000, {
    doc: "Largest assignment interval a group may be given, in milliseconds.",
    min: 0,
  }),
  "group.consumer.regex.refresh.interval.ms": int(600_000, {
    doc:
      "Time between two matchings of topic patterns against the topics there are, in milliseconds.",
    min: 10_000,
    internal: true,
  }),
} as const satisfies ConfigKeys;
