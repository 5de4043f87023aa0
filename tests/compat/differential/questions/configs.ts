/** APIs 32, 33, 44 and 74: configs of topics, brokers, loggers, groups and client metrics. */
import { DescribeConfigs } from "../../../../protocol/messages/32_describe_configs.ts";
import { AlterConfigs } from "../../../../protocol/messages/33_alter_configs.ts";
import { IncrementalAlterConfigs } from "../../../../protocol/messages/44_incremental_alter_configs.ts";
import { ListConfigResources } from "../../../../protocol/messages/74_list_config_resources.ts";
import type { Target } from "../target.ts";
import { createTopic, deleteTopics } from "../topics_setup.ts";

/** Kafka's ConfigResource types. */
const TOPIC = 2;
const BROKER = 4;
const BROKER_LOGGER = 8;
const CLIENT_METRICS = 16;
const GROUP = 32;

const SET = 0;
const DELETE = 1;
const APPEND = 2;
const SUBTRACT = 3;

const RESOURCES: [label: string, type: number, name: string][] = [
  ["topic", TOPIC, "configs-topic"],
  ["unknown topic", TOPIC, "configs-none"],
  ["impossible topic", TOPIC, "a b"],
  ["empty topic", TOPIC, ""],
  ["broker", BROKER, "1"],
  ["cluster default", BROKER, ""],
  ["other broker", BROKER, "7"],
  ["broker by a word", BROKER, "one"],
  ["loggers", BROKER_LOGGER, "1"],
  ["loggers of another", BROKER_LOGGER, "7"],
  ["loggers of nobody", BROKER_LOGGER, ""],
  ["loggers by a word", BROKER_LOGGER, "one"],
  ["client metrics", CLIENT_METRICS, "configs-metrics"],
  ["client metrics without name", CLIENT_METRICS, ""],
  ["group", GROUP, "configs-group"],
  ["group without name", GROUP, ""],
  ["type 0", 0, "x"],
  ["type 1", 1, "x"],
  ["type 3", 3, "x"],
  ["type 64", 64, "x"],
  ["type -1", -1, "x"],
];

