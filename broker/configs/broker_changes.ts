/**
 * Altering a broker's own configs at run time (KIP-226): what may be altered, and for whom. The
 * addressed broker checks it before the controller writes it down.
 */
import { BrokerConfig, brokerConfigKey, type ConfigValues } from "../../config/broker_config.ts";
import { requireConsistent } from "../../config/broker_consistency.ts";
import { BROKER_CONFIGS, type BrokerConfigName } from "../../config/broker/mod.ts";
import { canonicalValue, ConfigError, listOf, numberOf } from "../../config/parse.ts";
import { KafkaError } from "../../protocol/errors.ts";
import type { ConfigOperation } from "../../cluster/controller/configs.ts";

/** Keys of TLS stores, which are only altered with a listener's prefix. */
const TLS_STORE = /^ssl\.(keystore|truststore|key)\./;

const LISTENER_PREFIX = /^listener\.name\.[^.]*\.(.*)$/;

/** Keys with a listener's prefix that may be set for all brokers. */
const CLUSTER_WIDE_LISTENER_KEYS = new Set([
  "max.connections",
  "max.connection.creation.rate",
  "num.network.threads",
]);

/** Sizes of thread pools: altered at most by half or to the double. */
const THREAD_KEYS: readonly BrokerConfigName[] = [
  "num.io.threads",
  "num.replica.fetchers",
  "num.recovery.threads.per.data.dir",
  "background.threads",
  "num.network.threads",
  "log.cleaner.threads",
  "remote.log.reader.threads",
  "remote.log.manager.copier.thread.pool.size",
  "remote.log.manager.expiration.thread.pool.size",
  "remote.log.manager.follower.thread.pool.size",
];

/** Keys that Kafka checks against nothing but being positive, and only at run time. */
const POSITIVE_KEYS: readonly BrokerConfigName[] = [
  "max.connections",
  "max.connection.creation.rate",
  "remote.log.index.file.cache.total.size.bytes",
  "remote.log.manager.copy.max.bytes.per.second",
  "remote.log.manager.fetch.max.bytes.per.second",
];

/** Keys that name Java classes, of which Takhin has none; Kafka refuses what it cannot load. */
const CLASS_KEYS: readonly BrokerConfigName[] = [
  "metric.reporters",
  "principal.builder.class",
  "ssl.engine.factory.class",
];

/** Keys that Kafka alters at run time and Takhin only takes at start. */
const ONLY_AT_START: readonly BrokerConfigName[] = [
  "listeners",
  "listener.security.protocol.map",
];

function isPerBroker(name: string): boolean {
  const prefixed = LISTENER_PREFIX.exec(name);
  if (prefixed !== null) return !CLUSTER_WIDE_LISTENER_KEYS.has(prefixed[1]);
  return brokerConfigKey(name)?.update === "per-broker";
}

function isDynamic(name: string): boolean {
  const key = brokerConfigKey(name);
  return key === undefined || key.update !== undefined || LISTENER_PREFIX.test(name);
}

/**
 * The values of those stored that this broker takes over: what is not to be altered at run time,
 * or is no value any more, is left out (`fromPersistentProps`).
 */
export function applicableValues(stored: ConfigValues, perBroker: boolean): ConfigValues {
  const values = new Map<string, string>();
  for (const [name, text] of stored) {
    const key = brokerConfigKey(name);
    const forbidden = !isDynamic(name) || TLS_STORE.test(name) || (!perBroker && isPerBroker(name));
    if (forbidden) continue;
    try {
      values.set(name, key === undefined ? text : canonicalValue(name, key, text));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error; // Kafka ignores such a value, too.
    }
  }
  return values;
}

/** What the stored values come to after some operations. Throws INVALID_CONFIG. */
export function valuesAfter(
  stored: ConfigValues,
  operations: ReadonlyMap<string, ConfigOperation>,
): Map<string, string> {
  const values = new Map(stored);
  for (const [name, operation] of operations) {
    if ("set" in operation) values.set(name, operation.set);
    else if ("delete" in operation) values.delete(name);
    else values.set(name, listAfter(name, values.get(name), operation));
  }
  return values;
}

