/**
 * What the two nodes of the differential are configured with for the sake of group conversations,
 * so that these are quick and always the same: assignments are computed at once, the bounds of
 * timeouts let members expire soon, and groups are small enough to be filled.
 */

/** Few enough that every coordinator's partition can be waited for, enough to have several. */
export const OFFSETS_PARTITIONS = 4;
export const GROUP_SIZE_MAX = 4;
export const SESSION_MS_MIN = 1_000;
export const SESSION_MS_MAX = 300_000;

export const NODE_CONFIGS: Readonly<Record<string, string>> = {
  "offsets.topic.num.partitions": String(OFFSETS_PARTITIONS),
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": String(SESSION_MS_MIN),
  "group.max.session.timeout.ms": String(SESSION_MS_MAX),
  "group.max.size": String(GROUP_SIZE_MAX),
  "group.consumer.max.size": String(GROUP_SIZE_MAX),
  "group.consumer.assignment.interval.ms": "0",
  "group.consumer.min.session.timeout.ms": String(SESSION_MS_MIN),
  "group.consumer.min.heartbeat.interval.ms": "500",
};