/** A key and value, good or bad, by resource type. */
const VALUES: [type: number, name: string, key: string, value: string | null][] = [
  [TOPIC, "configs-topic", "retention.ms", "60000"],
  [TOPIC, "configs-topic", "retention.ms", "-1"],
  [TOPIC, "configs-topic", "retention.ms", "-2"],
  [TOPIC, "configs-topic", "retention.ms", "x"],
  [TOPIC, "configs-topic", "retention.ms", ""],
  [TOPIC, "configs-topic", "retention.ms", null],
  [TOPIC, "configs-topic", "cleanup.policy", "compact"],
  [TOPIC, "configs-topic", "cleanup.policy", "delete,compact"],
  [TOPIC, "configs-topic", "cleanup.policy", "shred"],
  [TOPIC, "configs-topic", "compression.type", "lz4"],
  [TOPIC, "configs-topic", "compression.type", "rar"],
  [TOPIC, "configs-topic", "min.insync.replicas", "1"],
  [TOPIC, "configs-topic", "min.insync.replicas", "3"],
  [TOPIC, "configs-topic", "segment.bytes", "1"],
  [TOPIC, "configs-topic", "segment.bytes", "1048576"],
  [TOPIC, "configs-topic", "segment.bytes", "99999999999"],
  [TOPIC, "configs-topic", "max.message.bytes", "0"],
  [TOPIC, "configs-topic", "min.cleanable.dirty.ratio", "0.25"],
  [TOPIC, "configs-topic", "min.cleanable.dirty.ratio", "2"],
  [TOPIC, "configs-topic", "message.timestamp.type", "LogAppendTime"],
  [TOPIC, "configs-topic", "unclean.leader.election.enable", "true"],
  [TOPIC, "configs-topic", "unclean.leader.election.enable", "maybe"],
  [TOPIC, "configs-topic", "no.such.key", "1"],
  [TOPIC, "configs-topic", "", "1"],
  [TOPIC, "configs-topic", "log.retention.ms", "1"],
  [TOPIC, "configs-topic", "remote.storage.enable", "true"],
  [TOPIC, "configs-topic", "leader.replication.throttled.replicas", "0:1"],
  [TOPIC, "configs-topic", "leader.replication.throttled.replicas", "zero"],
  [TOPIC, "configs-none", "retention.ms", "1"],
  [TOPIC, "a b", "retention.ms", "1"],
  [TOPIC, "", "retention.ms", "1"],
  [BROKER, "1", "log.retention.ms", "700000"],
  [BROKER, "1", "log.cleaner.threads", "0"],
  [BROKER, "1", "num.io.threads", "9"],
  [BROKER, "1", "num.io.threads", "x"],
  [BROKER, "1", "node.id", "4"],
  [BROKER, "1", "log.dirs", "/elsewhere"],
  [BROKER, "1", "no.such.key", "1"],
  [BROKER, "1", "message.max.bytes", "2000000"],
  [BROKER, "1", "message.max.bytes", "-1"],
  [BROKER, "1", "max.connections", "1000"],
  [BROKER, "1", "leader.replication.throttled.rate", "1000"],
  [BROKER, "1", "min.insync.replicas", "1"],
  [BROKER, "", "log.segment.bytes", "2000000"],
  [BROKER, "", "log.segment.bytes", "12"],
  [BROKER, "", "log.cleanup.policy", "compact"],
  [BROKER, "", "max.connections.per.ip", "500"],
  [BROKER, "", "node.id", "4"],
  [BROKER, "", "advertised.listeners", "PLAINTEXT://x:1"],
  [BROKER, "7", "log.retention.ms", "700000"],
  [BROKER, "one", "log.retention.ms", "700000"],
  [BROKER_LOGGER, "1", "no.such.logger", "INFO"],
  [BROKER_LOGGER, "1", "root", "LOUD"],
  [BROKER_LOGGER, "7", "root", "INFO"],
  [BROKER_LOGGER, "one", "root", "INFO"],
  [CLIENT_METRICS, "configs-metrics", "interval.ms", "1000"],
  [CLIENT_METRICS, "configs-metrics", "interval.ms", "1"],
  [CLIENT_METRICS, "configs-metrics", "metrics", "org.apache."],
  [CLIENT_METRICS, "configs-metrics", "match", "client_id=a.*"],
  [CLIENT_METRICS, "configs-metrics", "match", "nothing"],
  [CLIENT_METRICS, "configs-metrics", "no.such.key", "1"],
  [CLIENT_METRICS, "", "interval.ms", "1000"],
  [GROUP, "configs-group", "consumer.session.timeout.ms", "50000"],
  [GROUP, "configs-group", "consumer.session.timeout.ms", "1"],
  [GROUP, "configs-group", "consumer.heartbeat.interval.ms", "6000"],
  [GROUP, "configs-group", "share.auto.offset.reset", "earliest"],
  [GROUP, "configs-group", "share.auto.offset.reset", "sometimes"],
  [GROUP, "configs-group", "no.such.key", "1"],
  [GROUP, "", "consumer.session.timeout.ms", "50000"],
  [0, "x", "a", "b"],
  [1, "x", "a", "b"],
  [64, "x", "a", "b"],
];

type Change = [key: string, operation: number, value: string | null];

export async function askConfigs(target: Target): Promise<void> {
  await createTopic(target, "configs-topic", { configs: { "segment.ms": "1000000" } });
  await askDescriptions(target, "fresh");
  await askIncremental(target);
  await askDescriptions(target, "changed");
  await askFull(target);
  await askDescriptions(target, "changed again");
  await askResources(target, "with some");
  await undo(target);
  await askResources(target, "with none");
  await deleteTopics(target, ["configs-topic"]);
}

async function askDescriptions(target: Target, state: string): Promise<void> {
  for (const [label, resourceType, resourceName] of RESOURCES) {
    const ask = (what: string, configurationKeys: string[] | null, rest: object = {}) =>
      target.every(`${state}: ${label}, ${what}`, DescribeConfigs, {
        resources: [{ resourceType, resourceName, configurationKeys }],
        ...rest,
      });
    await ask("all", null);
    await ask("all with synonyms", null, { includeSynonyms: true });
    await ask("none", []);
    await ask("some", ["retention.ms", "log.retention.ms", "interval.ms", "no.such.key"]);
    await target.every(
      `${state}: ${label}, documented`,
      DescribeConfigs,
      (version) =>
        version < 3 ? null : {
          resources: [{ resourceType, resourceName, configurationKeys: null }],
          includeDocumentation: true,
        },
    );
  }
  const topic = { resourceType: TOPIC, resourceName: "configs-topic", configurationKeys: null };
  await target.every(`${state}: twice`, DescribeConfigs, { resources: [topic, topic] });
  await target.every(`${state}: no resources`, DescribeConfigs, { resources: [] });
  await target.every(`${state}: several`, DescribeConfigs, {
    resources: RESOURCES.slice(0, 6).map(([, resourceType, resourceName]) => ({
      resourceType,
      resourceName,
      configurationKeys: ["segment.ms", "log.roll.ms"],
    })),
  });
}

