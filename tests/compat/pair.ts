/** Both brokers beside each other, fresh, with the same configuration but for folders and ports. */
import { joinPath } from "../../lib/files.ts";
import { makeSite, type RunningNode, startKafka, startTakhin } from "./nodes.ts";
import { dataFolder, emptyFolder } from "./paths.ts";

export interface Pair {
  readonly kafka: RunningNode;
  readonly takhin: RunningNode;
}

/** Starts both, runs something with them, and stops them in order. */
export async function withPair(name: string, run: (pair: Pair) => Promise<void>): Promise<Pair> {
  const folder = await emptyFolder(dataFolder(name));
  await using kafka = await startKafka(await makeSite(joinPath(folder, "kafka")));
  await using takhin = await startTakhin(await makeSite(joinPath(folder, "takhin")));
  await run({ kafka, takhin });
  await takhin.stop();
  await kafka.stop();
  return { kafka, takhin };
}
