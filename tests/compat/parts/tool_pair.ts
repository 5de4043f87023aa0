/** Kafka's command-line tools, each command given to both brokers, whose answers must be the same. */
import { joinPath } from "../../../lib/files.ts";
import type { Api } from "../../../protocol/schema/schema.ts";
import { eventually } from "../eventually.ts";
import type { KafkaTool, KafkaTools, ToolResult } from "../kafka_tools.ts";
import { HOST, type NodeSite, type RunningNode } from "../nodes.ts";
import type { Pair } from "../pair.ts";
import { dataFolder, filesBelow } from "../paths.ts";
import { CheckError, type Report, requireSame, requireTrue } from "../report.ts";
import { serves } from "../subject.ts";

export interface ToolCommand {
  /**
   * Tool and arguments; a word that begins with `FILES/` names a file for commands, one that begins
   * with `DATA/` files below the broker's `log.dirs`.
   */
  readonly line: string;
  readonly input?: string;
  /** What both must say, so that they do not agree by failing alike. */
  readonly says: RegExp;
  /** It takes a while until they say it: they are asked until they do. */
  readonly settles?: true;
  /** It goes to the controller's listener. */
  readonly toController?: true;
  /** Picks what is compared, where ids must still be told apart. */
  readonly select?: (output: string) => string;
  /** Brings into one form what may differ. */
  readonly normalise?: (output: string) => string;
  /** It does more than this API, which must be served for it. */
  readonly needs?: Api;
}

/** Where the files lie that commands name. */
export const commandFile = (name: string) => `${dataFolder("tools")}/${name}`;

/** Rows come in the order of a hash map. */
export const sorted = (output: string) => output.split("\n").sort().join("\n");

/** 16 bytes in base64, of which the last character holds two bits: ids of topics and members. */
const UUID = /(?<![\w-])[\w-]{21}[AQgw](?![\w-])/g;

/** What the coordinator, and a classic member itself, adds to names to make ids of members. */
const HEX_UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What Kafka's classes log stands behind the time. */
const LOG_TIME = /^\[[^\]]*\] (?=[A-Z]+ )/gm;

/** Where in the client an error was made depends on when the answer came. */
const STACK = /^\s+(at |\.\.\. \d+ more).*\n/gm;

export class ToolPair {
  constructor(
    private readonly pair: Pair,
    private readonly tools: KafkaTools,
    private readonly report: Report,
  ) {}

  /** Gives commands to both, in order. */
  async compareAll(commands: readonly ToolCommand[]): Promise<void> {
    for (const command of commands) {
      const { line, needs, toController } = command;
      const name = toController ? `${line} (controller)` : line;
      if (needs !== undefined && !serves(needs)) {
        this.report.skip(name, `${needs.name} is not served yet`);
        continue;
      }
      await this.report.check(name, () => this.compare(command));
    }
  }

  private async compare(command: ToolCommand): Promise<void> {
    const theirs = await this.settled(command, this.pair.kafka);
    const ours = await this.settled(command, this.pair.takhin);
    for (const { stdout, stderr } of [theirs, ours]) {
      const output = stdout + stderr;
      requireTrue(
        command.says.test(output),
        `${JSON.stringify(output)} does not say ${command.says}`,
      );
    }
    if (ours.code !== theirs.code) {
      throw new CheckError(`exit code ${ours.code} instead of ${theirs.code}: ${ours.stderr}`);
    }
    const { normalise = (output: string) => output } = command;
    const sameForm = theirs.code === 0 ? normalise : failureOf;
    requireSame(sameForm(ours.stdout), sameForm(theirs.stdout), "standard output");
    requireSame(sameForm(ours.stderr), sameForm(theirs.stderr), "standard error");
  }

  private settled(command: ToolCommand, node: RunningNode): Promise<ToolResult> {
    if (!command.settles) return this.give(command, node);
    return eventually(`${node.name} says ${command.says}`, async (say) => {
      const result = await this.give(command, node);
      const output = result.stdout + result.stderr;
      say(output);
      return command.says.test(output) ? result : undefined;
    });
  }

  /** Runs a command against one of the brokers. What is bound to be its own is replaced. */
  private async give(
    { line, input, toController, select = (output) => output }: ToolCommand,
    { bootstrap, site }: RunningNode,
  ): Promise<ToolResult> {
    const [tool, ...words] = line.split(" ");
    const args = await Promise.all(words.map((word) => pathsOf(word, site)));
    const address = toController
      ? ["--bootstrap-controller", `${HOST}:${site.controllerPort}`]
      : ["--bootstrap-server", bootstrap];
    const { code, stdout, stderr } = await this.tools.run(
      tool as KafkaTool,
      withAddress(tool, args, address),
      input,
    );
    const ownForm = (text: string) =>
      text.replaceAll(String(site.port), "PORT")
        .replaceAll(String(site.controllerPort), "CONTROLLER-PORT")
        .replaceAll(site.data, "DATA")
        .replace(HEX_UUID, "(id)")
        .replace(UUID, "(id)")
        .replace(LOG_TIME, "")
        .replace(STACK, "");
    return { code, stdout: ownForm(select(stdout)), stderr: ownForm(stderr) };
  }
}

/** Puts paths in the place of what stands for them; those that a `*` stands for are joined by commas. */
async function pathsOf(word: string, { data }: NodeSite): Promise<string> {
  if (word.startsWith("FILES/")) return commandFile(word.slice("FILES/".length));
  if (!word.startsWith("DATA/")) return word;
  const [begin, end] = joinPath(data, word.slice("DATA/".length)).split("*");
  if (end === undefined) return begin;
  const files = (await filesBelow(data)).filter((path) =>
    path.startsWith(begin) && path.endsWith(end)
  );
  return files.join(",");
}

function withAddress(tool: string, args: string[], address: string[]): string[] {
  switch (tool) {
    case "kafka-dump-log":
      return args;
    // The tools that have subcommands take the address before or after theirs, but not alike.
    case "kafka-cluster":
      return [...args, ...address];
    default:
      return [...address, ...args];
  }
}

/** Of a failure its kind matters, not its wording. */
function failureOf(output: string): string {
  const kinds = output.match(/\b\w+(?:\.\w+)+(?:Exception|Error)\b/g) ?? [];
  return [...new Set(kinds)].join("\n");
}