async function askIncremental(target: Target): Promise<void> {
  const ask = (label: string, type: number, name: string, changes: Change[], rest: object = {}) =>
    target.every(label, IncrementalAlterConfigs, {
      resources: [{
        resourceType: type,
        resourceName: name,
        configs: changes.map(([name, configOperation, value]) => ({
          name,
          configOperation,
          value,
        })),
      }],
      ...rest,
    });
  for (const [type, name, key, value] of VALUES) {
    const label = `${type} "${name}" ${key}=${value}`;
    await ask(`${label}, only checked`, type, name, [[key, SET, value]], { validateOnly: true });
    await ask(label, type, name, [[key, SET, value]]);
  }
  const topic = (label: string, ...changes: Change[]) =>
    ask(`operations: ${label}`, TOPIC, "configs-topic", changes);
  await topic("delete what is set", ["retention.ms", DELETE, null]);
  await topic("delete what is not set", ["retention.bytes", DELETE, null]);
  await topic("delete with a value", ["retention.bytes", DELETE, "5"]);
  await topic("delete an unknown key", ["no.such.key", DELETE, null]);
  await topic("append to a list", ["cleanup.policy", APPEND, "compact"]);
  await topic("append again", ["cleanup.policy", APPEND, "compact"]);
  await topic("subtract from a list", ["cleanup.policy", SUBTRACT, "delete"]);
  await topic("subtract a stranger", ["cleanup.policy", SUBTRACT, "shred"]);
  await topic("append to a number", ["retention.ms", APPEND, "5"]);
  await topic("append null", ["cleanup.policy", APPEND, null]);
  await topic("operation 4", ["retention.ms", 4, "5"]);
  await topic("operation -1", ["retention.ms", -1, "5"]);
  await topic("key twice", ["retention.ms", SET, "5"], ["retention.ms", SET, "6"]);
  await topic("good and bad", ["retention.ms", SET, "5"], ["segment.bytes", SET, "x"]);
  await topic("two", ["flush.ms", SET, "5"], ["flush.messages", SET, "6"]);
  await topic("none");
  const resource = {
    resourceType: TOPIC,
    resourceName: "configs-topic",
    configs: [{ name: "retention.ms", configOperation: SET, value: "7" }],
  };
  const other = { ...resource, resourceName: "configs-none" };
  await target.every("resource twice", IncrementalAlterConfigs, {
    resources: [resource, resource],
  });
  await target.every("good and unknown", IncrementalAlterConfigs, { resources: [resource, other] });
  await target.every("no resources", IncrementalAlterConfigs, { resources: [] });
}

async function askFull(target: Target): Promise<void> {
  for (const [resourceType, resourceName, name, value] of VALUES) {
    for (const validateOnly of [true, false]) {
      const label = `${resourceType} "${resourceName}" ${name}=${value}`;
      await target.every(validateOnly ? `${label}, only checked` : label, AlterConfigs, {
        resources: [{ resourceType, resourceName, configs: [{ name, value }] }],
        validateOnly,
      });
    }
  }
  const resource = {
    resourceType: TOPIC,
    resourceName: "configs-topic",
    configs: [{ name: "flush.ms", value: "7" }, { name: "segment.ms", value: "900000" }],
  };
  const twice = [{ name: "flush.ms", value: "7" }, { name: "flush.ms", value: "8" }];
  await target.every("two keys", AlterConfigs, { resources: [resource] });
  await target.every("key twice", AlterConfigs, { resources: [{ ...resource, configs: twice }] });
  await target.every("resource twice", AlterConfigs, { resources: [resource, resource] });
  await target.every("no resources", AlterConfigs, { resources: [] });
}

async function askResources(target: Target, state: string): Promise<void> {
  const types = [
    [],
    [TOPIC],
    [BROKER],
    [BROKER_LOGGER],
    [CLIENT_METRICS],
    [GROUP],
    [TOPIC, GROUP],
    [
      0,
    ],
    [99],
    [TOPIC, TOPIC],
  ];
  for (const resourceTypes of types) {
    await target.every(
      `${state}: types ${resourceTypes}`,
      ListConfigResources,
      (version) => version === 0 ? resourceTypes.length === 0 ? {} : null : { resourceTypes },
    );
  }
}

/** Takes back what would concern the questions that follow. */
async function undo(target: Target): Promise<void> {
  for (
    const [resourceType, resourceName] of [[BROKER, "1"], [BROKER, ""], [
      CLIENT_METRICS,
      "configs-metrics",
    ], [
      GROUP,
      "configs-group",
    ]] as const
  ) {
    await target.every(`empty ${resourceType} "${resourceName}"`, AlterConfigs, {
      resources: [{ resourceType, resourceName, configs: [] }],
    });
  }
}
