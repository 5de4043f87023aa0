/** A part of the benchmark beside Kafka: what it gets, and rounds in which the brokers take turns. */
import { joinPath } from "../../lib/files.ts";
import { Broker, type BrokerKind } from "../brokers/broker.ts";
import type { Kafka } from "../brokers/kafka.ts";
import { cpuSeconds } from "../brokers/process_use.ts";
import type { Results } from "../results.ts";

export interface PartContext {
  /** What is measured, in the order in which they take turns. */
  readonly brokers: readonly BrokerKind[];
  /** Kafka's tools. */
  readonly kafka: Kafka;
  readonly rounds: number;
  /** An empty folder, removed afterwards. */
  readonly folder: string;
}

export type Part = (context: PartContext) => Promise<Results>;

export const MB = 1_000_000;
export const GIB = 1024 ** 3;

/** A fresh, prepared folder for a broker. */
export async function preparedFolder(context: PartContext, kind: BrokerKind): Promise<string> {
  const folder = joinPath(context.folder, kind.name);
  await Deno.mkdir(folder);
  await kind.prepare(folder);
  return folder;
}

/** Runs something while every broker runs in a folder of its own; stops and removes them after. */
export async function withBrokers(
  context: PartContext,
  use: (brokers: readonly Broker[]) => Promise<void>,
): Promise<void> {
  const running: Broker[] = [];
  try {
    for (const kind of context.brokers) {
      running.push(await Broker.start(kind, await preparedFolder(context, kind)));
    }
    await use(running);
  } finally {
    for (const broker of running) await broker.stop();
  }
}

/**
 * Gives every broker its turn in every round. Each round begins with another broker, so that none
 * always comes after the same. Round 0 is to warm up: what it measures does not count.
 */
export async function inRounds<B>(
  rounds: number,
  brokers: readonly B[],
  turn: (broker: B, round: number, counts: boolean) => Promise<void>,
): Promise<void> {
  for (let round = 0; round <= rounds; round++) {
    for (let i = 0; i < brokers.length; i++) {
      await turn(brokers[(i + round) % brokers.length], round, round > 0);
    }
  }
}

/** Runs a load. Returns its result and the broker's CPU seconds per GiB of `bytes`. */
export async function withCpu<T>(
  broker: Broker,
  bytes: number,
  load: () => Promise<T>,
): Promise<{ result: T; cpuPerGib: number }> {
  const before = cpuSeconds(broker.pid);
  const result = await load();
  return { result, cpuPerGib: (cpuSeconds(broker.pid) - before) / (bytes / GIB) };
}
