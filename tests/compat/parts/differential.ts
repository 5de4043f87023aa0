/** `differential`: both brokers are asked the same questions, whose answers must be the same. */
import { differential as askBoth } from "../differential/run.ts";
import { withPair } from "../pair.ts";
import type { Report } from "../report.ts";

export async function differential(report: Report): Promise<void> {
  await withPair("differential", async ({ kafka, takhin }) => {
    const addresses = [kafka, takhin].map(({ host, port, site }) => ({
      host,
      port,
      controllerPort: site.controllerPort,
    }));
    const { passed, failed } = await askBoth(addresses[0], addresses[1]);
    report.add(passed, failed);
  });
}
