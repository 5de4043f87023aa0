/** Kafka's own producer benchmark, `kafka-producer-perf-test.sh`: its default batch size and linger. */
import type { Broker } from "../brokers/broker.ts";
import type { Kafka } from "../brokers/kafka.ts";
import { lastMatch } from "../programs.ts";

export interface ProducerLoad {
  readonly topic: string;
  readonly recordCount: number;
  readonly recordBytes: number;
  readonly acks: "1" | "all";
  /** Records per second; absent: as many as go through. */
  readonly recordsPerSecond?: number;
  /** So many first records do not count. */
  readonly warmupRecords?: number;
}

/** What the tool says of the records that count. Latencies are in milliseconds. */
export interface ProducerResult {
  readonly megabytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

const SUMMARY =
  /records sent, [\d.]+ records\/sec \(([\d.]+) MB\/sec\), .*?(\d+) ms 50th, .*?(\d+) ms 99th, (\d+) ms 99\.9th/g;

const MIB = 1024 * 1024;
const MB = 1_000_000;

/** Throws `ProgramError` where the tool fails. */
export async function producerPerformance(
  kafka: Kafka,
  broker: Broker,
  load: ProducerLoad,
): Promise<ProducerResult> {
  const { topic, recordCount, recordBytes, acks, recordsPerSecond = -1, warmupRecords = 0 } = load;
  const output = await kafka.tool("ProducerPerformance", [
    "--bootstrap-server",
    broker.address,
    "--topic",
    topic,
    "--num-records",
    String(recordCount),
    "--record-size",
    String(recordBytes),
    "--throughput",
    String(recordsPerSecond),
    "--command-property",
    `acks=${acks}`,
    ...warmupRecords > 0 ? ["--warmup-records", String(warmupRecords)] : [],
  ]);
  const [, mebibytes, p50, p99, p999] = lastMatch("ProducerPerformance", output, SUMMARY);
  return {
    // The tool divides by 2^20 and calls it MB.
    megabytesPerSecond: Number(mebibytes) * MIB / MB,
    p50Ms: Number(p50),
    p99Ms: Number(p99),
    p999Ms: Number(p999),
  };
}
