/**
 * The configs of a consumer, share or streams group (resource type GROUP): its own values over the
 * broker's, within the bounds that the broker sets.
 */
import type { BrokerConfig, ConfigSynonym, ConfigValues } from "./broker_config.ts";
import { ConfigSource } from "./broker_config.ts";
import { BROKER_CONFIGS, type BrokerConfigName } from "./broker/mod.ts";
import { type ConfigKey, declaredKey } from "./define.ts";
import { GROUP_CONFIGS, type GroupConfigName } from "./group_configs.ts";
import { canonicalValue, ConfigError, numberOf } from "./parse.ts";

export const GROUP_CONFIG_NAMES = Object.keys(GROUP_CONFIGS) as GroupConfigName[];

/** The declaration of a group key, or undefined. */
export function groupConfigKey(name: string): ConfigKey | undefined {
  return declaredKey(GROUP_CONFIGS, name);
}

function brokerName(name: string): BrokerConfigName | undefined {
  return name in BROKER_CONFIGS ? name as BrokerConfigName : undefined;
}

/** The broker key that gives a group key its default: `group.` and the key. */
function brokerSynonym(name: string): BrokerConfigName | undefined {
  return brokerName(`group.${name}`);
}

/** The broker key that bounds a group key: `group.consumer.max.session.timeout.ms`. */
function boundKey(name: string, bound: "min" | "max"): BrokerConfigName | undefined {
  const [kind, ...rest] = name.split(".");
  const irregular = name === "streams.num.standby.replicas" ? ["standby", "replicas"] : rest;
  return brokerName(["group", kind, bound, ...irregular].join("."));
}

/** A group's value in force, as text. */
export function groupConfigText(
  name: GroupConfigName,
  overrides: ConfigValues,
  broker: BrokerConfig,
): string | null {
  const own = overrides.get(name);
  if (own !== undefined) return canonicalValue(name, GROUP_CONFIGS[name], own);
  const synonym = brokerSynonym(name);
  if (synonym !== undefined) return broker.text(synonym);
  const { default: fallback } = GROUP_CONFIGS[name];
  return typeof fallback === "string" ? fallback : null;
}

/** The values behind a group key besides its own, in order of precedence. */
export function groupConfigSynonyms(name: GroupConfigName, broker: BrokerConfig): ConfigSynonym[] {
  const synonym = brokerSynonym(name);
  if (synonym !== undefined) return broker.synonyms(synonym);
  const { default: value } = GROUP_CONFIGS[name];
  if (typeof value !== "string") return [];
  return [{ name, value, source: ConfigSource.DEFAULT_CONFIG }];
}

/**
 * Checks the complete set of a group's own values (`GroupConfig.validate`).
 * Throws `ConfigError` for an unknown key, a bad value or one outside the broker's bounds.
 */
export function checkGroupConfigs(overrides: ConfigValues, broker: BrokerConfig): void {
  for (const [name, text] of overrides) {
    const key = groupConfigKey(name);
    if (key === undefined) throw new ConfigError(name, `Unknown group config name: ${name}`);
    canonicalValue(name, key, text);
  }
  const value = (name: GroupConfigName) => numberOf(groupConfigText(name, overrides, broker) ?? "");
  for (const name of GROUP_CONFIG_NAMES) {
    const min = boundKey(name, "min");
    const max = boundKey(name, "max");
    if (min !== undefined && value(name) < broker.number(min)) {
      throw new ConfigError(name, `${name} must be greater than or equal to ${min}`);
    }
    if (max !== undefined && value(name) > broker.number(max)) {
      throw new ConfigError(name, `${name} must be less than or equal to ${max}`);
    }
  }
  for (const kind of ["consumer", "share", "streams"] as const) {
    const timeout = `${kind}.session.timeout.ms` as const;
    const interval = `${kind}.heartbeat.interval.ms` as const;
    if (value(timeout) <= value(interval)) {
      throw new ConfigError(timeout, `${timeout} must be greater than ${interval}`);
    }
  }
}
