/**
 * `tools`: Kafka's command-line tools against both brokers, whose answers must be the same; then the
 * folders of both, opened by the other.
 */
import type { KafkaTools } from "../kafka_tools.ts";
import { withPair } from "../pair.ts";
import type { Report } from "../report.ts";
import { exchangeFolders, writeRecords } from "./exchange.ts";
import { GROUP_PAIR_CONFIG, groupTools } from "./group_tools.ts";
import { COMMAND_FILES, TOOL_COMMANDS } from "./tool_commands.ts";
import { commandFile, ToolPair } from "./tool_pair.ts";

export async function tools(report: Report, tools: KafkaTools): Promise<void> {
  const { kafka, takhin } = await withPair("tools", async (pair) => {
    for (const [name, content] of Object.entries(COMMAND_FILES)) {
      await Deno.writeTextFile(commandFile(name), JSON.stringify(content));
    }
    const both = new ToolPair(pair, tools, report);
    await both.compareAll(TOOL_COMMANDS);
    await groupTools(pair, both, report);
    {
      await report.check("a Java client writes to both", async () => {
        for (const node of [pair.kafka, pair.takhin]) await writeRecords(node, tools, "exchanged");
      });
    }
  }, GROUP_PAIR_CONFIG);
  await exchangeFolders(kafka.site, takhin.site, report, tools);
}
