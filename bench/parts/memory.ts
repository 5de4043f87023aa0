/** What a broker holds in memory: at rest, and after it has moved a gigabyte in and out. */
import type { Broker } from "../brokers/broker.ts";
import { memoryUse } from "../brokers/process_use.ts";
import { kcatConsume } from "../loads/kcat.ts";
import { producerPerformance } from "../loads/producer_performance.ts";
import { atMostOfKafka, Results } from "../results.ts";
import { type Part, withBrokers } from "./part.ts";

/** How long a broker is left alone before it counts as at rest, in milliseconds. */
const REST_MS = 5_000;

const RECORD_BYTES = 1024;
const RECORD_COUNT = 1_000_000;
const TOPIC = "memory";

const MIB = 1024 * 1024;

export const memory: Part = async (context) => {
  const results = new Results(
    "Memory",
    `Resident memory: ${REST_MS / 1000} s after the start, and after ${RECORD_COUNT} records of ` +
      `${RECORD_BYTES} B went in by ProducerPerformance and out by kcat. Kafka has the heap of its ` +
      "own start script (1 GiB).",
  );
  const third = atMostOfKafka(1 / 3, "under a third of Kafka's");
  const record = (broker: Broker, name: string, bytes: number) => {
    const figure = { name, unit: "MiB", digits: 0, target: third };
    results.record(figure, broker.name, bytes / MIB);
  };
  await withBrokers(context, async (brokers) => {
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    for (const broker of brokers) {
      record(broker, "at rest (VmRSS)", memoryUse(broker.pid).residentBytes);
    }
    for (const broker of brokers) {
      await broker.createTopic(TOPIC);
      const load = { topic: TOPIC, recordCount: RECORD_COUNT, recordBytes: RECORD_BYTES } as const;
      await producerPerformance(context.kafka, broker, { ...load, acks: "1" });
      await kcatConsume(broker, TOPIC);
      const { residentBytes, residentBytesMax } = memoryUse(broker.pid);
      record(broker, "after 1 GB in and out (VmRSS)", residentBytes);
      record(broker, "the most ever (VmHWM)", residentBytesMax);
    }
  });
  return results;
};
