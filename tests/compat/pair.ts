/** Two brokers beside each other, fresh, with the same configuration but for folders and ports. */
import { joinPath } from "../../lib/files.ts";
import { makeSite, type RunningNode, startKafka } from "./nodes.ts";
import { dataFolder, emptyFolder } from "./paths.ts";
import { startSubject } from "./subject.ts";

export interface Pair {
  readonly kafka: RunningNode;
  readonly takhin: RunningNode;
}

/** Starts both, runs something with them, and stops them in order. */
export async function withPair(
  name: string,
  run: (pair: Pair) => Promise<void>,
  configs: Readonly<Record<string, string>> = {},
): Promise<Pair> {
  const folder = await emptyFolder(dataFolder(name));
  await using kafka = await startKafka(await makeSite(joinPath(folder, "kafka"), configs));
  await using takhin = await startSubject(await makeSite(joinPath(folder, "takhin"), configs));
  await run({ kafka, takhin });
  await takhin.stop();
  await kafka.stop();
  return { kafka, takhin };
}
