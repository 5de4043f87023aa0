/** The command line: which commands there are, and what their failures come to. */
import { AddressError } from "../client/cluster.ts";
import { ConnectionError } from "../client/connection.ts";
import { ArgumentError, readArguments } from "../lib/args.ts";
import { errorName, KafkaError } from "../protocol/errors.ts";
import { columns, type Command, ExitCode, helpOf, InputError, PROGRAM } from "./command.ts";
import { configCheck, configList } from "./config.ts";
import { consume } from "./consume.ts";
import { dumpLog } from "./dump_log.ts";
import { groupDelete, groupDescribe, groupList, groupMembers } from "./group.ts";
import { complain, OutputClosedError, print } from "./output.ts";
import { produce } from "./produce.ts";
import { groupResetOffsets } from "./reset_offsets.ts";
import { start } from "./start.ts";
import { topicAlter, topicCreate, topicDelete, topicDescribe, topicList } from "./topic.ts";
import { version } from "./version.ts";

const COMMANDS: readonly Command[] = [
  start,
  topicCreate,
  topicList,
  topicDescribe,
  topicDelete,
  topicAlter,
  produce,
  consume,
  groupList,
  groupDescribe,
  groupMembers,
  groupResetOffsets,
  groupDelete,
  dumpLog,
  configCheck,
  configList,
  version,
];

function overview(commands: readonly Command[] = COMMANDS): string {
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary] as const);
  return `${
    [
      `Usage: ${PROGRAM} COMMAND [ARGUMENT]...`,
      "",
      "A Kafka-compatible streaming platform.",
      "",
      "Commands:",
      ...columns(rows),
      "",
      `\`${PROGRAM} COMMAND --help\` shows the options of a command.`,
      "Exit codes: 0 done, 1 failed, 2 wrong command line or configuration.",
    ].join("\n")
  }\n`;
}

/** Finds the command that the arguments begin with. */
function findCommand(args: readonly string[]): { command: Command; rest: string[] } | null {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(" ");
    const command = COMMANDS.find((each) => each.name === name);
    if (command !== undefined) return { command, rest: args.slice(words) };
  }
  return null;
}

/** Runs the program. Returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await runCommand(args);
  } catch (error) {
    if (error instanceof OutputClosedError) return ExitCode.OK;
    if (error instanceof ArgumentError || error instanceof AddressError) {
      complain(`${PROGRAM}: ${error.message}`);
      return ExitCode.USAGE;
    }
    complain(`${PROGRAM}: ${describeFailure(error)}`);
    return ExitCode.FAILED;
  }
}

async function runCommand(args: readonly string[]): Promise<number> {
  const found = findCommand(args);
  const wantsHelp = args.includes("--help") || args.includes("-h") || args[0] === "help";
  if (found === null) {
    const group = COMMANDS.filter(({ name }) => name.startsWith(`${args[0]} `));
    if (wantsHelp || args.length === 0) {
      print(overview(group.length > 0 ? group : COMMANDS));
      return args.length === 0 ? ExitCode.USAGE : ExitCode.OK;
    }
    throw new ArgumentError(
      group.length > 0
        ? `${args[0]} needs one of ${group.map(({ name }) => name.split(" ")[1]).join(", ")}`
        : `unknown command ${args[0]}; \`${PROGRAM} --help\` lists them`,
    );
  }
  if (wantsHelp) {
    print(helpOf(found.command));
    return ExitCode.OK;
  }
  return await found.command.run(readArguments(found.rest, found.command.options));
}

/** A failure in one line; what nobody expected keeps its trace. */
function describeFailure(error: unknown): string {
  if (error instanceof KafkaError) return `${errorName(error.code)}: ${error.message}`;
  if (error instanceof ConnectionError || error instanceof InputError) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
