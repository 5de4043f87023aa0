/**
 * What the values of a broker's keys must be to each other (`KafkaConfig.validateValues`,
 * `GroupCoordinatorConfig`, `DynamicLogConfig`): asked at start, and before values are altered at
 * run time.
 */
import type { BrokerConfigName } from "./broker/mod.ts";
import type { BrokerConfig } from "./broker_config.ts";
import { ConfigError } from "./parse.ts";

type Pair = readonly [smaller: BrokerConfigName, larger: BrokerConfigName];

/** The first must not be larger than the second. */
const AT_MOST: readonly Pair[] = [
  ...["consumer", "share", "streams"].flatMap((kind) => {
    const key = (name: string) => `group.${kind}.${name}` as BrokerConfigName;
    return ["heartbeat.interval.ms", "session.timeout.ms", "assignment.interval.ms"].flatMap(
      (name): Pair[] => [
        [key(`min.${name}`), key(name)],
        [key(name), key(`max.${name}`)],
      ],
    );
  }),
  ["group.streams.num.standby.replicas", "group.streams.max.standby.replicas"],
  ["replica.fetch.wait.max.ms", "replica.socket.timeout.ms"],
  ["replica.fetch.wait.max.ms", "replica.lag.time.max.ms"],
];

/** The first must be smaller than the second. */
const BELOW: readonly Pair[] = [
  ["group.consumer.heartbeat.interval.ms", "group.consumer.session.timeout.ms"],
  ["group.share.heartbeat.interval.ms", "group.share.session.timeout.ms"],
  ["group.streams.heartbeat.interval.ms", "group.streams.session.timeout.ms"],
];

/** Each cleaner thread needs more than this of the buffer, in bytes. */
const DEDUPE_BYTES_PER_CLEANER = 1024 * 1024;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Local retention that is the same as retention. */
const SAME_AS_RETENTION = -2;

const HOST_PATTERN = /^[0-9a-zA-Z\-%._:]*$/;
const INT32_PATTERN = /^[+-]?\d{1,10}$/;

function fail(key: BrokerConfigName, problem: string): never {
  throw new ConfigError(key, `${key}: ${problem}`);
}

/** Checks a configuration for contradictions. Throws `ConfigError`. */
export function requireConsistent(config: BrokerConfig): void {
  requireOrder(config);
  requireLogValues(config);
  requireConnectionLimits(config);
}

function requireOrder(config: BrokerConfig): void {
  for (const [smaller, larger] of AT_MOST) {
    if (config.number(smaller) <= config.number(larger)) continue;
    fail(smaller, `${config.text(smaller)} is more than ${larger}, ${config.text(larger)}`);
  }
  for (const [smaller, larger] of BELOW) {
    if (config.number(smaller) < config.number(larger)) continue;
    fail(smaller, `${config.text(smaller)} is not less than ${larger}, ${config.text(larger)}`);
  }
}

/** How long records are kept, in milliseconds; -1 for ever. The most exact key that is set counts. */
function retentionMs(config: BrokerConfig): number {
  const units: [BrokerConfigName, number][] = [
    ["log.retention.ms", 1],
    ["log.retention.minutes", MINUTE_MS],
    ["log.retention.hours", HOUR_MS],
  ];
  const [name, unit] = units.find(([name]) => config.text(name) !== null) ?? units[2];
  return Math.max(-1, config.number(name) * unit);
}

function requireLogValues(config: BrokerConfig): void {
  if (config.number("log.roll.ms") < 1) fail("log.roll.ms", "it must be at least 1");
  if (config.number("log.roll.jitter.ms") < 0) fail("log.roll.jitter.ms", "it must be at least 0");
  const retention = retentionMs(config);
  if (retention === 0) fail("log.retention.ms", "it must be at least 1, or -1 for ever");
  requireLocalRetention(config, "log.local.retention.ms", "log.retention.ms", retention);
  const bytes = config.number("log.retention.bytes");
  requireLocalRetention(config, "log.local.retention.bytes", "log.retention.bytes", bytes);
  const perCleaner = config.number("log.cleaner.dedupe.buffer.size") /
    config.number("log.cleaner.threads");
  if (Math.trunc(perCleaner) <= DEDUPE_BYTES_PER_CLEANER) {
    fail(
      "log.cleaner.dedupe.buffer.size",
      `it must be more than ${DEDUPE_BYTES_PER_CLEANER} for each of log.cleaner.threads`,
    );
  }
  const logDirs = config.list(config.text("log.dirs") === null ? "log.dir" : "log.dirs");
  const cordoned = config.list("cordoned.log.dirs");
  const stranger = cordoned.find((directory) => directory !== "*" && !logDirs.includes(directory));
  if (stranger !== undefined) fail("cordoned.log.dirs", `${stranger} is not one of log.dirs`);
}

function requireLocalRetention(
  config: BrokerConfig,
  localKey: BrokerConfigName,
  key: BrokerConfigName,
  retention: number,
): void {
  const local = config.number(localKey);
  if (retention < 0 || local === SAME_AS_RETENTION) return;
  if (local === -1 || local > retention) fail(localKey, `it must not be more than ${key}`);
}

function requireConnectionLimits(config: BrokerConfig): void {
  const overrides = config.text("max.connections.per.ip.overrides")?.trim() ?? "";
  for (const entry of overrides.split(/\s*,\s*/).filter((each) => each !== "")) {
    const colon = entry.lastIndexOf(":");
    const count = entry.slice(colon + 1).trim();
    const ok = colon >= 0 && HOST_PATTERN.test(entry.slice(0, colon).trim()) &&
      INT32_PATTERN.test(count);
    if (!ok) fail("max.connections.per.ip.overrides", `"${entry}" is not ADDRESS:COUNT`);
  }
  if (config.number("max.connections.per.ip") === 0 && overrides === "") {
    fail(
      "max.connections.per.ip",
      "it may be 0 only where max.connections.per.ip.overrides is set",
    );
  }
  if (config.number("queued.max.request.bytes") > 0) {
    const largest = config.number("socket.request.max.bytes");
    if (config.number("queued.max.request.bytes") < largest) {
      fail("queued.max.request.bytes", `it must be at least socket.request.max.bytes, ${largest}`);
    }
  }
  const idleMs = config.number("connections.max.idle.ms");
  const delayMs = config.number("connection.failed.authentication.delay.ms");
  if (idleMs >= 0 && delayMs >= idleMs) {
    fail(
      "connection.failed.authentication.delay.ms",
      `it must be less than connections.max.idle.ms, ${idleMs}`,
    );
  }
}
