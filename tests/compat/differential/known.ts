/** What is known to differ from Apache Kafka 4.3.1, and why. `docs/gaps.md` says it to users. */
import { apiEntry } from "../../../broker/api_table.ts";
import type { KnownDifference } from "./report.ts";

/** The largest key that Kafka 4.3 lists. */
const API_KEY_MAX = 92;

const notServed = Array.from({ length: API_KEY_MAX + 1 }, (_, key) => key)
  .filter((key) => apiEntry(key) === undefined).join("|");

/** Keys whose default is not Kafka's. */
const OWN_DEFAULTS = [
  "controller.listener.names",
  "group.initial.rebalance.delay.ms",
  "listeners",
  "log.dir",
  "node.id",
  "offsets.topic.replication.factor",
  "process.roles",
  "socket.listen.backlog.size",
  "share.coordinator.state.topic.min.isr",
  "share.coordinator.state.topic.replication.factor",
  "transaction.state.log.min.isr",
  "transaction.state.log.replication.factor",
].map((name) => name.replaceAll(".", "\\."));

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    label: /^ApiVersions /,
    path: new RegExp(`^apiKeys(\\.length|\\[(${notServed})\\])$`),
    reason: "APIs that Takhin does not serve yet are not listed",
  },
  {
    label: /^Produce .* null into /,
    path: /^$/,
    reason: "Kafka never answers a Produce with null records; Takhin closes the connection",
  },
  {
    label: /^Produce .* lz4 broken into /,
    path: /errorCode$/,
    reason: "damage in a compressed batch that must be rewritten is found in another order",
  },
  {
    label: /^AlterConfigs .* (resource twice|random \d+)$/,
    path: /^$/,
    reason: "Kafka never answers an AlterConfigs that names a resource twice; Takhin refuses it",
  },
  {
    label: /^IncrementalAlterConfigs .* operation (4|-1)$/,
    path: /error(Code|Message)$/,
    reason: "an operation that there is none of is INVALID_REQUEST, not UNKNOWN_SERVER_ERROR",
  },
  {
    label: /^IncrementalAlterConfigs .* config\.providers=","$/,
    path: /error(Code|Message)$/,
    reason: "a list of config providers without names is refused",
  },
  {
    label: /^CreatePartitions .* far too many$/,
    path: /error(Code|Message)$/,
    reason: "too many partitions are POLICY_VIOLATION as in CreateTopics, not UNKNOWN_SERVER_ERROR",
  },
  {
    label: /^(CreatePartitions .* one twice, timeout 0|DeleteTopics .* timeout 0, 2 names)$/,
    path: /./,
    reason: "a timeout of zero is told before what else is wrong with the request",
  },
  {
    label: /^FindCoordinator .* type 1\b/,
    path: /./,
    reason: "transactions are not coordinated yet: COORDINATOR_NOT_AVAILABLE",
  },
  {
    label: /^OffsetFetch .*(consumers' fetches: no member, epoch|at random: )/,
    path: /^groups\[\d+\]\.errorCode$/,
    reason: "an epoch without a member is UNKNOWN_MEMBER_ID, not UNKNOWN_SERVER_ERROR",
  },
  {
    label:
      /^ConsumerGroup(Heartbeat|Describe) .* instances: (wrong member|unknown instance|described)/,
    path: /./,
    reason: "an instance id that a member gives up for another one is forgotten at once",
  },
  {
    label: /^DescribeTopicPartitions .* name 0$/,
    path: /^topics\[\]/,
    reason: "an empty topic name is INVALID_TOPIC_EXCEPTION, not UNKNOWN_SERVER_ERROR",
  },
  {
    label: /^DescribeConfigs .* loggers, /,
    path: /^results\[0\]\.configs/,
    reason: "Takhin has one logger, root, and none of Kafka's Java classes",
  },
  {
    label: /^DescribeConfigs .*: broker, all with synonyms$/,
    path: new RegExp(`^results\\[0\\]\\.configs\\[(${OWN_DEFAULTS.join("|")})\\]`),
    reason: "defaults that suit one node differ from Kafka's",
  },
  {
    label: /^DescribeConfigs .*: broker, /,
    path: /^results\[0\]\.configs\[(log\.dir|socket\.listen\.backlog\.size)\]\.value$/,
    reason: "data lies in ./data by default, and 1024 connections may wait to be accepted",
  },
  {
    label: /^DescribeConfigs .*: broker, documented$/,
    path: /\.configs\[leader\.replication\.throttled\.rate\]\.documentation$/,
    reason: "Takhin documents throttled rates, which Kafka does not",
  },
];