function listAfter(
  name: string,
  current: string | undefined,
  operation: { append: string } | { subtract: string },
): string {
  const key = brokerConfigKey(name);
  if (key === undefined) throw new KafkaError("INVALID_CONFIG", `Unknown config name: ${name}`);
  if (key.type !== "list") {
    throw new KafkaError("INVALID_CONFIG", `Only lists can be appended to; ${name} is none`);
  }
  const old = listOf(current ?? (typeof key.default === "string" ? key.default : ""));
  const given = ("append" in operation ? operation.append : operation.subtract).split(",");
  const changed = "append" in operation
    ? [...old, ...given.filter((value) => !old.includes(value))]
    : old.filter((value) => !given.includes(value));
  return changed.join(",");
}

/**
 * Checks the complete set of values that are to be stored for this broker or for all brokers.
 * Throws INVALID_REQUEST, as Kafka does.
 */
export function checkBrokerChange(
  values: ConfigValues,
  perBroker: boolean,
  config: BrokerConfig,
): void {
  const refuse = (why: string, names: readonly string[]): void => {
    if (names.length === 0) return;
    throw new KafkaError("INVALID_REQUEST", `${why}: ${names.join(", ")}`);
  };
  const names = [...values.keys()];
  refuse("Cannot update these configs dynamically", names.filter((name) => !isDynamic(name)));
  refuse(
    "These security configs can only be updated with a listener's prefix",
    names.filter((name) => TLS_STORE.test(name)),
  );
  checkTypes(values);
  if (!perBroker) {
    refuse(
      "Cannot update these configs for all brokers, a broker id must be given",
      names.filter(isPerBroker),
    );
  }
  refuse(
    "Takhin takes these configs only at start",
    ONLY_AT_START.filter((name) => values.has(name)),
  );
  for (const name of THREAD_KEYS) checkThreads(name, values, config);
  refuse(
    "These configs must be at least 1",
    POSITIVE_KEYS.filter((name) => values.has(name) && numberOf(values.get(name)!.trim()) < 1),
  );
  refuse("Takhin loads no Java classes", CLASS_KEYS.filter((name) => namesClass(name, values)));
  checkTogether(values, perBroker, config);
}

function namesClass(name: BrokerConfigName, values: ConfigValues): boolean {
  const text = values.get(name);
  if (text === undefined) return false;
  const { type, default: fallback } = BROKER_CONFIGS[name];
  return text !== fallback && (type !== "list" || listOf(text.trim()).length > 0);
}

/** Checks what all of this broker's values would be to each other. */
function checkTogether(values: ConfigValues, perBroker: boolean, config: BrokerConfig): void {
  const after = new BrokerConfig(config.given);
  const applicable = applicableValues(values, perBroker);
  if (perBroker) after.setDynamic(config.dynamicDefaults, applicable);
  else after.setDynamic(applicable, config.dynamicOwn);
  try {
    requireConsistent(after);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new KafkaError("INVALID_REQUEST", error.message);
  }
}

function checkTypes(values: ConfigValues): void {
  for (const [name, text] of values) {
    const key = brokerConfigKey(name);
    if (key === undefined) continue;
    try {
      canonicalValue(name, key, text);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new KafkaError("INVALID_REQUEST", error.message);
    }
  }
}

function checkThreads(name: BrokerConfigName, values: ConfigValues, config: BrokerConfig): void {
  const text = values.get(name);
  if (text === undefined) return;
  const wanted = numberOf(text.trim());
  const present = config.number(name);
  const ok = wanted === present ||
    (wanted >= 1 && wanted >= Math.floor(present / 2) && wanted <= present * 2);
  if (ok) return;
  throw new KafkaError(
    "INVALID_REQUEST",
    `${name} must be at least 1, half of ${present}, and at most its double, not ${wanted}`,
  );
}
