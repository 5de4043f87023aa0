/**
 * Commands about groups that nobody is a member of: before there is any, with offsets that were
 * committed by hand, and after consumers came and went.
 */
import { hashOf } from "../../../coordinator/runtime/coordinator_runtime.ts";
import { ALL_RECORDS, TRADES_RECORDS } from "./group_topics.ts";
import { sorted, type ToolCommand } from "./tool_pair.ts";

/** `offsets.topic.num.partitions` as both have it. */
export const OFFSETS_PARTITIONS = 50;

const TRADES_READ = new RegExp(`a total of ${TRADES_RECORDS} messages`);

/** Files that commands name. */
export const GROUP_FILES: Readonly<Record<string, string>> = {
  "one-group.csv": "trades,0,7\ntrades,2,1\n",
  "two-groups.csv": "audit,trades,1,2\nledger,quotes,0,4\n",
  "broken.csv": "trades,first,0\n",
  "admin.properties": "client.id=auditor\n",
};

const groups = "kafka-consumer-groups";
const reset = `${groups} --reset-offsets`;
const audit = `${reset} --group audit`;

/** The partition of `__consumer_offsets` that a group belongs to. */
export const offsetsPartition = (group: string) => hashOf(group) % OFFSETS_PARTITIONS;

const FIRST: readonly ToolCommand[] = [
  { line: `${groups} --list`, says: /^$/ },
  { line: `${groups} --list --state`, says: /^GROUP +STATE +\n$/ },
  { line: `${groups} --list --type --state`, says: /^GROUP +TYPE +STATE +\n$/ },
  { line: `${groups} --describe --all-groups`, says: /^$/ },
  { line: `${groups} --delete --all-groups`, says: /groups \(\) was successful/ },
  { line: "kafka-groups --list", says: /^GROUP +TYPE +PROTOCOL +\n$/ },
  { line: `${groups} --describe --group missing`, says: /GroupIdNotFoundException/ },
  { line: `${groups} --describe --group missing --members`, says: /GroupIdNotFoundException/ },
  { line: `${groups} --describe --group missing --state`, says: /GroupIdNotFoundException/ },
  { line: `${groups} --delete --group missing`, says: /could not be deleted/ },
  { line: `${groups} --delete-offsets --group missing --topic trades`, says: /does not exist/ },
  { line: `${audit} --to-current --all-topics --dry-run`, says: /GROUP/ },
  { line: `${audit} --to-earliest --topic trades --export --dry-run`, says: /^trades,2,0$/m },
  { line: `${groups} --list`, says: /^$/ },
];

/** Resets of a group that has no members; the first makes it. */
const RESETS: readonly ToolCommand[] = [
  `--to-offset 4 --topic trades --execute`,
  `--to-earliest --topic trades`,
  `--to-earliest --topic trades --dry-run`,
  `--to-earliest --topic trades:0,2 --execute`,
  `--to-latest --topic trades:1 --topic quotes --execute`,
  `--to-latest --all-topics --dry-run`,
  `--to-current --all-topics --execute`,
  `--to-current --topic trades --topic quotes:1 --export --dry-run`,
  `--to-offset 99 --topic trades:0 --execute`,
  `--to-offset 0 --topic quotes --execute --timeout 20000`,
  `--shift-by -3 --topic trades:0,1 --execute`,
  `--shift-by 2 --topic trades:2 --execute`,
  `--shift-by 99 --topic trades:2 --dry-run`,
  `--shift-by -99 --all-topics --dry-run`,
  `--by-duration PT1H --topic trades --execute`,
  `--by-duration P20000D --topic trades --dry-run`,
  `--to-datetime 2023-11-15T01:00:00.000 --topic trades --execute`,
  `--to-datetime 2023-11-15T01:00:00.000+02:00 --topic trades --dry-run`,
  `--to-datetime 2099-01-01T00:00:00.000 --topic trades --dry-run`,
  `--from-file FILES/one-group.csv --dry-run`,
  `--from-file FILES/one-group.csv --execute --command-config FILES/admin.properties`,
  `--from-file FILES/one-group.csv --export --dry-run`,
].map((options) => ({
  line: `${audit} ${options}`,
  says: options.includes("--export")
    ? /^(trades|quotes),\d,\d+\n/m
    : /GROUP[^]*\naudit +trades|\naudit +quotes/,
  normalise: sorted,
}));

const RESETS_OF_SEVERAL: readonly ToolCommand[] = [
  {
    line: `${audit} --group ledger --from-file FILES/two-groups.csv --execute`,
    says: /ledger +quotes +0 +4/,
    normalise: sorted,
  },
  {
    line: `${audit} --group ledger --to-earliest --topic quotes --export --dry-run`,
    says: /^ledger,quotes,1,0$/m,
    normalise: sorted,
  },
  {
    line: `${reset} --all-groups --shift-by 1 --topic quotes:0 --execute`,
    says: /ledger +quotes +0 +5/,
    normalise: sorted,
  },
  {
    line: `${reset} --all-groups --to-current --all-topics --dry-run`,
    says: /audit +trades +1/,
    normalise: sorted,
  },
];

