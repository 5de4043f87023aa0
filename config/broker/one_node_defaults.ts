/** Defaults in which Takhin differs from Kafka, whose own ask for a cluster or have no value. */
import type { BrokerConfigName } from "./mod.ts";

export const ONE_NODE_DEFAULTS = {
  "process.roles": "broker,controller",
  "node.id": "1",
  "listeners": "PLAINTEXT://127.0.0.1:9092",
  "controller.listener.names": "",
  "log.dir": "./data",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
  "group.initial.rebalance.delay.ms": "0",
} as const satisfies { readonly [Name in BrokerConfigName]?: string };
