/**
 * The commands that `tools` gives to both brokers, in order: as a user would type them, but for the
 * option that names the broker. Each sees what those before it did.
 */
import { ONE_NODE_DEFAULTS } from "../../../config/broker/one_node_defaults.ts";
import { apiEntry } from "../../../broker/api_table.ts";
import { DescribeClientQuotas } from "../../../protocol/messages/48_describe_client_quotas.ts";
import { sorted, type ToolCommand } from "./tool_pair.ts";

/** Files that commands name. */
export const COMMAND_FILES: Readonly<Record<string, unknown>> = {
  "delete.json": { version: 1, partitions: [{ topic: "orders", partition: 0, offset: 2 }] },
  "delete-too-far.json": {
    version: 1,
    partitions: [{ topic: "orders", partition: 0, offset: 99 }],
  },
  "move.json": { version: 1, partitions: [{ topic: "plain", partition: 0, replicas: [1] }] },
  "topics.json": { version: 1, topics: [{ topic: "plain" }] },
};

/** Numbers differ: both write their own metadata. */
const withoutNumbers = (output: string) => output.replace(/\d+ */g, "N ");

/** Replicas come in the order of a hash map, too, on one line. */
const sortedReplicas = (output: string) =>
  withoutNumbers(output).split(/(?=\{"partition")|(?<=\}),?/).sort().join("\n");

/** Defaults that suit one node are Takhin's own. */
const withoutOneNodeDefaults = (output: string) =>
  output.split("\n").filter((line) => {
    const [name] = line.trim().split("=");
    return !(name in ONE_NODE_DEFAULTS) && name !== "log.dirs";
  }).join("\n");

/** Takhin has one logger, Kafka one for each class. */
const onlyRootLogger = (output: string) =>
  output.split("\n").filter((line) => !line.startsWith("  ") || line.startsWith("  root="))
    .join("\n");

/** APIs that are not served yet are left out. */
const onlyServedApis = (output: string) =>
  output.split("\n").filter((line) => {
    const key = /\((\d+)\): /.exec(line)?.[1];
    return key === undefined || apiEntry(Number(key)) !== undefined;
  }).map((line) => line.replace(/,$/, "")).join("\n");

const TOPICS: readonly ToolCommand[] = [
  { line: "kafka-topics --create --topic plain --partitions 3", says: /Created topic plain/ },
  { line: "kafka-topics --create --topic plain", says: /already exists/ },
  { line: "kafka-topics --create --topic plain --if-not-exists", says: /^$/ },
  {
    line: "kafka-topics --create --topic tuned --config retention.ms=86400000 " +
      "--config cleanup.policy=compact,delete",
    says: /Created topic tuned/,
  },
  { line: "kafka-topics --create --topic orders --partitions 1", says: /Created topic orders/ },
  { line: "kafka-topics --create --topic x --config retention.ms=many", says: /retention\.ms/ },
  { line: "kafka-topics --create --topic x --config no.such.key=1", says: /no\.such\.key/ },
  { line: "kafka-topics --create --topic a/b", says: /a\/b/ },
  { line: "kafka-topics --create --topic x --replication-factor 3", says: /only 1 broker/ },
  {
    line: "kafka-topics --create --topic assigned --replica-assignment 1,1",
    says: /Created topic assigned/,
  },
  { line: "kafka-topics --list", says: /assigned\norders\nplain\ntuned/ },
  { line: "kafka-topics --describe", says: /Topic: plain\tPartition: 2\tLeader: 1/ },
  { line: "kafka-topics --describe --topic tuned", says: /cleanup\.policy=compact,delete/ },
  { line: "kafka-topics --describe --topic missing", says: /missing/ },
  { line: "kafka-topics --describe --topic missing --if-exists", says: /^$/ },
  { line: "kafka-topics --describe --topics-with-overrides", says: /Topic: tuned/ },
  { line: "kafka-topics --describe --unavailable-partitions", says: /^$/ },
  { line: "kafka-topics --describe --under-min-isr-partitions", says: /^$/ },
  { line: "kafka-topics --alter --topic plain --partitions 5", says: /^$/ },
  { line: "kafka-topics --alter --topic plain --partitions 2", says: /5 partition/ },
  { line: "kafka-topics --delete --topic assigned", says: /^$/ },
  { line: "kafka-topics --delete --topic missing", says: /missing/ },
  { line: "kafka-topics --list", says: /^orders\nplain\ntuned\n$/ },
];

