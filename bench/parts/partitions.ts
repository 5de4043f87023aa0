/** What many partitions cost: making a topic of a thousand, and what they hold afterwards. */
import { memoryUse } from "../brokers/process_use.ts";
import { Results } from "../results.ts";
import { inRounds, type Part, withBrokers } from "./part.ts";

const PARTITIONS = 1000;
const MIB = 1024 * 1024;

export const partitions: Part = async (context) => {
  const results = new Results(
    "Many partitions",
    `A topic of ${PARTITIONS} partitions, from the request until all of them answer ListOffsets.`,
  );
  await withBrokers(context, async (brokers) => {
    await inRounds(context.rounds, brokers, async (broker, round, counts) => {
      const topic = `partitions-${round}`;
      const held = memoryUse(broker.pid).residentBytes;
      const begin = performance.now();
      await broker.createTopic(topic, PARTITIONS);
      const createMs = performance.now() - begin;
      const added = (memoryUse(broker.pid).residentBytes - held) / MIB;
      await broker.deleteTopic(topic);
      if (!counts) return;
      results.record(
        { name: "create", unit: "ms", digits: 0 },
        broker.name,
        createMs,
      );
      results.record({ name: "resident memory added", unit: "MiB" }, broker.name, added);
    });
  });
  return results;
};
