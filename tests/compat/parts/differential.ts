/**
 * `differential`: both brokers are asked the same questions, whose answers must be the same.
 *
 * Two environment variables are for whoever works on the questions:
 * - `COMPAT_AGAINST=kafka` asks Apache Kafka twice, to see that the questions themselves always get
 *   the same answers; differences are then counted as failures like any other.
 * - `COMPAT_SETS=classicGroups,groupOffsets` asks these sets of questions only, whether or not their
 *   APIs are served.
 */
import { NODE_CONFIGS } from "../differential/groups/node_configs.ts";
import { differential as askBoth, setsOf } from "../differential/run.ts";
import { withPair } from "../pair.ts";
import type { Report } from "../report.ts";
import { isKafka } from "../subject.ts";

export async function differential(report: Report): Promise<void> {
  const wanted = Deno.env.get("COMPAT_SETS");
  const sets = setsOf(wanted?.split(","), isKafka, report.skip.bind(report));
  await withPair("differential", async ({ kafka, takhin }) => {
    const addresses = [kafka, takhin].map(({ host, port, site }) => ({
      host,
      port,
      controllerPort: site.controllerPort,
    }));
    const { passed, failed } = await askBoth(addresses[0], addresses[1], sets);
    report.add(passed, failed);
  }, NODE_CONFIGS);
}