const topicConfigs = "kafka-configs --entity-type topics";
const brokerConfigs = "kafka-configs --entity-type brokers";
const loggers = "kafka-configs --entity-type broker-loggers --entity-name 1";
const groups = "kafka-configs --entity-type groups --entity-name readers";

const CONFIGS: readonly ToolCommand[] = [
  { line: `${topicConfigs} --describe --entity-name tuned`, says: /DYNAMIC_TOPIC_CONFIG:reten/ },
  { line: `${topicConfigs} --describe --entity-name tuned --all`, says: /segment\.bytes=/ },
  {
    line: `${topicConfigs} --describe`,
    says: /Dynamic configs for topic plain/,
    normalise: sorted,
  },
  {
    line: `${topicConfigs} --alter --entity-name plain ` +
      "--add-config max.message.bytes=2000000,retention.bytes=1000000",
    says: /Completed updating config for topic plain/,
  },
  { line: `${topicConfigs} --describe --entity-name plain`, says: /max\.message\.bytes=2000000/ },
  {
    line: `${topicConfigs} --alter --entity-name plain --delete-config retention.bytes`,
    says: /Completed updating/,
  },
  {
    line: `${topicConfigs} --alter --entity-name plain --add-config max.message.bytes=-5`,
    says: /InvalidConfigurationException/,
  },
  { line: `${topicConfigs} --describe --entity-name plain`, says: /plain are:\n {2}max\S+ \S+ / },
  { line: `${brokerConfigs} --describe --entity-name 1`, says: /Dynamic configs for broker 1/ },
  {
    line: `${brokerConfigs} --describe --entity-name 1 --all`,
    says: /num\.io\.threads=8/,
    normalise: withoutOneNodeDefaults,
  },
  {
    line: `${brokerConfigs} --alter --entity-name 1 --add-config log.cleaner.threads=2`,
    says: /Completed updating config for broker 1/,
  },
  {
    line: `${brokerConfigs} --alter --entity-default --add-config message.max.bytes=2000000`,
    says: /Completed updating default config/,
  },
  { line: `${brokerConfigs} --describe --entity-name 1`, says: /log\.cleaner\.threads=2/ },
  { line: `${brokerConfigs} --describe --entity-default`, says: /message\.max\.bytes=2000000/ },
  {
    line: `${brokerConfigs} --alter --entity-name 1 --add-config log.dirs=elsewhere`,
    says: /InvalidRequestException/,
  },
  {
    line: `${brokerConfigs} --alter --entity-default --delete-config message.max.bytes`,
    says: /Completed updating default config/,
  },
  { line: `${brokerConfigs} --describe --entity-default`, says: /^Default configs for brokers/ },
  { line: `${loggers} --describe`, says: /root=INFO/, normalise: onlyRootLogger },
  { line: `${loggers} --alter --add-config root=WARN`, says: /Completed updating/ },
  { line: `${loggers} --describe`, says: /root=WARN/, normalise: onlyRootLogger },
  { line: `${loggers} --alter --add-config root=LOUD`, says: /InvalidConfigurationException/ },
  { line: `${loggers} --alter --add-config root=INFO`, says: /Completed updating/ },
  { line: "kafka-configs --entity-type client-metrics --describe", says: /^$/ },
  {
    line: `${groups} --alter --add-config consumer.session.timeout.ms=50000`,
    says: /Completed updating config for group readers/,
  },
  { line: `${groups} --describe`, says: /timeout\.ms=50000/ },
  { line: "kafka-configs --entity-type users --describe", says: /^$/, needs: DescribeClientQuotas },
];

const console = "kafka-console-consumer --topic orders --partition 0 --timeout-ms 20000";

