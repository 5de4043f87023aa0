/** `topic create|list|describe|delete|alter`. */
import { type ClusterClient, requireNoError, type TopicMetadata } from "../client/cluster.ts";
import { ArgumentError, type Arguments } from "../lib/args.ts";
import { ErrorCode, errorName } from "../protocol/errors.ts";
import { CreateTopics } from "../protocol/messages/19_create_topics.ts";
import { DeleteTopics } from "../protocol/messages/20_delete_topics.ts";
import { DescribeConfigs } from "../protocol/messages/32_describe_configs.ts";
import { CreatePartitions } from "../protocol/messages/37_create_partitions.ts";
import { IncrementalAlterConfigs } from "../protocol/messages/44_incremental_alter_configs.ts";
import {
  type Command,
  ExitCode,
  JSON_OPTION,
  keyValue,
  noArguments,
  onlyArgument,
} from "./command.ts";
import { CONNECT_OPTIONS, withCluster } from "./connect.ts";
import { printLine } from "./output.ts";

/** How long the controller may take, in milliseconds. */
const TIMEOUT_MS = 30_000;

const TOPIC_RESOURCE = 2;
const TOPIC_CONFIG_SOURCE = 1;
const SET = 0;
const DELETE = 1;

/** Leaves number of partitions or replication factor to the broker. */
const BROKER_DEFAULT = -1;

const CONFIG_OPTION = {
  value: "KEY=VALUE",
  letter: "c",
  repeated: true,
  summary: "A config of the topic.",
} as const;

function configsFrom(args: Arguments): [key: string, value: string][] {
  return args.texts("config").map((text) => keyValue(text, "config"));
}

export const topicCreate: Command = {
  name: "topic create",
  summary: "Makes a topic.",
  usage: "topic create NAME [OPTION]...",
  options: {
    ...CONNECT_OPTIONS,
    partitions: { value: "N", letter: "p", summary: "Partitions (the broker's num.partitions)." },
    "replication-factor": { value: "N", letter: "r", summary: "Replicas (the broker's default)." },
    config: CONFIG_OPTION,
    "if-not-exists": { summary: "Is content with a topic that exists." },
  },
  run: (args) =>
    withCluster(args, async (cluster) => {
      const name = onlyArgument(args, "the topic's name");
      const answer = await cluster.ask(CreateTopics, {
        topics: [{
          name,
          numPartitions: args.integer("partitions", 1) ?? BROKER_DEFAULT,
          replicationFactor: args.integer("replication-factor", 1) ?? BROKER_DEFAULT,
          configs: configsFrom(args).map(([name, value]) => ({ name, value })),
        }],
        timeoutMs: TIMEOUT_MS,
      });
      const [{ errorCode, errorMessage, numPartitions }] = answer.topics;
      if (errorCode === ErrorCode.TOPIC_ALREADY_EXISTS && args.has("if-not-exists")) {
        printLine(`Topic ${name} exists.`);
        return ExitCode.OK;
      }
      requireNoError(errorCode, errorMessage);
      printLine(`Topic ${name} is made, with ${numPartitions} partitions.`);
      return ExitCode.OK;
    }),
};

export const topicList: Command = {
  name: "topic list",
  summary: "Lists the topics.",
  usage: "topic list [OPTION]...",
  options: { ...CONNECT_OPTIONS, json: JSON_OPTION },
  run(args) {
    noArguments(args);
    return withCluster(args, async (cluster) => {
      const { topics } = await cluster.metadata(null);
      for (const topic of topics.sort((a, b) => a.name! < b.name! ? -1 : 1)) {
        printLine(
          args.has("json")
            ? JSON.stringify({
              name: topic.name,
              id: topic.topicId,
              partitions: topic.partitions.length,
            })
            : topic.name!,
        );
      }
      return ExitCode.OK;
    });
  },
};

/** The configs that were set for a topic itself. */
async function ownConfigs(cluster: ClusterClient, name: string): Promise<Record<string, string>> {
  const answer = await cluster.ask(DescribeConfigs, {
    resources: [{ resourceType: TOPIC_RESOURCE, resourceName: name, configurationKeys: null }],
  });
  const [{ errorCode, errorMessage, configs }] = answer.results;
  requireNoError(errorCode, errorMessage);
  return Object.fromEntries(
    configs.filter(({ configSource }) => configSource === TOPIC_CONFIG_SOURCE)
      .map(({ name, value }) => [name, value ?? ""]),
  );
}