const WRONG_RESETS: readonly ToolCommand[] = [
  { line: `${audit} --to-earliest --topic missing`, says: /UnknownTopicOrPartitionException/ },
  { line: `${audit} --to-earliest --topic trades:7`, says: /trades-7/ },
  { line: `${audit} --to-earliest --topic trades:x`, says: /Invalid partition/ },
  { line: `${audit} --to-earliest --topic trades:1:2`, says: /Invalid topic arg/ },
  { line: `${audit} --to-datetime yesterday --topic trades`, says: /ParseException/ },
  { line: `${audit} --by-duration 3h --topic trades`, says: /DateTimeParseException/ },
  { line: `${audit} --to-offset many --topic trades`, says: /many/ },
  { line: `${reset} --group other --shift-by 1 --topic trades`, says: /no current committed/ },
  { line: `${audit} --from-file FILES/broken.csv`, says: /JsonProcessing|MismatchedInput|Cannot/ },
  { line: `${audit} --from-file FILES/missing.csv`, says: /missing\.csv/ },
  { line: `${audit} --to-earliest`, says: /reset scopes should be defined/ },
  { line: `${audit} --topic trades`, says: /Option '--reset-offsets' requires|requires one of/ },
  { line: `${audit} --to-earliest --to-latest --topic trades`, says: /can't be used with/ },
  {
    line: `${audit} --to-earliest --topic trades --dry-run --execute`,
    says: /only accepts one of/,
  },
  { line: `${reset} --to-earliest --topic trades`, says: /takes one of these options/ },
];

const LOOKS: readonly ToolCommand[] = [
  { line: `${groups} --list`, says: /^audit\n/m, normalise: sorted },
  { line: `${groups} --list --state`, says: /^audit +Empty/m, normalise: sorted },
  { line: `${groups} --list --state Empty`, says: /^ledger +Empty/m, normalise: sorted },
  { line: `${groups} --list --state Stable`, says: /^GROUP +STATE +\n$/ },
  { line: `${groups} --list --state empty,dead`, says: /^ledger +Empty/m, normalise: sorted },
  { line: `${groups} --list --state Asleep`, says: /Invalid state list/ },
  { line: `${groups} --list --type`, says: /^audit +Classic/m, normalise: sorted },
  { line: `${groups} --list --type classic`, says: /^audit +Classic/m, normalise: sorted },
  { line: `${groups} --list --type consumer`, says: /^GROUP +TYPE +\n$/ },
  { line: `${groups} --list --type share`, says: /Invalid types list/ },
  {
    line: `${groups} --list --type classic --state Empty`,
    says: /^audit +Classic +Empty/m,
    normalise: sorted,
  },
  { line: `${groups} --describe --group audit`, says: /no active members[^]*|audit +trades +0/ },
  { line: `${groups} --describe --group audit --offsets --verbose`, says: /LEADER-EPOCH/ },
  { line: `${groups} --describe --group audit --members`, says: /no active members/ },
  { line: `${groups} --describe --group audit --members --verbose`, says: /no active members/ },
  { line: `${groups} --describe --group audit --state`, says: /:PORT +\(1\) +- +Empty +0/ },
  { line: `${groups} --describe --group audit --state --verbose`, says: /TARGET-ASSIGNMENT-EPOCH/ },
  { line: `${groups} --describe --group audit --group ledger`, says: /ledger +quotes +0 +5/ },
  { line: `${groups} --describe --all-groups --offsets`, says: /ledger +quotes +0 +5/ },
  { line: `${groups} --describe --all-groups --state`, says: /ledger/ },
  { line: `${groups} --describe --all-groups --members --verbose`, says: /ledger/ },
  { line: `${groups} --describe`, says: /takes one of these options/ },
  { line: `${groups} --describe --group audit --members --state`, says: /at most one of/ },
  {
    line: `${groups} --list --delete-offsets --group audit --topic trades`,
    says: /can't be used with/,
  },
  { line: `${groups} --validate-regex trades.*`, says: /is valid/ },
  { line: `${groups} --validate-regex trades(`, says: /is invalid/ },
];

const list = "kafka-groups --list";

export const KAFKA_GROUPS: readonly ToolCommand[] = [
  { line: list, says: /^audit +Classic/m, normalise: sorted },
  { line: `${list} --consumer`, says: /^audit +Classic/m, normalise: sorted },
  { line: `${list} --group-type classic`, says: /^audit +Classic/m, normalise: sorted },
  { line: `${list} --group-type consumer`, says: /^GROUP +TYPE +PROTOCOL/m, normalise: sorted },
  { line: `${list} --protocol consumer`, says: /^GROUP +TYPE +PROTOCOL/m, normalise: sorted },
  { line: `${list} --protocol connect`, says: /^GROUP +TYPE +PROTOCOL/m, normalise: sorted },
  {
    line: `${list} --group-type classic --protocol consumer`,
    says: /^GROUP +TYPE +PROTOCOL/m,
    normalise: sorted,
  },
  { line: `${list} --share`, says: /^GROUP +TYPE +PROTOCOL +\n$/ },
  { line: `${list} --streams`, says: /^GROUP +TYPE +PROTOCOL +\n$/ },
  { line: `${list} --group-type share`, says: /^GROUP +TYPE +PROTOCOL +\n$/ },
  { line: `${list} --group-type herd`, says: /must be a valid group type/ },
  { line: `${list} --consumer --share`, says: /can't be used with/ },
  { line: "kafka-groups", says: /exactly one action/ },
];

const consume =
  `kafka-console-consumer --topic trades --max-messages ${TRADES_RECORDS} --timeout-ms 20000`;

/** Of the figures only what was consumed, in MB and in records. */
const onlyConsumed = (output: string) =>
  output.split("\n").map((line) => line.split(", ")).map((words) =>
    words.length > 5 ? `${words[2]}, ${words[4]}` : words.join(", ")
  ).join("\n");

const CONSUMERS: readonly ToolCommand[] = [
  { line: `${consume} --group shop --from-beginning`, says: TRADES_READ, normalise: sorted },
  { line: `${groups} --describe --group shop`, says: /shop +trades +0 +11 +11 +0 +- +- +-/ },
  {
    line: `${consume} --group shelf --from-beginning --command-property group.protocol=consumer`,
    says: TRADES_READ,
    normalise: sorted,
  },
  { line: `${groups} --describe --group shelf --offsets`, says: /shelf +trades +0 +11 +11 +0 +-/ },
  { line: `${groups} --describe --group shelf --state --verbose`, says: /Empty/ },
  {
    line:
      `kafka-consumer-perf-test --topic trades --num-records ${TRADES_RECORDS} --group measured`,
    says: new RegExp(`, ${TRADES_RECORDS}, `),
    normalise: onlyConsumed,
  },
  {
    line: `kafka-consumer-perf-test --include (trades|quotes) --num-records ${ALL_RECORDS} ` +
      "--group measured-all --hide-header",
    says: new RegExp(`, ${ALL_RECORDS}, `),
    normalise: onlyConsumed,
  },
  { line: `${groups} --describe --group measured --offsets --verbose`, says: /trades +0 +0 +11 / },
  { line: `${groups} --describe --group measured-all`, says: /measured-all +quotes +1 +5 +5/ },
  { line: `${groups} --list --type consumer`, says: /^shelf +Consumer/m },
  { line: `${groups} --list --state --type`, says: /^shelf +Consumer +Empty/m, normalise: sorted },
  {
    line: `${reset} --group shelf --to-earliest --topic trades --execute`,
    says: /shelf +trades +2/,
    normalise: sorted,
  },
  { line: `${groups} --describe --group shelf`, says: /shelf +trades +0 +0 +11 +11/ },
];

const deleteOffsets = `${groups} --delete-offsets --group`;

const DELETIONS: readonly ToolCommand[] = [
  { line: `${deleteOffsets} audit --topic trades:0`, says: /trades +0 +Successful/ },
  {
    line: `${deleteOffsets} audit --topic quotes --topic trades:1,2`,
    says: /quotes +1 +Successful/,
  },
  { line: `${deleteOffsets} audit --topic quotes`, says: /Successful/ },
  { line: `${deleteOffsets} ledger --topic missing`, says: /missing +- +Error/ },
  { line: `${deleteOffsets} ledger --topic quotes:9`, says: /quotes +9/ },
  { line: `${deleteOffsets} shelf --topic trades:1`, says: /trades +1 +Successful/ },
  { line: `${groups} --delete-offsets --group ledger`, says: /takes the following options/ },
  { line: `${groups} --list`, says: /^ledger$/m, normalise: sorted },
  { line: `${groups} --describe --group audit`, says: /audit/ },
  { line: `${groups} --delete --group shop --group missing`, says: /missing/ },
  { line: `${groups} --delete --group shelf`, says: /Deletion of requested consumer groups/ },
  { line: `${groups} --delete --group measured --topic trades`, says: /does not support topic/ },
  { line: `${groups} --delete`, says: /takes one of these options/ },
  { line: `${groups} --list`, says: /^ledger$/m, normalise: sorted },
];

/** In order. */
export const GROUP_COMMANDS: readonly ToolCommand[] = [
  ...FIRST,
  ...RESETS,
  ...RESETS_OF_SEVERAL,
  ...WRONG_RESETS,
  ...LOOKS,
  ...KAFKA_GROUPS,
  ...CONSUMERS,
  ...DELETIONS,
];
