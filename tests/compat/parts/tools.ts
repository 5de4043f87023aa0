/**
 * `tools`: Kafka's command-line tools against both brokers, whose answers must be the same; then the
 * folders of both, opened by the other.
 */
import { joinPath } from "../../../lib/files.ts";
import { apiEntry } from "../../../broker/api_table.ts";
import type { KafkaTool, KafkaTools, ToolResult } from "../kafka_tools.ts";
import { HOST, type RunningNode } from "../nodes.ts";
import { withPair } from "../pair.ts";
import { dataFolder } from "../paths.ts";
import { CheckError, type Report, requireSame, requireTrue } from "../report.ts";
import { exchangeFolders, writeRecords } from "./exchange.ts";
import { COMMAND_FILES, TOOL_COMMANDS, type ToolCommand } from "./tool_commands.ts";

export async function tools(report: Report, tools: KafkaTools): Promise<void> {
  const folder = dataFolder("tools");
  const { kafka, takhin } = await withPair("tools", async ({ kafka, takhin }) => {
    for (const [name, content] of Object.entries(COMMAND_FILES)) {
      await Deno.writeTextFile(joinPath(folder, name), JSON.stringify(content));
    }
    for (const command of TOOL_COMMANDS) {
      const { line, needs, toController } = command;
      const name = toController ? `${line} (controller)` : line;
      if (needs !== undefined && apiEntry(needs.key) === undefined) {
        report.skip(name, `${needs.name} is not served yet`);
        continue;
      }
      await report.check(name, () => compare(command, kafka, takhin, tools));
    }
    await report.check("a Java client writes to both", async () => {
      for (const node of [kafka, takhin]) await writeRecords(node, tools, "exchanged");
    });
  });
  await exchangeFolders(kafka.site, takhin.site, report, tools);
}

async function compare(
  command: ToolCommand,
  kafka: RunningNode,
  takhin: RunningNode,
  tools: KafkaTools,
): Promise<void> {
  const theirs = await give(command, kafka, tools);
  const ours = await give(command, takhin, tools);
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

/** A word of as many characters as 16 bytes in base64 have. */
const UUID = /(?<![\w-])[\w-]{22}(?![\w-])/g;

/** Runs a command against one of the brokers. What is bound to be its own is replaced. */
async function give(
  { line, input, toController }: ToolCommand,
  { bootstrap, site }: RunningNode,
  tools: KafkaTools,
): Promise<ToolResult> {
  const [tool, ...words] = line.split(" ");
  const args = words.map((word) => word.replace(/^FILES\//, `${dataFolder("tools")}/`));
  const address = toController
    ? ["--bootstrap-controller", `${HOST}:${site.controllerPort}`]
    : ["--bootstrap-server", bootstrap];
  // The tools that have subcommands take the address before or after theirs, but not alike.
  const all = tool === "kafka-cluster" ? [...args, ...address] : [...address, ...args];
  const { code, stdout, stderr } = await tools.run(tool as KafkaTool, all, input);
  const ownForm = (text: string) =>
    text.replaceAll(String(site.port), "PORT")
      .replaceAll(String(site.controllerPort), "CONTROLLER-PORT")
      .replaceAll(site.data, "DATA")
      .replace(UUID, "(id)");
  return { code, stdout: ownForm(stdout), stderr: ownForm(stderr) };
}

/** Of a failure its kind matters, not its wording. */
function failureOf(output: string): string {
  const kinds = output.match(/\b\w+(?:\.\w+)+(?:Exception|Error)\b/g) ?? [];
  return [...new Set(kinds)].join("\n");
}
