/** Topics that come into being when somebody asks for them: by Metadata (3), by a coordinator. */
import { createTopics } from "../cluster/controller/topics.ts";
import type { BrokerConfig } from "../config/broker_config.ts";
import { ErrorCode } from "../protocol/errors.ts";
import type { CreateTopicsRequest } from "../protocol/messages/19_create_topics.ts";
import type { Services } from "./services.ts";

type CreatableTopic = CreateTopicsRequest["topics"][number];

/** Takes partition count and replication factor from the controller's own settings. */
const CONTROLLER_DEFAULT = -1;

function internalTopic(
  name: string,
  partitions: number,
  replicationFactor: number,
  configs: Readonly<Record<string, string>>,
): CreatableTopic {
  return {
    name,
    numPartitions: partitions,
    replicationFactor,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  };
}

/** The topic as it is made when it is made by itself. */
function autoTopic(name: string, config: BrokerConfig): CreatableTopic {
  switch (name) {
    case "__consumer_offsets":
      return internalTopic(
        name,
        config.number("offsets.topic.num.partitions"),
        config.number("offsets.topic.replication.factor"),
        {
          "cleanup.policy": "compact",
          "compression.type": "producer",
          "segment.bytes": config.text("offsets.topic.segment.bytes")!,
        },
      );
    case "__transaction_state":
      return internalTopic(
        name,
        config.number("transaction.state.log.num.partitions"),
        config.number("transaction.state.log.replication.factor"),
        {
          "unclean.leader.election.enable": "false",
          "compression.type": "uncompressed",
          "cleanup.policy": "compact",
          "min.insync.replicas": config.text("transaction.state.log.min.isr")!,
          "segment.bytes": config.text("transaction.state.log.segment.bytes")!,
        },
      );
    case "__share_group_state":
      return internalTopic(
        name,
        config.number("share.coordinator.state.topic.num.partitions"),
        config.number("share.coordinator.state.topic.replication.factor"),
        {
          "cleanup.policy": "delete",
          "compression.type": "uncompressed",
          "segment.bytes": config.text("share.coordinator.state.topic.segment.bytes")!,
          "min.insync.replicas": config.text("share.coordinator.state.topic.min.isr")!,
          "retention.ms": "-1",
        },
      );
    default:
      return internalTopic(name, CONTROLLER_DEFAULT, CONTROLLER_DEFAULT, {});
  }
}

/** Has topics made in the background; whoever asked asks again. */
export function createInBackground(
  names: readonly string[],
  { controller, config, logger }: Services,
): void {
  if (names.length === 0) return;
  const request: CreateTopicsRequest = {
    topics: names.map((name) => autoTopic(name, config)),
    timeoutMs: config.number("request.timeout.ms"),
    validateOnly: false,
  };
  controller.decide((context) => createTopics(request, context)).then(({ topics }) => {
    for (const { name, errorCode, errorMessage } of topics ?? []) {
      const failed = errorCode !== 0 && errorCode !== ErrorCode.TOPIC_ALREADY_EXISTS;
      if (failed) logger.warn("topic was not made", { topic: name, error: errorMessage });
    }
  }, (error) => logger.warn("topics were not made", { topics: names, error: String(error) }));
}
