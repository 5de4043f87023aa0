/**
 * What the configs of a topic come to: its own values over the broker's defaults for topics.
 */
import type { BrokerConfig, ConfigSynonym, ConfigValues } from "../broker_config.ts";
import { type ConfigKey, declaredKey } from "../define.ts";
import { canonicalValue, ConfigError, listOf, numberOf } from "../parse.ts";
import { TOPIC_CONFIGS, TOPIC_SYNONYMS, type TopicConfigName } from "./topic_configs.ts";

/** The declaration of a topic key, or undefined. */
export function topicConfigKey(name: string): ConfigKey | undefined {
  return declaredKey(TOPIC_CONFIGS, name);
}

/** The names of all topic keys. */
export const TOPIC_CONFIG_NAMES = Object.keys(TOPIC_CONFIGS) as TopicConfigName[];

/** What a topic has where it says nothing itself: the broker's value, else Kafka's default. */
export function defaultTopicValue(name: TopicConfigName, broker: BrokerConfig): string | null {
  for (const { name: brokerName, factor } of TOPIC_SYNONYMS[name] ?? []) {
    const value = broker.text(brokerName);
    if (value === null) continue;
    return factor === 1 ? value : String(BigInt(value) * BigInt(factor));
  }
  const { default: fallback } = TOPIC_CONFIGS[name];
  return typeof fallback === "string" ? fallback : null;
}

/** The values in force for a topic with the given overrides. */
export class TopicConfig {
  constructor(readonly overrides: ConfigValues, private readonly broker: BrokerConfig) {}

  text(name: TopicConfigName): string | null {
    const own = this.overrides.get(name);
    if (own === undefined) return defaultTopicValue(name, this.broker);
    return canonicalValue(name, TOPIC_CONFIGS[name], own);
  }

  /** A number; "unlimited" is Infinity. */
  number(name: TopicConfigName): number {
    return numberOf(this.text(name) ?? "NaN");
  }

  boolean(name: TopicConfigName): boolean {
    return this.text(name) === "true";
  }

  list(name: TopicConfigName): string[] {
    return listOf(this.text(name) ?? "");
  }
}

/** The broker's values behind a topic key, in order of precedence. */
export function topicConfigSynonyms(name: string, broker: BrokerConfig): ConfigSynonym[] {
  const [first] = TOPIC_SYNONYMS[name as TopicConfigName] ?? [];
  return first === undefined ? [] : broker.synonyms(first.name);
}

/**
 * Checks the complete set of a topic's own values (`LogConfig.validate`).
 * Throws `ConfigError` for an unknown key, a bad value or values that contradict each other.
 */
export function checkTopicConfigs(
  overrides: ConfigValues,
  existing: ConfigValues,
  broker: BrokerConfig,
): void {
  for (const [name, text] of overrides) {
    const key = topicConfigKey(name);
    if (key === undefined) throw new ConfigError(name, `Unknown topic config name: ${name}`);
    canonicalValue(name, key, text);
  }
  const config = new TopicConfig(overrides, broker);
  if (config.number("min.compaction.lag.ms") > config.number("max.compaction.lag.ms")) {
    throw new ConfigError(
      "min.compaction.lag.ms",
      "min.compaction.lag.ms must not be larger than max.compaction.lag.ms",
    );
  }
  if (config.boolean("remote.storage.enable")) {
    throw new ConfigError("remote.storage.enable", "Tiered storage is disabled in the broker");
  }
  const wasRemote = existing.get("remote.storage.enable") === "true";
  if (wasRemote && !config.boolean("remote.log.delete.on.disable")) {
    throw new ConfigError(
      "remote.storage.enable",
      "It can only be switched off together with remote.log.delete.on.disable=true",
    );
  }
}
