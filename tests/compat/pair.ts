/** Two brokers beside each other, fresh, with the same configuration but for folders and ports. */
import { joinPath } from "../../lib/files.ts";
import { makeSite, type RunningNode, startKafka } from "./nodes.ts";
import { dataFolder, emptyFolder } from "./paths.ts";
import { startSubject } from "./subject.ts";

type Configs = Readonly<Record<string, string>>;

export interface Pair {
  readonly kafka: RunningNode;
  readonly takhin: RunningNode;
}

/** Starts both, runs something with them, and stops them in order. */
export async function withPair(
  name: string,
  run: (pair: Pair) => Promise<void>,
  configs: Configs = {},
): Promise<Pair> {
  const folder = await emptyFolder(dataFolder(name));
  await using kafka = await startKafka(await makeSite(joinPath(folder, "kafka"), configs));
  await using takhin = await startSubject(await makeSite(joinPath(folder, "takhin"), configs));
  await run({ kafka, takhin });
  await takhin.stop();
  await kafka.stop();
  return { kafka, takhin };
}

/** Starts Apache Kafka twice, runs something with both, and ends them. */
export async function withTwoKafkas(
  name: string,
  run: (nodes: readonly [RunningNode, RunningNode]) => Promise<void>,
  configs: Configs = {},
): Promise<void> {
  const folder = await emptyFolder(dataFolder(name));
  await using one = await startKafka(await makeSite(joinPath(folder, "kafka"), configs));
  await using other = await startKafka(await makeSite(joinPath(folder, "kafka-too"), configs));
  await run([one, other]);
}
