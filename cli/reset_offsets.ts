/** `group reset-offsets`: plans where a group goes on, shows it and, with `--execute`, commits it. */
import type { ClusterClient } from "../client/cluster.ts";
import {
  commitOffsets,
  type CommittedOffset,
  committedOffsets,
  comparePartitions,
  partitionName,
  type PartitionOffset,
} from "../client/group_offsets.ts";
import { describeGroup, listGroups } from "../client/groups.ts";
import { EARLIEST, LATEST, listOffsets } from "../client/reader.ts";
import { ArgumentError, type Arguments } from "../lib/args.ts";
import { ErrorCode, errorMessage, errorName, KafkaError } from "../protocol/errors.ts";
import { type Command, ExitCode, InputError, onlyArgument, PROGRAM, timestamp } from "./command.ts";
import { CONNECT_OPTIONS, withCluster } from "./connect.ts";
import { formatOffset, parseOffsets } from "./offset_file.ts";
import { complain, printLine } from "./output.ts";
import { table } from "./table.ts";

/** Where the group is to go on. */
type Target =
  | { readonly kind: "earliest" | "latest" | "file" }
  | { readonly kind: "time"; readonly timestamp: number }
  | { readonly kind: "shift"; readonly by: number }
  | { readonly kind: "offset"; readonly offset: number };

/** Which partitions are meant; `offset` where a file says where to. */
interface Chosen {
  readonly topic: string;
  readonly partition: number;
  readonly offset?: number;
}

/** A partition's committed offset, and what it is to be. */
interface Move extends PartitionOffset {
  readonly before: number | null;
}

const TARGETS = ["to-earliest", "to-latest", "to-time", "shift", "to-offset", "from-file"];

/** Throws `ArgumentError` unless exactly one is given. */
function targetFrom(args: Arguments): Target {
  const given = TARGETS.filter((name) => args.has(name) || args.text(name) !== undefined);
  if (given.length !== 1) {
    const names = TARGETS.map((name) => `--${name}`).join(", ");
    throw new ArgumentError(`give one of ${names}${given.length > 1 ? ", not several" : ""}`);
  }
  switch (given[0]) {
    case "to-earliest":
      return { kind: "earliest" };
    case "to-latest":
      return { kind: "latest" };
    case "to-time":
      return { kind: "time", timestamp: timestamp(args.text("to-time")!, "to-time") };
    case "shift":
      return { kind: "shift", by: args.integer("shift")! };
    case "to-offset":
      return { kind: "offset", offset: args.integer("to-offset")! };
    default:
      return { kind: "file" };
  }
}

interface TopicScope {
  readonly topic: string;
  /** Null: all that it has. */
  readonly partitions: readonly number[] | null;
}

/** Parses `TOPIC` or `TOPIC:0,1`. Throws `ArgumentError`. */
function topicScope(text: string): TopicScope {
  const match = /^([^:]+)(?::(\d+(?:,\d+)*))?$/.exec(text);
  if (match === null) {
    throw new ArgumentError(`--topic: "${text}" is not of the form TOPIC or TOPIC:0,1`);
  }
  const [, topic, partitions] = match;
  return { topic, partitions: partitions?.split(",").map(Number) ?? null };
}

/** Topics, all that is committed, or what a file says. */
type Scope =
  | { readonly topics: readonly TopicScope[] }
  | "committed"
  | { readonly rows: readonly PartitionOffset[] };

/** Throws `ArgumentError` unless partitions are chosen in exactly one way. */
async function scopeFrom(args: Arguments, groupId: string): Promise<Scope> {
  const topics = args.texts("topic").map(topicScope);
  const file = args.text("from-file");
  const ways = [topics.length > 0, args.has("all-topics"), file !== undefined];
  if (ways.filter(Boolean).length !== 1) {
    throw new ArgumentError(
      file === undefined
        ? "give either --topic or --all-topics"
        : "--from-file says itself which partitions; leave out --topic and --all-topics",
    );
  }
  if (file === undefined) return topics.length > 0 ? { topics } : "committed";
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw new ArgumentError(`--from-file: cannot read ${file}: ${(error as Error).message}`);
  }
  const rows = parseOffsets(text, groupId);
  if (rows.length === 0) throw new InputError(`${file} has no offsets for group ${groupId}`);
  return { rows };
}