function printTopic(topic: TopicMetadata, configs: Record<string, string>, asJson: boolean): void {
  const partitions = topic.partitions.map((p) => ({
    partition: p.partitionIndex,
    leader: p.leaderId,
    leaderEpoch: p.leaderEpoch,
    replicas: p.replicaNodes,
    inSync: p.isrNodes,
  })).sort((a, b) => a.partition - b.partition);
  const { name, topicId: id } = topic;
  if (asJson) return printLine(JSON.stringify({ name, id, configs, partitions }));
  printLine(`${name}  id ${id}  partitions ${partitions.length}`);
  for (const [key, value] of Object.entries(configs)) printLine(`  ${key}=${value}`);
  for (const { partition, leader, leaderEpoch, replicas, inSync } of partitions) {
    printLine(
      `  partition ${partition}  leader ${leader} (epoch ${leaderEpoch})  ` +
        `replicas ${replicas.join(",")}  in sync ${inSync.join(",")}`,
    );
  }
}

export const topicDescribe: Command = {
  name: "topic describe",
  summary: "Shows partitions, leaders and configs of topics.",
  usage: "topic describe NAME... [OPTION]...",
  options: { ...CONNECT_OPTIONS, json: JSON_OPTION },
  run: (args) =>
    withCluster(args, async (cluster) => {
      if (args.positional.length === 0) throw new ArgumentError("the topic's name is missing");
      const { topics } = await cluster.metadata(args.positional);
      for (const topic of topics) {
        requireNoError(topic.errorCode, `${topic.name}: ${errorName(topic.errorCode)}`);
        printTopic(topic, await ownConfigs(cluster, topic.name!), args.has("json"));
      }
      return ExitCode.OK;
    }),
};

export const topicDelete: Command = {
  name: "topic delete",
  summary: "Deletes topics and their records.",
  usage: "topic delete NAME... [OPTION]...",
  options: { ...CONNECT_OPTIONS, "if-exists": { summary: "Is content where there is none." } },
  run: (args) =>
    withCluster(args, async (cluster) => {
      if (args.positional.length === 0) throw new ArgumentError("the topic's name is missing");
      const answer = await cluster.ask(DeleteTopics, {
        topics: args.positional.map((name) => ({ name })),
        topicNames: [],
        timeoutMs: TIMEOUT_MS,
      });
      for (const { name, errorCode, errorMessage } of answer.responses) {
        const missing = errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        if (missing && args.has("if-exists")) continue;
        requireNoError(errorCode, `${name}: ${errorMessage ?? errorName(errorCode)}`);
        printLine(`Topic ${name} is deleted.`);
      }
      return ExitCode.OK;
    }),
};

async function alterConfigs(cluster: ClusterClient, name: string, args: Arguments) {
  const set = configsFrom(args).map(([name, value]) => ({ name, value, configOperation: SET }));
  const deleted = args.texts("delete-config")
    .map((name) => ({ name, value: null, configOperation: DELETE }));
  const configs = [...set, ...deleted];
  if (configs.length === 0) return;
  const answer = await cluster.ask(IncrementalAlterConfigs, {
    resources: [{ resourceType: TOPIC_RESOURCE, resourceName: name, configs }],
  });
  requireNoError(answer.responses[0].errorCode, answer.responses[0].errorMessage);
}

export const topicAlter: Command = {
  name: "topic alter",
  summary: "Adds partitions to a topic, sets or removes its configs.",
  usage: "topic alter NAME [OPTION]...",
  options: {
    ...CONNECT_OPTIONS,
    partitions: { value: "N", letter: "p", summary: "How many partitions it has afterwards." },
    config: CONFIG_OPTION,
    "delete-config": {
      value: "KEY",
      repeated: true,
      summary: "A config to be taken back to its default.",
    },
  },
  run: (args) =>
    withCluster(args, async (cluster) => {
      const name = onlyArgument(args, "the topic's name");
      const count = args.integer("partitions", 1);
      const nothing = count === undefined && args.texts("config").length === 0 &&
        args.texts("delete-config").length === 0;
      if (nothing) throw new ArgumentError("nothing to alter is given");
      await alterConfigs(cluster, name, args);
      if (count !== undefined) {
        const answer = await cluster.ask(CreatePartitions, {
          topics: [{ name, count, assignments: null }],
          timeoutMs: TIMEOUT_MS,
        });
        requireNoError(answer.results[0].errorCode, answer.results[0].errorMessage);
      }
      printLine(`Topic ${name} is altered.`);
      return ExitCode.OK;
    }),
};
