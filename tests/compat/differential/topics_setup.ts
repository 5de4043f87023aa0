/** Topics that questions are asked about. */
import { ListOffsets } from "../../../protocol/messages/02_list_offsets.ts";
import { CreateTopics } from "../../../protocol/messages/19_create_topics.ts";
import { Produce } from "../../../protocol/messages/00_produce.ts";
import { DeleteTopics } from "../../../protocol/messages/20_delete_topics.ts";
import type { Target } from "./target.ts";

/** How often a broker is asked whether it leads a new partition before that is an error. */
const READY_ATTEMPTS_MAX = 200;
const READY_PAUSE_MS = 25;
/** How far apart batches are written. */
const APART_MS = 3;

/** Creates a topic and waits until the broker leads all its partitions. */
export async function createTopic(
  target: Target,
  name: string,
  { partitions = 1, configs = {} as Record<string, string> } = {},
): Promise<void> {
  const answer = await target.get(CreateTopics, 7, {
    topics: [{
      name,
      numPartitions: partitions,
      replicationFactor: 1,
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    }],
  });
  const { errorCode, errorMessage } = answer.topics[0];
  if (errorCode !== 0) throw new Error(`${target.name}: creating ${name}: ${errorMessage}`);
  await untilLed(target, name, partitions);
}

async function untilLed(target: Target, name: string, partitions: number): Promise<void> {
  const topics = [{
    name,
    partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1,
    })),
  }];
  for (let attempt = 0; attempt < READY_ATTEMPTS_MAX; attempt++) {
    const answer = await target.get(ListOffsets, 7, { replicaId: -1, topics });
    if (answer.topics[0].partitions.every(({ errorCode }) => errorCode === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, READY_PAUSE_MS));
  }
  throw new Error(`${target.name}: ${name} has no leader`);
}

/**
 * Writes batches into a partition, each in a request of its own, and each in a millisecond of its
 * own, so that a time finds the same batch in both brokers. Throws where one is refused.
 */
export async function fill(
  target: Target,
  name: string,
  index: number,
  batches: readonly Uint8Array[],
): Promise<void> {
  for (const records of batches) {
    const answer = await target.get(Produce, 9, {
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name, partitionData: [{ index, records }] }],
    });
    const { errorCode } = answer.responses[0].partitionResponses[0];
    if (errorCode !== 0) throw new Error(`${target.name}: filling ${name}: error ${errorCode}`);
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
  }
}

/** Deletes topics, whether they exist or not. */
export async function deleteTopics(target: Target, topicNames: string[]): Promise<void> {
  await target.get(DeleteTopics, 5, { topicNames, timeoutMs: 10_000 });
}