/**
 * Refuses a group with members: they go on from where they are and commit that. Refuses a group of
 * another type; one that there is not may be given offsets before its first member comes.
 */
async function requireNoMembers(cluster: ClusterClient, groupId: string): Promise<void> {
  try {
    const { state, members } = await describeGroup(cluster, groupId);
    if (state === "Empty") return;
    throw new KafkaError(
      "NON_EMPTY_GROUP",
      `group ${groupId} is ${state} with ${members.length} members; stop them first, for its ` +
        "offsets can only be reset while it has none",
    );
  } catch (error) {
    if (!(error instanceof KafkaError) || error.errorName !== "GROUP_ID_NOT_FOUND") throw error;
    const groups = await listGroups(cluster, { states: [], types: [] });
    if (groups.some((group) => group.groupId === groupId)) throw error;
    complain(`Group ${groupId} does not exist yet; committing offsets makes it.`);
  }
}

type Committed = ReadonlyMap<string, CommittedOffset>;

/** The partitions that are meant. Throws where one does not exist. */
async function choose(
  cluster: ClusterClient,
  scope: Scope,
  groupId: string,
  committed: Committed,
): Promise<Chosen[]> {
  if (scope === "committed") {
    if (committed.size > 0) {
      return [...committed.values()].map(({ topic, partition }) => ({ topic, partition }));
    }
    throw new InputError(`group ${groupId} has no committed offsets; name topics with --topic`);
  }
  if ("rows" in scope) return [...scope.rows];
  const chosen = new Map<string, Chosen>();
  for (const { topic, partitions } of scope.topics) {
    const known = (await cluster.topic(topic)).partitions.map((p) => p.partitionIndex);
    for (const partition of partitions ?? known) {
      if (!known.includes(partition)) {
        throw new ArgumentError(`--topic: ${topic} has no partition ${partition}`);
      }
      chosen.set(partitionName(topic, partition), { topic, partition });
    }
  }
  return [...chosen.values()];
}

/** Where the partitions of one topic are to go on, within their logs; says what was held back. */
async function planTopic(
  cluster: ClusterClient,
  topic: string,
  chosen: readonly Chosen[],
  committed: Committed,
  target: Target,
): Promise<Move[]> {
  const partitions = chosen.map(({ partition }) => partition);
  const known = (await cluster.topic(topic)).partitions.map((p) => p.partitionIndex);
  for (const partition of partitions) {
    if (known.includes(partition)) continue;
    const why = `${topic} has no partition ${partition}`;
    throw new KafkaError("UNKNOWN_TOPIC_OR_PARTITION", why);
  }
  const list = (timestamp: number) => listOffsets(cluster, topic, partitions, timestamp);
  const starts = await list(EARLIEST);
  const ends = await list(LATEST);
  const found = target.kind === "time" ? await list(target.timestamp) : null;
  return chosen.map(({ partition, offset: fromFile }) => {
    const name = partitionName(topic, partition);
    const before = committed.get(name)?.offset ?? null;
    const start = starts.get(partition)!;
    const end = ends.get(partition)!;
    const wanted = () => {
      switch (target.kind) {
        case "earliest":
          return start;
        case "latest":
          return end;
        case "offset":
          return target.offset;
        case "file":
          return fromFile!;
        case "shift":
          if (before !== null) return before + target.by;
          throw new InputError(`${name} has no committed offset that could be shifted`);
        case "time": {
          const offset = found!.get(partition)!;
          if (offset >= 0) return offset;
          complain(`${name}: no record is as late; its end, ${end}, is taken.`);
          return end;
        }
      }
    };
    return { topic, partition, before, offset: withinLog(wanted(), start, end, name) };
  });
}

