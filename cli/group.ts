/** `group list|describe|members|delete`; `group reset-offsets` has a file of its own. */
import type { ClusterClient } from "../client/cluster.ts";
import { committedOffsets, comparePartitions, partitionName } from "../client/group_offsets.ts";
import {
  type Assignment,
  deleteGroup,
  describeGroup,
  GROUP_STATES,
  GROUP_TYPES,
  type GroupDescription,
  type GroupMember,
  listGroups,
} from "../client/groups.ts";
import { endOffsets } from "../client/reader.ts";
import { ArgumentError, type Arguments } from "../lib/args.ts";
import { KafkaError } from "../protocol/errors.ts";
import {
  type Command,
  ExitCode,
  JSON_OPTION,
  noArguments,
  onlyArgument,
  PROGRAM,
} from "./command.ts";
import { CONNECT_OPTIONS, withCluster } from "./connect.ts";
import { complain, printLine } from "./output.ts";
import { type Cell, table } from "./table.ts";

/** Words that Kafka has for something, in its own spelling. Throws `ArgumentError`. */
function wordsFrom(args: Arguments, option: string, known: readonly string[]): string[] {
  return args.texts(option).flatMap((text) => text.split(",")).map((text) => {
    const word = known.find((each) => each.toLowerCase() === text.trim().toLowerCase());
    if (word !== undefined) return word;
    throw new ArgumentError(`--${option}: "${text}" is none of ${known.join(", ")}`);
  });
}

function printTable(header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  if (rows.length > 0) table(header, rows).forEach(printLine);
}

export const groupList: Command = {
  name: "group list",
  summary: "Lists the groups of all coordinators.",
  usage: "group list [OPTION]...",
  options: {
    ...CONNECT_OPTIONS,
    state: { value: "STATE,...", repeated: true, summary: "Only groups in one of these states." },
    type: { value: "TYPE,...", repeated: true, summary: "Only groups of one of these types." },
    json: JSON_OPTION,
  },
  notes: [
    `STATE: ${GROUP_STATES.slice(0, 4).join(", ")},`,
    `  ${GROUP_STATES.slice(4).join(", ")}.`,
    `TYPE: ${GROUP_TYPES.join(", ")}. Upper and lower case are the same.`,
  ].join("\n"),
  run(args) {
    noArguments(args);
    const filter = {
      states: wordsFrom(args, "state", GROUP_STATES),
      types: wordsFrom(args, "type", GROUP_TYPES),
    };
    return withCluster(args, async (cluster) => {
      const groups = await listGroups(cluster, filter);
      if (args.has("json")) {
        for (const { groupId, type, protocolType, state } of groups) {
          printLine(JSON.stringify({ group: groupId, type, protocolType, state }));
        }
        return ExitCode.OK;
      }
      printTable(
        ["GROUP", "TYPE", "PROTOCOL", "STATE"],
        groups.map(({ groupId, type, protocolType, state }) => [
          groupId,
          type || null,
          protocolType || null,
          state || null,
        ]),
      );
      return ExitCode.OK;
    });
  },
};

/** What a group has to do with a partition: who reads it, how far, and what is left. */
interface PartitionRow {
  readonly topic: string;
  readonly partition: number;
  readonly committedOffset: number | null;
  readonly committedLeaderEpoch: number | null;
  readonly metadata: string | null;
  readonly logEndOffset: number | null;
  /** Records between the two; null where one of them is not known. */
  readonly lag: number | null;
  readonly memberId: string | null;
  readonly clientHost: string | null;
  readonly clientId: string | null;
}

/** Partitions that are assigned or have a committed offset, in order. */
async function partitionRows(
  cluster: ClusterClient,
  { groupId, members }: GroupDescription,
): Promise<PartitionRow[]> {
  const committed = await committedOffsets(cluster, groupId);
  const readers: { topic: string; partition: number; member: GroupMember | null }[] = [];
  const assigned = new Set<string>();
  for (const member of members) {
    for (const [topic, partitions] of member.assignment ?? []) {
      for (const partition of partitions) {
        readers.push({ topic, partition, member });
        assigned.add(partitionName(topic, partition));
      }
    }
  }
  for (const [name, { topic, partition }] of committed) {
    if (!assigned.has(name)) readers.push({ topic, partition, member: null });
  }
  const ends = new Map<string, number>();
  for (const [topic, own] of Map.groupBy(readers, ({ topic }) => topic)) {
    const partitions = [...new Set(own.map(({ partition }) => partition))];
    for (const [partition, end] of await endOffsets(cluster, topic, partitions)) {
      ends.set(partitionName(topic, partition), end);
    }
  }
  return readers
    .sort(comparePartitions)
    .map(({ topic, partition, member }) => {
      const name = partitionName(topic, partition);
      const offset = committed.get(name);
      const end = ends.get(name);
      return {
        topic,
        partition,
        committedOffset: offset?.offset ?? null,
        committedLeaderEpoch: offset?.leaderEpoch ?? null,
        metadata: offset?.metadata ?? null,
        logEndOffset: end ?? null,
        lag: offset === undefined || end === undefined ? null : end - offset.offset,
        memberId: member?.memberId ?? null,
        clientHost: member?.clientHost ?? null,
        clientId: member?.clientId ?? null,
      };
    });
}

