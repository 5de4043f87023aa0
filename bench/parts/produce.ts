/** How much Kafka's own producer gets through, and what it costs the broker. */
import { AT_LEAST_KAFKA, Results } from "../results.ts";
import { producerPerformance } from "../loads/producer_performance.ts";
import { inRounds, type Part, withBrokers, withCpu } from "./part.ts";

const LOADS = [
  { recordBytes: 1024, recordCount: 500_000, acks: "1" },
  { recordBytes: 1024, recordCount: 500_000, acks: "all" },
  { recordBytes: 100, recordCount: 3_000_000, acks: "1" },
  { recordBytes: 100, recordCount: 3_000_000, acks: "all" },
] as const;

export const produce: Part = async (context) => {
  const results = new Results(
    "Produce",
    "One ProducerPerformance to one partition, default batch size and linger. CPU is the broker's.",
  );
  await withBrokers(context, async (brokers) => {
    for (const [i, { recordBytes, recordCount, acks }] of LOADS.entries()) {
      const name = `${recordBytes} B, acks=${acks}`;
      await inRounds(context.rounds, brokers, async (broker, round, counts) => {
        const topic = `produce-${i}-${round}`;
        await broker.createTopic(topic);
        const { result, cpuPerGib } = await withCpu(
          broker,
          recordBytes * recordCount,
          () =>
            producerPerformance(context.kafka, broker, { topic, recordCount, recordBytes, acks }),
        );
        await broker.deleteTopic(topic);
        if (!counts) return;
        const throughput = { name, unit: "MB/s", target: AT_LEAST_KAFKA };
        results.record(throughput, broker.name, result.megabytesPerSecond);
        const cpu = { name: `${name}: CPU`, unit: "s/GiB", digits: 2 };
        results.record(cpu, broker.name, cpuPerGib);
      });
    }
  });
  return results;
};
