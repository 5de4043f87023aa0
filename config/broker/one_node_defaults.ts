/**
 * Defaults in which Takhin differs from Kafka, whose own ask for a cluster, have no value or suit a
 * thread that does nothing but accept connections.
 */
import type { BrokerConfigName } from "./mod.ts";

export const ONE_NODE_DEFAULTS = {
  "process.roles": "broker,controller",
  "node.id": "1",
  "listeners": "PLAINTEXT://127.0.0.1:9092",
  // One connection is accepted in a turn of the event loop. Of clients that come at the same time
  // those who find the backlog full are put off for a second and more.
  "socket.listen.backlog.size": "1024",
  "controller.listener.names": "",
  "log.dir": "./data",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
  "group.initial.rebalance.delay.ms": "0",
} as const satisfies { readonly [Name in BrokerConfigName]?: string };