const RECORDS: readonly ToolCommand[] = [
  {
    line: "kafka-console-producer --topic orders --reader-property parse.key=true " +
      "--reader-property parse.headers=true",
    input: "from:shop,kind:new\tanna\tone\nfrom:web\tbert\ttwo\nfrom:web\tanna\tthree\n" +
      "from:shop\tcarl\tvier, fünf\n",
    says: /^$/,
  },
  {
    line: `${console} --offset earliest --max-messages 4 --formatter-property print.key=true ` +
      "--formatter-property print.offset=true --formatter-property print.headers=true",
    says: /Offset:3\tfrom:shop\tcarl\tvier, fünf/,
  },
  { line: `${console} --offset 2 --max-messages 2`, says: /^three\nvier, fünf\n/ },
  {
    line: "kafka-console-consumer --topic orders --partition 0 --timeout-ms 1000 --offset latest",
    says: /total of 0 messages/,
  },
  { line: "kafka-get-offsets", says: /^orders:0:4\nplain:0:0\n/ },
  { line: "kafka-get-offsets --topic orders --time earliest", says: /^orders:0:0\n/ },
  { line: "kafka-get-offsets --topic orders --time latest", says: /^orders:0:4\n/ },
  { line: "kafka-get-offsets --topic orders --time 0", says: /^orders:0:0\n/ },
  { line: "kafka-get-offsets --topic-partitions orders:0,plain:1-3", says: /plain:2:0\n$/ },
  { line: "kafka-get-offsets --topic missing", says: /Could not match any/ },
  {
    line: "kafka-delete-records --offset-json-file FILES/delete.json",
    says: /partition: orders-0\tlow_watermark: 2/,
  },
  {
    line: "kafka-delete-records --offset-json-file FILES/delete-too-far.json",
    says: /OffsetOutOfRangeException/,
  },
  { line: "kafka-get-offsets --topic orders --time earliest", says: /^orders:0:2\n/ },
  { line: `${console} --offset earliest --max-messages 2`, says: /^three\nvier, fünf\n/ },
];

const elect = "kafka-leader-election --election-type";
const reassign = "kafka-reassign-partitions";
const quorum = "kafka-metadata-quorum";

const CLUSTER: readonly ToolCommand[] = [
  { line: `${elect} preferred --all-topic-partitions`, says: /^$/ },
  { line: `${elect} preferred --topic plain --partition 0`, says: /Valid replica already elected/ },
  { line: `${elect} unclean --topic plain --partition 0`, says: /Valid replica already elected/ },
  {
    line: `${elect} preferred --topic missing --partition 0`,
    says: /UnknownTopicOrPartitionException/,
  },
  { line: `${reassign} --list`, says: /No partition reassignments found/ },
  {
    line: `${reassign} --verify --reassignment-json-file FILES/move.json`,
    says: /Reassignment of partition plain-0 is completed/,
  },
  {
    line: `${reassign} --generate --topics-to-move-json-file FILES/topics.json --broker-list 1`,
    says: /Proposed partition reassignment/,
  },
  {
    line: `${reassign} --execute --reassignment-json-file FILES/move.json`,
    says: /Successfully started partition reassignment/,
  },
  {
    line: "kafka-log-dirs --describe",
    says: /"partition":"orders-0"/,
    normalise: sortedReplicas,
  },
  {
    line: `${quorum} describe --status`,
    says: /LeaderId: +1\n[\s\S]*CurrentVoters: +\[\{"id": 1/,
    normalise: withoutNumbers,
  },
  { line: `${quorum} describe --replication`, says: /Leader\t/, normalise: withoutNumbers },
  {
    line: `${quorum} describe --status`,
    says: /MaxFollowerLag: +0\n/,
    toController: true,
    normalise: withoutNumbers,
  },
  { line: "kafka-cluster cluster-id", says: /Cluster ID: / },
  { line: "kafka-cluster list-endpoints", says: /unfenced +broker/ },
  { line: "kafka-cluster list-endpoints", says: /null +controller/, toController: true },
  { line: "kafka-features describe", says: /metadata\.version/, normalise: withoutNumbers },
  {
    line: "kafka-features describe",
    says: /transaction\.version/,
    toController: true,
    normalise: withoutNumbers,
  },
  {
    line: "kafka-broker-api-versions",
    says: /Produce\(0\): 0 to 13 \[usable: 13\]/,
    normalise: onlyServedApis,
  },
  { line: "kafka-acls --list", says: /SecurityDisabledException/ },
  {
    line: "kafka-acls --add --allow-principal User:anna --operation Read --topic orders",
    says: /SecurityDisabledException/,
  },
];

export const TOOL_COMMANDS: readonly ToolCommand[] = [
  ...TOPICS,
  ...CONFIGS,
  ...RECORDS,
  ...CLUSTER,
];
