/** Config keys of a group: consumer, share and streams. */
import { boolean, type ConfigKeys, int, string, UNUSED } from "./define.ts";

/** Durations as Java reads them: days at most, no months or years, each part with its own sign. */
const DURATION = new RegExp(
  "^([-+])?P(?=.)(?:([-+]?[0-9]+)D)?" +
    "(?:T(?=.)(?:([-+]?[0-9]+)H)?(?:([-+]?[0-9]+)M)?(?:([-+]?[0-9]+(?:[.,][0-9]{0,9})?)S)?)?$",
  "i",
);

function isDuration(text: string): boolean {
  const match = DURATION.exec(text);
  if (match === null) return false;
  const [sign, days, hours, minutes, seconds] = match.slice(1);
  const part = (digits = "0") => Number(digits.replace(",", "."));
  const total = part(days) * 86_400 + part(hours) * 3600 + part(minutes) * 60 + part(seconds);
  return (sign === "-" ? -total : total) >= 0;
}

function checkOffsetReset(value: string): string | null {
  if (value === "earliest" || value === "latest") return null;
  const prefix = "by_duration:";
  if (value.startsWith(prefix) && isDuration(value.slice(prefix.length))) return null;
  return "it must be earliest, latest or by_duration:PnDTnHnMn.nS";
}

export const GROUP_CONFIGS = {
  "consumer.session.timeout.ms": int(45_000, {
    doc: "Time without heartbeats after which a member of the consumer group is removed, in " +
      "milliseconds.",
    min: 1,
  }),
  "consumer.heartbeat.interval.ms": int(5000, {
    doc: "Time between two heartbeats that members of the consumer group are told to keep, in " +
      "milliseconds.",
    min: 1,
  }),
  "consumer.assignment.interval.ms": int(1000, {
    doc: "Least time between two computed assignments of the consumer group, in milliseconds; 0 " +
      "means at once.",
    min: 0,
  }),
  "share.session.timeout.ms": int(45_000, {
    doc: "Time without heartbeats after which a member of the share group is removed, in " +
      "milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "share.heartbeat.interval.ms": int(5000, {
    doc: "Time between two heartbeats that members of the share group are told to keep, in " +
      "milliseconds.",
    min: 1,
    unused: UNUSED.shareGroups,
  }),
  "share.assignment.interval.ms": int(1000, {
    doc:
      "Least time between two computed assignments of the share group, in milliseconds; 0 means " +
      "at once.",
    min: 0,
    unused: UNUSED.shareGroups,
  }),
  "share.record.lock.duration.ms": int(30_000, {
    doc: "Time a consumer has to acknowledge a record before others may get it, in milliseconds.",
    min: 1000,
    unused: UNUSED.shareGroups,
  }),
  "share.delivery.count.limit": int(5, {
    doc: "Times a record is handed out before it is given up.",
    min: 2,
    unused: UNUSED.shareGroups,
  }),
  "share.partition.max.record.locks": int(2000, {
    doc: "Records of a partition that may be out with consumers at one time.",
    min: 100,
    unused: UNUSED.shareGroups,
  }),
  "share.auto.offset.reset": string("latest", {
    doc: 'Where a partition begins for a new share group: "earliest", "latest", or ' +
      '"by_duration:" with an ISO 8601 duration back from now.',
    check: checkOffsetReset,
    unused: UNUSED.shareGroups,
  }),
  "share.isolation.level": string("read_uncommitted", {
    doc:
      "Whether records of open and aborted transactions are handed out (read_uncommitted) or not " +
      "(read_committed).",
    in: ["read_committed", "read_uncommitted"],
    unused: UNUSED.shareGroups,
  }),
  "share.renew.acknowledge.enable": boolean(true, {
    doc: "Whether consumers may prolong their lock on a record.",
    unused: UNUSED.shareGroups,
  }),
  "streams.session.timeout.ms": int(45_000, {
    doc: "Time without heartbeats after which a member of the streams group is removed, in " +
      "milliseconds.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "streams.heartbeat.interval.ms": int(5000, {
    doc: "Time between two heartbeats that members of the streams group are told to keep, in " +
      "milliseconds.",
    min: 1,
    unused: UNUSED.streamsGroups,
  }),
  "streams.assignment.interval.ms": int(1000, {
    doc: "Least time between two computed assignments of the streams group, in milliseconds; 0 " +
      "means at once.",
    min: 0,
    unused: UNUSED.streamsGroups,
  }),
  "streams.initial.rebalance.delay.ms": int(3000, {
    doc:
      "Time a new streams group waits for more members before tasks are assigned, in milliseconds.",
    min: 0,
    unused: UNUSED.streamsGroups,
  }),
  "streams.num.standby.replicas": int(0, {
    doc: "Standby copies kept of each task's state.",
    min: 0,
    unused: UNUSED.streamsGroups,
  }),
} as const satisfies ConfigKeys;

export type GroupConfigName = keyof typeof GROUP_CONFIGS;
