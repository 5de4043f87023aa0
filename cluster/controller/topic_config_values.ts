/**
 * The configs of a topic as the controller resolves them from the image: the topic's own, then what
 * was set for this broker and for all brokers, then the node's file, then the default
 * (`KafkaConfigSchema`).
 */
import { ConfigSource, type ConfigValues } from "../../config/broker_config.ts";
import { TOPIC_CONFIG_NAMES, topicConfigKey } from "../../config/topic/topic_config.ts";
import { TOPIC_SYNONYMS, type TopicConfigName } from "../../config/topic/topic_configs.ts";
import { numberOf } from "../../config/parse.ts";
import { BROKER_CONFIGS } from "../../config/broker/mod.ts";
import { ConfigResourceType, configsOf } from "../image/metadata_image.ts";
import type { ControllerContext } from "./decision.ts";

export interface ResolvedConfig {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
}

/** Resolves one key for a topic with the given overrides. */
export function resolveTopicConfig(
  name: TopicConfigName,
  overrides: ConfigValues,
  { image, config, nodeId }: ControllerContext,
): ResolvedConfig {
  const own = overrides.get(name);
  if (own !== undefined) return { name, value: own, source: ConfigSource.TOPIC_CONFIG };
  const layers: [ConfigValues, number][] = [
    [
      configsOf(image, ConfigResourceType.BROKER, String(nodeId)),
      ConfigSource.DYNAMIC_BROKER_CONFIG,
    ],
    [configsOf(image, ConfigResourceType.BROKER, ""), ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG],
    [config.given, ConfigSource.STATIC_BROKER_CONFIG],
  ];
  for (const [values, source] of layers) {
    for (const { name: brokerName, factor } of TOPIC_SYNONYMS[name] ?? []) {
      const value = values.get(brokerName);
      if (value === undefined) continue;
      const converted = factor === 1 ? value : String(BigInt(value) * BigInt(factor));
      return { name, value: converted, source };
    }
  }
  return { name, value: defaultValue(name), source: ConfigSource.DEFAULT_CONFIG };
}

/** The default that Takhin declares: the broker key's where the topic key stands for one. */
function defaultValue(name: TopicConfigName): string | null {
  const synonyms = TOPIC_SYNONYMS[name] ?? [];
  const same = synonyms.length === 1 && synonyms[0].factor === 1 ? synonyms[0].name : undefined;
  const key = same === undefined ? topicConfigKey(name) : BROKER_CONFIGS[same];
  return typeof key?.default === "string" ? key.default : null;
}

/** All keys of a topic that is made with the given overrides, by name; internal ones only if set. */
export function resolveTopicConfigs(
  overrides: ConfigValues,
  context: ControllerContext,
): ResolvedConfig[] {
  return TOPIC_CONFIG_NAMES
    .filter((name) => !topicConfigKey(name)!.internal || overrides.has(name))
    .sort()
    .map((name) => resolveTopicConfig(name, overrides, context));
}

/** A topic's value in force, as text. */
export function topicConfigText(
  topic: string,
  name: TopicConfigName,
  context: ControllerContext,
): string | null {
  const overrides = configsOf(context.image, ConfigResourceType.TOPIC, topic);
  return resolveTopicConfig(name, overrides, context).value;
}

/** In-sync replicas that a topic asks for, at most as many as it has replicas. */
export function effectiveMinIsr(topic: string, context: ControllerContext): number {
  const wanted = numberOf(topicConfigText(topic, "min.insync.replicas", context) ?? "1");
  const replicas = context.image.topicsByName.get(topic)?.partitions[0]?.replicas.length ?? 1;
  return Math.min(wanted, replicas);
}

/** Whether a leader may be elected from outside the in-sync set. */
export function isUncleanElectionEnabled(topic: string, context: ControllerContext): boolean {
  return topicConfigText(topic, "unclean.leader.election.enable", context) === "true";
}
