/** What goes on while a topic is compacted: a producer at a steady rate, and a consumer behind it. */
import type { ClusterClient } from "../../client/cluster.ts";
import { fetchRecords } from "../../client/reader.ts";
import { Produce } from "../../protocol/messages/00_produce.ts";
import { buildBatch } from "../../protocol/records/builder.ts";

const ACKS_LEADER = 1;
const TIMEOUT_MS = 30_000;

export async function produceBatch(
  client: ClusterClient,
  topic: string,
  records: Uint8Array,
): Promise<void> {
  const { topicId } = await client.topic(topic);
  const { responses } = await client.askLeader(topic, 0, Produce, {
    acks: ACKS_LEADER,
    timeoutMs: TIMEOUT_MS,
    topicData: [{ name: topic, topicId, partitionData: [{ index: 0, records }] }],
  });
  const { errorCode } = responses[0].partitionResponses[0];
  if (errorCode !== 0) throw new Error(`${topic} is not written: error ${errorCode}`);
}

/** Batches of 16 KiB, so many in a second. */
const BATCH_BYTES = 16 * 1024;
const BATCHES_PER_SECOND = 100;

/** Writes and reads until `stop` is called, which waits for the end. */
export function steadyLoad(
  producer: ClusterClient,
  consumer: ClusterClient,
  topic: string,
): { stop(): Promise<void> } {
  let isOn = true;
  const write = async () => {
    const begin = performance.now();
    for (let i = 1; isOn; i++) {
      const value = new Uint8Array(BATCH_BYTES);
      await produceBatch(producer, topic, buildBatch([{ timestamp: Date.now(), value }]));
      const dueMs = begin + i * 1000 / BATCHES_PER_SECOND - performance.now();
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
    }
  };
  const read = async () => {
    for (let offset = 0; isOn;) {
      offset = (await fetchRecords(consumer, topic, 0, offset)).nextOffset;
    }
  };
  const done = Promise.all([write(), read()]);
  return {
    async stop() {
      isOn = false;
      await done;
    },
  };
}