/** A group in one line. */
function headline({ coordinator: { id, host, port }, ...group }: GroupDescription): string {
  const { groupId, type, state, protocolType, assignor, groupEpoch, assignmentEpoch } = group;
  const parts = [
    groupId,
    `type ${type}`,
    `state ${state}`,
    `protocol ${protocolType || "-"}${assignor === "" ? "" : ` (${assignor})`}`,
    `coordinator ${id} (${host}:${port})`,
    `members ${group.members.length}`,
  ];
  if (groupEpoch !== null) parts.push(`epoch ${groupEpoch}`);
  if (assignmentEpoch !== null) parts.push(`assignment epoch ${assignmentEpoch}`);
  return parts.join("  ");
}

export const groupDescribe: Command = {
  name: "group describe",
  summary: "Shows a group's state, its committed offsets and how far behind they are.",
  usage: "group describe GROUP [OPTION]...",
  options: { ...CONNECT_OPTIONS, json: JSON_OPTION },
  run(args) {
    const groupId = onlyArgument(args, "the group's name");
    return withCluster(args, async (cluster) => {
      const description = await describeGroup(cluster, groupId);
      const partitions = await partitionRows(cluster, description);
      if (args.has("json")) {
        const { groupId: group, members, ...facts } = description;
        const numbers = { members: members.length, partitions };
        printLine(JSON.stringify({ group, ...facts, ...numbers }));
        return ExitCode.OK;
      }
      printLine(headline(description));
      printTable(
        [
          "TOPIC",
          "PARTITION",
          "CURRENT-OFFSET",
          "LOG-END-OFFSET",
          "LAG",
          "CONSUMER-ID",
          "HOST",
          "CLIENT-ID",
        ],
        partitions.map((row) => [
          row.topic,
          row.partition,
          row.committedOffset,
          row.logEndOffset,
          row.lag,
          row.memberId,
          row.clientHost,
          row.clientId,
        ]),
      );
      return ExitCode.OK;
    });
  },
};

/** `orders:0,1;audit:2`, or null for no partitions. */
function assignmentText(assignment: Assignment | null): string | null {
  const topics = [...assignment ?? []].map(([topic, partitions]) => `${topic}:${partitions}`);
  return topics.length === 0 ? null : topics.join(";");
}

function partitionCount(assignment: Assignment | null): number | null {
  return assignment && [...assignment.values()].reduce((sum, { length }) => sum + length, 0);
}

function memberJson(groupId: string, member: GroupMember): string {
  const { assignment, targetAssignment, ...facts } = member;
  return JSON.stringify({
    group: groupId,
    ...facts,
    assignment: assignment && Object.fromEntries(assignment),
    targetAssignment: targetAssignment && Object.fromEntries(targetAssignment),
  });
}

function printMembers({ type, assignmentEpoch, members }: GroupDescription): void {
  const header = ["CONSUMER-ID", "HOST", "CLIENT-ID", "GROUP-INSTANCE-ID", "#PARTITIONS"];
  header.push("CURRENT-ASSIGNMENT");
  const isConsumer = type === "Consumer";
  if (isConsumer) header.push("CURRENT-EPOCH", "TARGET-EPOCH", "TARGET-ASSIGNMENT", "MEMBER-TYPE");
  const rows = members.map((member) => {
    const row: Cell[] = [
      member.memberId,
      member.clientHost,
      member.clientId,
      member.groupInstanceId,
      partitionCount(member.assignment),
      assignmentText(member.assignment),
    ];
    if (isConsumer) {
      const target = assignmentText(member.targetAssignment);
      row.push(member.memberEpoch, assignmentEpoch, target, member.memberType);
    }
    return row;
  });
  printTable(header, rows);
}

export const groupMembers: Command = {
  name: "group members",
  summary: "Shows the members of a group and what they are assigned.",
  usage: "group members GROUP [OPTION]...",
  options: { ...CONNECT_OPTIONS, json: JSON_OPTION },
  run(args) {
    const groupId = onlyArgument(args, "the group's name");
    return withCluster(args, async (cluster) => {
      const group = await describeGroup(cluster, groupId);
      if (args.has("json")) {
        for (const member of group.members) printLine(memberJson(groupId, member));
      } else printMembers(group);
      if (group.members.length === 0) complain(`Group ${groupId} has no members.`);
      return ExitCode.OK;
    });
  },
};

export const groupDelete: Command = {
  name: "group delete",
  summary: "Deletes groups without members, and their committed offsets.",
  usage: "group delete GROUP... [OPTION]...",
  options: CONNECT_OPTIONS,
  notes: "Goes on after a group that cannot be deleted; the exit code is 1 then.",
  run(args) {
    if (args.positional.length === 0) throw new ArgumentError("the group's name is missing");
    return withCluster(args, async (cluster) => {
      let exitCode: number = ExitCode.OK;
      for (const groupId of args.positional) {
        try {
          await deleteGroup(cluster, groupId);
          printLine(`Group ${groupId} is deleted.`);
        } catch (error) {
          if (!(error instanceof KafkaError)) throw error;
          complain(`${PROGRAM}: ${error.errorName}: ${groupId}: ${error.message}`);
          exitCode = ExitCode.FAILED;
        }
      }
      return exitCode;
    });
  },
};