function withinLog(offset: number, start: number, end: number, name: string): number {
  if (offset > end) {
    complain(`${name}: ${offset} is past its end; ${end} is taken.`);
    return end;
  }
  if (offset < start) {
    complain(`${name}: ${offset} is before its beginning; ${start} is taken.`);
    return start;
  }
  return offset;
}

/** Commits the offsets. Returns the partitions that were; complains of the others. */
async function execute(
  cluster: ClusterClient,
  groupId: string,
  moves: readonly Move[],
): Promise<Move[]> {
  const failed = new Set<string>();
  for (const { topic, partition, errorCode } of await commitOffsets(cluster, groupId, moves)) {
    const name = partitionName(topic, partition);
    failed.add(name);
    const joined = errorCode === ErrorCode.UNKNOWN_MEMBER_ID;
    const why = joined ? "The group has got members meanwhile." : errorMessage(errorCode);
    complain(`${PROGRAM}: ${errorName(errorCode)}: ${name} is not reset: ${why}`);
  }
  return moves.filter(({ topic, partition }) => !failed.has(partitionName(topic, partition)));
}

function show(moves: readonly Move[], asFile: boolean): void {
  if (asFile) return moves.forEach((move) => printLine(formatOffset(move)));
  if (moves.length === 0) return;
  const rows = moves.map(({ topic, partition, before, offset }) => [
    topic,
    partition,
    before,
    offset,
  ]);
  table(["TOPIC", "PARTITION", "OLD-OFFSET", "NEW-OFFSET"], rows).forEach(printLine);
}

export const groupResetOffsets: Command = {
  name: "group reset-offsets",
  summary: "Shows where a group would go on reading, and with --execute has it go on there.",
  usage: "group reset-offsets GROUP SCOPE TARGET [OPTION]...",
  options: {
    ...CONNECT_OPTIONS,
    topic: {
      value: "TOPIC[:0,1,...]",
      letter: "t",
      repeated: true,
      summary: "A topic, or these partitions of it.",
    },
    "all-topics": { summary: "All partitions for which the group has committed an offset." },
    "to-earliest": { summary: "To the beginning of the log." },
    "to-latest": { summary: "To the end of the log." },
    "to-time": {
      value: "TIME",
      summary: "To a time: milliseconds since 1970, or ISO 8601.",
    },
    shift: { value: "N", summary: "Forward from the committed offset, or back by -N." },
    "to-offset": { value: "N", summary: "To this offset." },
    "from-file": { value: "FILE", summary: "As CSV lines say: topic,partition,offset." },
    execute: { summary: "Commits the offsets; without it nothing is changed." },
    export: { summary: "Writes the new offsets as such CSV lines." },
  },
  notes: [
    "SCOPE is --topic or --all-topics, TARGET one of --to-earliest, --to-latest, --to-time, --shift,",
    "--to-offset; --from-file is both.",
    "Offsets past either end of a log are drawn to that end. The group must have no members.",
    "`--all-topics --shift 0 --export` writes what is committed now, to be kept.",
  ].join("\n"),
  async run(args) {
    const groupId = onlyArgument(args, "the group's name");
    const target = targetFrom(args);
    const scope = await scopeFrom(args, groupId);
    return await withCluster(args, async (cluster) => {
      await requireNoMembers(cluster, groupId);
      const committed = await committedOffsets(cluster, groupId);
      const chosen = await choose(cluster, scope, groupId, committed);
      chosen.sort(comparePartitions);
      const moves: Move[] = [];
      for (const [topic, own] of Map.groupBy(chosen, ({ topic }) => topic)) {
        moves.push(...await planTopic(cluster, topic, own, committed, target));
      }
      const asFile = args.has("export");
      if (!args.has("execute")) {
        show(moves, asFile);
        complain("Nothing is changed; --execute commits these offsets.");
        return ExitCode.OK;
      }
      const done = await execute(cluster, groupId, moves);
      show(done, asFile);
      if (done.length < moves.length) return ExitCode.FAILED;
      complain(`The offsets of ${done.length} partitions are committed.`);
      return ExitCode.OK;
    });
  },
};
