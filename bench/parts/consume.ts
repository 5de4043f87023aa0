/** How fast librdkafka's consumers read a partition, and what it costs the broker. */
import { kcatConsume } from "../loads/kcat.ts";
import { producerPerformance } from "../loads/producer_performance.ts";
import { rdkafkaConsume, requireRdkafka } from "../loads/rdkafka.ts";
import { type Figure, Results } from "../results.ts";
import { inRounds, MB, type Part, withBrokers, withCpu } from "./part.ts";

const LOADS = [
  { recordBytes: 1024, recordCount: 1_000_000 },
  { recordBytes: 100, recordCount: 5_000_000 },
] as const;

const throughput = (name: string): Figure => ({ name, unit: "MB/s" });
const cpu = (name: string): Figure => ({ name: `${name}: CPU`, unit: "s/GiB", digits: 2 });

export const consume: Part = async (context) => {
  await requireRdkafka();
  const results = new Results(
    "Consume",
    "One consumer of one partition, from the beginning; the log lies in the page cache. " +
      "CPU is the broker's. kcat starts, reads and ends within its time.",
  );
  await withBrokers(context, async (brokers) => {
    for (const [i, { recordBytes, recordCount }] of LOADS.entries()) {
      const topic = `consume-${i}`;
      const bytes = recordBytes * recordCount;
      for (const broker of brokers) {
        await broker.createTopic(topic);
        const load = { topic, recordCount, recordBytes, acks: "1" } as const;
        await producerPerformance(context.kafka, broker, load);
      }
      await inRounds(context.rounds, brokers, async (broker, _round, counts) => {
        const rdkafka = await withCpu(
          broker,
          bytes,
          () => rdkafkaConsume(broker, topic, recordCount),
        );
        const kcat = await withCpu(broker, bytes, () => kcatConsume(broker, topic));
        if (!counts) return;
        const name = (program: string) => `${recordBytes} B, ${program}`;
        results.record(throughput(name("rdkafka_performance")), broker.name, rdkafka.result);
        results.record(cpu(name("rdkafka_performance")), broker.name, rdkafka.cpuPerGib);
        const kcatRate = bytes / MB / (kcat.result / 1000);
        results.record(throughput(name("kcat")), broker.name, kcatRate);
        results.record(cpu(name("kcat")), broker.name, kcat.cpuPerGib);
      });
      for (const broker of brokers) await broker.deleteTopic(topic);
    }
  });
  return results;
};
