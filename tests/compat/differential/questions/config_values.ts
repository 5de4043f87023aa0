/** API 44, only checked: what every key of every kind of resource takes for a value. */
import { BROKER_CONFIGS } from "../../../../config/broker/mod.ts";
import { CLIENT_METRICS_CONFIG_NAMES } from "../../../../config/client_metrics_config.ts";
import { GROUP_CONFIG_NAMES } from "../../../../config/group_config.ts";
import { TOPIC_CONFIG_NAMES } from "../../../../config/topic/topic_config.ts";
import { IncrementalAlterConfigs } from "../../../../protocol/messages/44_incremental_alter_configs.ts";
import type { Target } from "../target.ts";
import { createTopic, deleteTopics } from "../topics_setup.ts";

const VALUES = [
  "",
  " ",
  "x",
  "-2",
  "-1",
  "0",
  "1",
  " 5 ",
  "+5",
  "007",
  "0x10",
  "1.5",
  "0.5",
  "1e3",
  "2147483647",
  "2147483648",
  "9223372036854775807",
  "9223372036854775808",
  "true",
  "False",
  "a,b",
  ",",
  "delete",
  "compact,delete",
  "none",
  "gzip",
  "CreateTime",
  "earliest",
];

const SET = 0;

/** Kafka's ConfigResource types, with a resource and its keys. */
const RESOURCES: [type: number, name: string, keys: readonly string[]][] = [
  [2, "values-topic", TOPIC_CONFIG_NAMES],
  [4, "1", Object.keys(BROKER_CONFIGS).filter((name) => !/^(takhin|cluster\.id)/.test(name))],
  [16, "values-metrics", CLIENT_METRICS_CONFIG_NAMES],
  [32, "values-group", GROUP_CONFIG_NAMES],
];

export async function askConfigValues(target: Target): Promise<void> {
  await createTopic(target, "values-topic");
  for (const [resourceType, resourceName, keys] of RESOURCES) {
    for (const name of keys) {
      for (const value of VALUES) {
        const configs = [{ name, configOperation: SET, value }];
        await target.ask(
          `${resourceType} ${name}=${JSON.stringify(value)}`,
          IncrementalAlterConfigs,
          1,
          {
            resources: [{ resourceType, resourceName, configs }],
            validateOnly: true,
          },
        );
      }
    }
  }
  await deleteTopics(target, ["values-topic"]);
}
