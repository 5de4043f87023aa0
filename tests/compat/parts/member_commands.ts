/**
 * Commands about groups with members: while these hold their partitions, in all protocols and
 * states, and after they have left. Then what the coordinators have written of it all.
 */
import { HELD_MS } from "./held_groups.ts";
import { KAFKA_GROUPS, offsetsPartition } from "./group_commands.ts";
import { sorted, type ToolCommand } from "./tool_pair.ts";

const classic = (strategy: string) =>
  `group.protocol=classic heartbeat.interval.ms=300 partition.assignment.strategy=org.apache.kafka.clients.consumer.${strategy}`;
const modern = "group.protocol=consumer";

/** Members as HoldingMembers.java takes them, by their groups. */
const HOLDING: Readonly<Record<string, readonly string[]>> = {
  // Classic, static: each member's share is known beforehand.
  range: ["one", "two"].map((name) =>
    `trades,quotes 6 client.id=${name} group.instance.id=${name} ${classic("RangeAssignor")}`
  ),
  sticky: ["one", "two"].map((name) =>
    `trades,quotes 6 client.id=${name} ${classic("CooperativeStickyAssignor")}`
  ),
  uniform: ["one", "two"].map((name) => `trades 4 client.id=${name} ${modern}`),
  "remote-range": ["one", "two"].map((name) =>
    `trades,quotes 6 client.id=${name} group.instance.id=${name} client.rack=r-${name} ${modern} ` +
    "group.remote.assignor=range"
  ),
  pattern: [`~trad.* 4 client.id=one ${modern}`],
  // One that has been upgraded to the new protocol beside one that has not (KIP-848).
  upgrading: [
    `trades 4 client.id=one ${classic("CooperativeStickyAssignor")}`,
    `trades 4 client.id=two ${modern}`,
  ],
};

export const HOLDING_MEMBERS: readonly string[] = Object.entries(HOLDING).flatMap((
  [group, members],
) => members.map((member) => `${member} group.id=${group}`));

const groups = "kafka-consumer-groups";
const describe = `${groups} --describe --group`;
const reset = `${groups} --reset-offsets --group`;

/** All there is to see of a group. */
function looksAt(group: string, state: string): ToolCommand[] {
  const row = new RegExp(`^${group} `, "m");
  const looks = ["", " --offsets --verbose", " --members", " --members --verbose"];
  return [
    {
      line: `${describe} ${group} --state`,
      says: new RegExp(`^${group} .* ${state} `, "m"),
      settles: true,
    },
    { line: `${describe} ${group} --state --verbose`, says: row },
    ...looks.map((options) => ({
      line: `${describe} ${group}${options}`,
      says: state === "Stable" ? row : /is rebalancing/,
      normalise: sorted,
    })),
  ];
}

const LISTS: readonly ToolCommand[] = [
  { line: `${groups} --list`, says: /^range$/m, normalise: sorted },
  { line: `${groups} --list --state --type`, says: /^range +Classic +Stable/m, normalise: sorted },
  { line: `${groups} --list --state Stable`, says: /^upgrading +Stable/m, normalise: sorted },
  { line: `${groups} --list --state reconciling`, says: /^reconciling +R/m, normalise: sorted },
  {
    line: `${groups} --list --state PreparingRebalance,CompletingRebalance`,
    says: /^completing +C/m,
    normalise: sorted,
  },
  { line: `${groups} --list --type consumer`, says: /^upgrading +Consumer/m, normalise: sorted },
  {
    line: `${groups} --list --type classic --state stable`,
    says: /^sticky +Classic +Stable/m,
    normalise: sorted,
  },
  { line: `${groups} --describe --all-groups`, says: /^uniform +trades/m, normalise: sorted },
  { line: `${groups} --describe --all-groups --members`, says: /^uniform /m, normalise: sorted },
  { line: `${groups} --describe --all-groups --state`, says: /^uniform /m },
  { line: `${describe} workers`, says: /not a consumer group/ },
  { line: `${describe} workers --members`, says: /not a consumer group/ },
  { line: `${groups} --delete --group workers`, says: /GroupNotEmptyException/ },
];

const REFUSALS: readonly ToolCommand[] = ["range", "uniform"].flatMap((group) => [
  {
    line: `${reset} ${group} --to-earliest --topic trades --execute`,
    says: /can only be reset if .* but the current state is Stable/,
  },
  { line: `${reset} ${group} --to-latest --all-topics --dry-run`, says: /is Stable/ },
  { line: `${groups} --delete --group ${group}`, says: /GroupNotEmptyException/ },
  {
    line: `${groups} --delete --group ledger --group ${group}`,
    says: /deleted successfully: 'ledger'|could not be deleted/,
    normalise: sorted,
  },
  {
    line: `${groups} --delete-offsets --group ${group} --topic trades`,
    says: /GroupSubscribedToTopicException/,
  },
  {
    line: `${groups} --delete-offsets --group ${group} --topic trades:1 --topic spare`,
    says: /spare +0 +Successful/,
  },
]);

