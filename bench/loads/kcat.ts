/** kcat, a command-line consumer on librdkafka: reads a partition from its beginning to its end. */
import type { Broker } from "../brokers/broker.ts";
import { lastMatch, run } from "../programs.ts";

/** Reads everything, writing nothing. Returns how long it took, in milliseconds. */
export async function kcatConsume(broker: Broker, topic: string): Promise<number> {
  const begin = performance.now();
  await run([
    "sh",
    "-c",
    'exec kcat -C -b "$0" -t "$1" -p 0 -o beginning -e -q >/dev/null',
    broker.address,
    topic,
  ]);
  return performance.now() - begin;
}

export async function kcatVersion(): Promise<string> {
  const text = await run(["kcat", "-V"]);
  return lastMatch("kcat", text, /Version ([\d.]+) \(.*librdkafka ([\d.]+)/g).slice(1)
    .join(" with librdkafka ");
}
