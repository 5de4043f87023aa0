/** What DescribeConfigs (32) tells of each kind of resource (KIP-133, KIP-226, KIP-569). */
import {
  type BrokerConfig,
  brokerConfigKey,
  ConfigSource,
  type ConfigSynonym,
} from "../../config/broker_config.ts";
import { BROKER_CONFIGS, type BrokerConfigName } from "../../config/broker/mod.ts";
import {
  CLIENT_METRICS_CONFIG_NAMES,
  clientMetricsConfigKey,
} from "../../config/client_metrics_config.ts";
import type { ConfigKey, ConfigType } from "../../config/define.ts";
import {
  GROUP_CONFIG_NAMES,
  groupConfigKey,
  groupConfigSynonyms,
  groupConfigText,
} from "../../config/group_config.ts";
import { canonicalValue } from "../../config/parse.ts";
import {
  TOPIC_CONFIG_NAMES,
  TopicConfig,
  topicConfigKey,
  topicConfigSynonyms,
} from "../../config/topic/topic_config.ts";
import { ConfigResourceType, configsOf } from "../../cluster/image/metadata_image.ts";
import { KafkaError } from "../../protocol/errors.ts";
import type { DescribeConfigsResponse } from "../../protocol/messages/32_describe_configs.ts";
import { topicNameProblem } from "../../storage/topic_partition.ts";
import type { Services } from "../services.ts";
import { loggerLevels } from "./loggers.ts";
import { requireThisNode } from "./node_name.ts";

export type ConfigEntry = NonNullable<
  NonNullable<DescribeConfigsResponse["results"]>[number]["configs"]
>[number];

/** The ids of types (`DescribeConfigsResponse.ConfigType`). */
const TYPE_IDS: Readonly<Record<ConfigType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
};
const UNKNOWN_TYPE = 0;

export interface DescribeOptions {
  readonly withSynonyms: boolean;
  readonly withDocumentation: boolean;
}

function entry(
  name: string,
  value: string | null,
  key: ConfigKey | undefined,
  synonyms: readonly ConfigSynonym[],
  { withSynonyms, withDocumentation }: DescribeOptions,
  readOnly = false,
): ConfigEntry {
  const isSensitive = key?.type === "password" || key === undefined;
  return {
    name,
    value: isSensitive ? null : value,
    readOnly,
    configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT_CONFIG,
    isSensitive,
    synonyms: withSynonyms ? synonyms : [],
    configType: key === undefined ? UNKNOWN_TYPE : TYPE_IDS[key.type],
    documentation: withDocumentation ? key?.doc ?? null : null,
  };
}

function topicEntries(topic: string, services: Services, options: DescribeOptions): ConfigEntry[] {
  const { image, config } = services;
  const problem = topicNameProblem(topic);
  if (problem !== null) {
    throw new KafkaError("INVALID_TOPIC_EXCEPTION", `Topic name is invalid: ${problem}`);
  }
  if (!image.topicsByName.has(topic)) throw new KafkaError("UNKNOWN_TOPIC_OR_PARTITION");
  const own = configsOf(image, ConfigResourceType.TOPIC, topic);
  const values = new TopicConfig(own, config);
  return TOPIC_CONFIG_NAMES
    .filter((name) => !topicConfigKey(name)!.internal || own.has(name))
    .map((name) => {
      const value = values.text(name);
      const behind = topicConfigSynonyms(name, config);
      const synonyms = own.has(name)
        ? [{ name, value, source: ConfigSource.TOPIC_CONFIG }, ...behind]
        : behind;
      return entry(name, value, topicConfigKey(name), synonyms, options);
    });
}

/** The broker's values: all of them for this broker, those set for all brokers without a name. */
function brokerEntries(name: string, services: Services, options: DescribeOptions): ConfigEntry[] {
  const { config } = services;
  if (name !== "") requireThisNode(name, services);
  const describe = (key: string, value: string | null, synonyms: ConfigSynonym[]) => {
    const readOnly = BROKER_CONFIGS[key as BrokerConfigName]?.update === undefined;
    return entry(key, value, brokerConfigKey(key), synonyms, options, readOnly);
  };
  if (name === "") {
    return [...config.dynamicDefaults].map(([key, value]) => {
      const synonyms = config.synonyms(key).filter(({ source }) =>
        source === ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG
      );
      return describe(key, value, synonyms);
    });
  }
  return brokerKeys(config).map((key) => describe(key, config.value(key), config.synonyms(key)));
}

function brokerKeys(config: BrokerConfig): string[] {
  const known = Object.keys(BROKER_CONFIGS).filter((name) =>
    !BROKER_CONFIGS[name as BrokerConfigName].internal
  );
  return [...new Set([...known, ...config.setKeys])];
}

function loggerEntries(name: string, services: Services): ConfigEntry[] {
  if (name === "") throw new KafkaError("INVALID_REQUEST", "Broker id must not be empty");
  requireThisNode(name, services);
  return loggerLevels(services.logLevel).map(([logger, level]) => ({
    name: logger,
    value: level,
    readOnly: false,
    configSource: ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG,
    isSensitive: false,
    synonyms: [],
  }));
}

function groupEntries(group: string, services: Services, options: DescribeOptions): ConfigEntry[] {
  if (group === "") throw new KafkaError("INVALID_REQUEST", "Group name must not be empty");
  const { image, config } = services;
  const own = configsOf(image, ConfigResourceType.GROUP, group);
  return GROUP_CONFIG_NAMES.map((name) => {
    const value = groupConfigText(name, own, config);
    const behind = groupConfigSynonyms(name, config);
    const synonyms = own.has(name)
      ? [{ name, value, source: ConfigSource.GROUP_CONFIG }, ...behind]
      : behind;
    return entry(name, value, groupConfigKey(name), synonyms, options);
  });
}

function clientMetricsEntries(
  name: string,
  { image }: Services,
  options: DescribeOptions,
): ConfigEntry[] {
  if (name === "") {
    throw new KafkaError("INVALID_REQUEST", "Client metrics subscription name must not be empty");
  }
  const own = configsOf(image, ConfigResourceType.CLIENT_METRICS, name);
  return CLIENT_METRICS_CONFIG_NAMES.map((key) => {
    const declared = clientMetricsConfigKey(key)!;
    const text = own.get(key);
    if (text === undefined) {
      const value = typeof declared.default === "string" ? declared.default : null;
      return entry(key, value, declared, [], options);
    }
    const value = canonicalValue(key, declared, text);
    const source = ConfigSource.CLIENT_METRICS_CONFIG;
    return entry(key, value, declared, [{ name: key, value, source }], options);
  });
}

/** All configs of a resource. Throws `KafkaError` where there is no such resource here. */
export function describeResource(
  type: number,
  name: string,
  services: Services,
  options: DescribeOptions,
): ConfigEntry[] {
  switch (type) {
    case ConfigResourceType.TOPIC:
      return topicEntries(name, services, options);
    case ConfigResourceType.BROKER:
      return brokerEntries(name, services, options);
    case ConfigResourceType.BROKER_LOGGER:
      return loggerEntries(name, services);
    case ConfigResourceType.GROUP:
      return groupEntries(name, services, options);
    case ConfigResourceType.CLIENT_METRICS:
      return clientMetricsEntries(name, services, options);
    default:
      throw new KafkaError("INVALID_REQUEST", `Unsupported resource type ${type}`);
  }
}
