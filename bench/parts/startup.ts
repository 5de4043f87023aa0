/** How long a broker takes from its launch to its first answer to Metadata. */
import { Broker } from "../brokers/broker.ts";
import { below, Results } from "../results.ts";
import { inRounds, type Part, preparedFolder } from "./part.ts";

const START_MS_MAX = 1000;
const FIGURE = {
  name: "launch to first Metadata answer",
  unit: "ms",
  digits: 0,
  target: below(START_MS_MAX, "under 1 s"),
};

/** A topic that a restart has to load. */
const PARTITIONS = 10;

export const startup: Part = async (context) => {
  const results = new Results(
    "Start",
    `From the launch of the process, caches warm, with one topic of ${PARTITIONS} partitions.`,
  );
  const stopped = [];
  for (const kind of context.brokers) {
    const folder = await preparedFolder(context, kind);
    const broker = await Broker.start(kind, folder);
    await broker.createTopic("startup", PARTITIONS);
    await broker.stop();
    stopped.push({ kind, folder });
  }
  await inRounds(context.rounds, stopped, async ({ kind, folder }, _round, counts) => {
    const broker = await Broker.start(kind, folder);
    await broker.stop();
    if (counts) results.record(FIGURE, kind.name, broker.startMs);
  });
  return results;
};
