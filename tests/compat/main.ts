/**
 * `deno task compat [PART...]`: foreign clients and tools against this broker, and the folders of
 * both opened by each other. Installs what it needs; everything stays below `.cache/compat`.
 */
import { install } from "./install/mod.ts";
import { KafkaTools } from "./kafka_tools.ts";
import { cached } from "./paths.ts";
import { apiVersions } from "./parts/api_versions.ts";
import { compaction } from "./parts/compaction.ts";
import { connect } from "./parts/connect.ts";
import { crash } from "./parts/crash.ts";
import { differential } from "./parts/differential.ts";
import { dump } from "./parts/dump.ts";
import { groups } from "./parts/groups.ts";
import { matrix } from "./parts/matrix.ts";
import { streams } from "./parts/streams.ts";
import { tools } from "./parts/tools.ts";
import { messageOf } from "./processes.ts";
import { Report } from "./report.ts";

type Part = (report: Report, kafkaTools: KafkaTools) => Promise<void>;

/** In the order in which they run: `dump` looks at what the parts before it left. */
const PARTS: Readonly<Record<string, Part>> = {
  matrix,
  crash,
  groups,
  tools,
  compaction,
  dump,
  streams,
  connect,
  api_versions: apiVersions,
  differential,
};

async function runParts(names: readonly string[], report: Report): Promise<void> {
  report.begin("install");
  const installed = await report.check("everything is there", () => install(report.note));
  if (!installed) return;
  const kafkaTools = new KafkaTools();
  try {
    for (const name of names) {
      report.begin(name);
      const begin = performance.now();
      try {
        await PARTS[name](report, kafkaTools);
      } catch (error) {
        await report.check("the part runs to its end", () => Promise.reject(error));
      }
      report.note(`${name} took ${Math.round((performance.now() - begin) / 1000)} s`);
    }
  } finally {
    await kafkaTools.close();
  }
}

const unknown = Deno.args.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`${unknown[0]} is no part; there are ${Object.keys(PARTS).join(", ")}`);
  Deno.exit(2);
}
await Deno.mkdir(cached("."), { recursive: true });
const report = new Report();
const chosen = Object.keys(PARTS).filter((name) =>
  Deno.args.length === 0 || Deno.args.includes(name)
);
try {
  await runParts(chosen, report);
} catch (error) {
  await report.check("the task runs to its end", () => Promise.reject(messageOf(error)));
}
Deno.exit(await report.close());
