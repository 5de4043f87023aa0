/** Broker keys that say who the node is, where it listens and under which names it is reached. */
import {
  boolean,
  type ConfigKeys,
  int,
  list,
  long,
  MAX_LONG,
  REQUIRED,
  string,
  UNUSED,
} from "../define.ts";

export const NODE_CONFIGS = {
  "process.roles": list(REQUIRED, {
    doc: 'What the node does: "broker", "controller", or both.',
    in: ["broker", "controller"],
    nonEmpty: true,
  }),
  "node.id": int(REQUIRED, {
    doc: "Number of the node, unique in the cluster.",
    min: 0,
  }),
  "broker.id": int(-1, {
    doc: "Older name of node.id; where both are given they must be equal. -1 means not given.",
  }),
  "broker.rack": string(null, {
    doc: "Rack (or zone) the node stands in, shown to clients so that they may prefer replicas " +
      "close by. Unset: no rack.",
  }),
  "listeners": list("PLAINTEXT://:9092", {
    doc: "Addresses the node binds to, each as NAME://host:port; an empty host is the default " +
      "interface and port 0 a free port.",
    nonEmpty: true,
    update: "per-broker",
  }),
  "advertised.listeners": list(null, {
    doc:
      "Addresses given to clients, in the form of listeners, for when they differ from the bound " +
      "ones. Unset: those of listeners.",
    nonEmpty: true,
  }),
  "listener.security.protocol.map": string(
    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
    {
      doc:
        "Security protocol of each listener name, as NAME:PROTOCOL pairs. The protocol of a name " +
        "that is none itself is found here.",
      update: "per-broker",
    },
  ),
  // Kafka refuses an empty list here; Takhin's own default is one, since a single node that talks
  // to itself needs no controller listener.
  "controller.listener.names": list(REQUIRED, {
    doc:
      "Names of the listeners that belong to the controller; a broker reaches the controllers by " +
      "the first one.",
  }),
  "inter.broker.listener.name": string(null, {
    doc: "Listener by which brokers reach each other. Unset: the one named after " +
      "security.inter.broker.protocol.",
  }),
  "security.inter.broker.protocol": string("PLAINTEXT", {
    doc:
      "Security protocol between brokers, where inter.broker.listener.name is not set; only one " +
      "of the two may be given.",
    in: ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"],
  }),
  "early.start.listeners": list(null, {
    doc: "Listeners opened before the authorizer is ready. Unset: those of the controller.",
    unused: UNUSED.security,
  }),
  "broker.heartbeat.interval.ms": int(2000, {
    doc: "Time between two heartbeats of a broker to the controller, in milliseconds.",
    unused: UNUSED.oneProcess,
  }),
  "broker.session.timeout.ms": int(9000, {
    doc: "Time without heartbeats after which the controller fences a broker, in milliseconds.",
    unused: UNUSED.oneProcess,
  }),
  "initial.broker.registration.timeout.ms": int(60_000, {
    doc: "Time a starting broker tries to register with the controllers before it exits, in " +
      "milliseconds.",
    unused: UNUSED.oneProcess,
  }),
  "controlled.shutdown.enable": boolean(true, {
    doc: "Whether a broker hands its leaderships to other brokers before it stops.",
    unused: UNUSED.replication,
  }),
  "server.max.startup.time.ms": long(MAX_LONG, {
    doc: "Longest time a node may take to start, in milliseconds.",
    min: 0,
    internal: true,
    unused: UNUSED.kafkaTests,
  }),
  "config.providers": list("", {
    doc:
      "Names of the providers that fill in values kept outside the config file, such as secrets.",
    update: "cluster-wide",
    unused: "Config providers are not built yet.",
  }),
  "unstable.api.versions.enable": boolean(false, {
    doc: "Whether API versions still being developed are offered to clients.",
    internal: true,
    unused: "Only stable API versions are offered.",
  }),
  "unstable.feature.versions.enable": boolean(false, {
    doc: "Whether feature levels still being developed may be chosen.",
    internal: true,
    unused: "Only stable feature versions are offered.",
  }),
} as const satisfies ConfigKeys;