/** A line for each record of the offsets topic that DumpLogSegments prints. */
function recordLines(output: string): string[] {
  const form = /^\| .* keySize: (\d+) valueSize: (-?\d+) .* key: (\{.*\}) payload: (.*)$/gm;
  return [...output.matchAll(form)].map(([, keySize, valueSize, key, value]) =>
    `{"key":${key},"value":${
      value === "<DELETE>" ? null : value
    },"sizes":[${keySize},${valueSize}]}`
  );
}

/** The last record of each key: what compaction would leave. */
function lastRecordLines(output: string): string {
  const keyOf = (line: string) => line.slice(0, line.indexOf(`,"value":`));
  return [...new Map(recordLines(output).map((line) => [keyOf(line), line])).values()].join("\n");
}

/** Members and topics come in the order of hash maps, by ids that are random. */
const inOrder = (_: string, value: unknown) =>
  Array.isArray(value) && value.every((each) => typeof each === "object")
    ? value.map((each) => JSON.stringify(each, inOrder)).sort()
    : value;

/** Replaces times, hashes of what has random ids, and offsets in the metadata log. */
const recordForm = (output: string) =>
  output.split("\n").map((line) => {
    if (!line.startsWith("{")) return line;
    const ownReplaced = line.replace(/("version":)\d+(?=,"timestamp":)/g, '$1"(offset)"')
      .replace(/("\w*[tT]imestamp":)\d{13}/g, '$1"(time)"')
      .replace(/("metadataHash":)-?\d+/g, '$1"(hash)"');
    return JSON.stringify(JSON.parse(ownReplaced), inOrder);
  }).join("\n");

const sortedRecordForm = (output: string) => sorted(recordForm(output));

const offsetsFile = (partition: number | "*") =>
  `DATA/__consumer_offsets-${partition}/00000000000000000000.log`;
const dump = "kafka-dump-log --offsets-decoder --files";

/** A line for each of the objects that a formatter prints one behind the other. */
const objects = (output: string) => output.replaceAll("}{", "}\n{");

function formatted(formatter: string, group: string): ToolCommand {
  return {
    line: `kafka-console-consumer --topic __consumer_offsets --partition ${
      offsetsPartition(group)
    } --offset earliest --timeout-ms 2000 --formatter org.apache.kafka.tools.consumer.${formatter}`,
    says: new RegExp(`"group":"${group}"`),
    select: objects,
    normalise: recordForm,
  };
}

const WRITTEN: readonly ToolCommand[] = [
  {
    line: `${dump} ${offsetsFile(offsetsPartition("audit"))}`,
    says: /"group":"audit"/,
    select: (output) => recordLines(output).join("\n"),
    normalise: recordForm,
  },
  {
    line: `${dump} ${offsetsFile("*")}`,
    says: /"groupId":"uniform"/,
    select: lastRecordLines,
    normalise: sortedRecordForm,
  },
  formatted("OffsetsMessageFormatter", "range"),
  formatted("GroupMetadataMessageFormatter", "range"),
];

/** Before members come. */
export const MEMBER_CONFIGS: readonly ToolCommand[] = [
  {
    line: "kafka-configs --entity-type groups --entity-name assigning --alter " +
      `--add-config consumer.assignment.interval.ms=${HELD_MS}`,
    says: /Completed updating config for group assigning/,
  },
  {
    line: "kafka-configs --entity-type groups --entity-name assigning --describe",
    says: /consumer\.assignment\.interval\.ms=/,
  },
];

/** While the members hold their partitions. */
export const MEMBER_COMMANDS: readonly ToolCommand[] = [
  ...looksAt("assigning", "Assigning"),
  ...looksAt("reconciling", "Reconciling"),
  ...looksAt("rebalancing", "PreparingRebalance"),
  ...looksAt("completing", "CompletingRebalance"),
  ...LISTS,
  ...Object.keys(HOLDING).flatMap((group) => looksAt(group, "Stable")),
  ...KAFKA_GROUPS,
  ...REFUSALS,
  ...WRITTEN,
];

/** After the members have left. */
export const EMPTIED_COMMANDS: readonly ToolCommand[] = [
  { line: `${groups} --list --state --type`, says: /^range +\w+ +Empty/m, normalise: sorted },
  { line: `${groups} --describe --all-groups`, says: /^uniform +trades/m, normalise: sorted },
  { line: `${groups} --describe --all-groups --state --verbose`, says: /^uniform /m },
  { line: `${reset} uniform --shift-by 1 --all-topics --execute`, says: /4\n/, normalise: sorted },
  { line: `${reset} range --to-latest --topic trades --execute`, says: /11\n/, normalise: sorted },
  { line: `${groups} --delete --group sticky --group pattern`, says: /was successful/ },
  { line: "kafka-topics --delete --topic quotes", says: /^$/ },
  {
    line: `${groups} --describe --group measured-all`,
    says: /^(?![^]*quotes)[^]*measured-all/,
    settles: true,
  },
  { line: `${groups} --describe --all-groups`, says: /^uniform +trades/m, normalise: sorted },
  {
    line: `${dump} ${offsetsFile("*")}`,
    says: /"groupId":"uniform"/,
    select: lastRecordLines,
    normalise: sortedRecordForm,
  },
];
