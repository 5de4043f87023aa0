/** How long a producer waits for its acknowledgements while it sends at a fixed rate. */
import { producerPerformance } from "../loads/producer_performance.ts";
import { Results } from "../results.ts";
import { inRounds, type Part, withBrokers } from "./part.ts";

const RECORD_BYTES = 1024;

/** How long is measured and, before it, how long does not count, in seconds. */
const MEASURED_S = 15;
const WARMUP_S = 5;

const LOADS = [
  { name: "5,000 records/s", recordsPerSecond: 5_000 },
  { name: "20 MB/s", recordsPerSecond: 20_000 },
] as const;

export const latency: Part = async (context) => {
  const results = new Results(
    "Latency of produce",
    `One ProducerPerformance at a fixed rate: ${RECORD_BYTES} B, acks=all, default batch size and ` +
      `linger (5 ms), ${MEASURED_S} s after ${WARMUP_S} s of warm-up. The tool counts in whole ms.`,
  );
  await withBrokers(context, async (brokers) => {
    for (const [i, { name, recordsPerSecond }] of LOADS.entries()) {
      await inRounds(context.rounds, brokers, async (broker, round, counts) => {
        const topic = `latency-${i}-${round}`;
        await broker.createTopic(topic);
        const { p50Ms, p99Ms, p999Ms } = await producerPerformance(context.kafka, broker, {
          topic,
          recordBytes: RECORD_BYTES,
          recordCount: recordsPerSecond * (MEASURED_S + WARMUP_S),
          acks: "all",
          recordsPerSecond,
          warmupRecords: recordsPerSecond * WARMUP_S,
        });
        await broker.deleteTopic(topic);
        if (!counts) return;
        for (const [share, value] of [["p50", p50Ms], ["p99", p99Ms], ["p99.9", p999Ms]] as const) {
          const figure = { name: `${name}, ${share}`, unit: "ms", digits: 0 };
          results.record(figure, broker.name, value);
        }
      });
    }
  });
  return results;
};
