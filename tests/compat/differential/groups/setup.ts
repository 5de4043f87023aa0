/** What group conversations need of a broker before they begin. */
import { FindCoordinator } from "../../../../protocol/messages/10_find_coordinator.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import { pause } from "../conversation.ts";
import type { Target } from "../target.ts";
import { createTopic } from "../topics_setup.ts";
import { OFFSETS_PARTITIONS } from "./node_configs.ts";

/** Topics that all conversations may name, but none may change. */
export const TOPIC_A = "groups-a";
export const TOPIC_B = "groups-b";
export const TOPICS: Readonly<Record<string, number>> = { [TOPIC_A]: 4, [TOPIC_B]: 2 };

const ATTEMPTS_MAX = 500;
const PAUSE_MS = 20;

const GROUP = 0;

/**
 * Group ids that only differ in a last digit, as many as there are partitions: Java's hashes of
 * them follow each other, so that every coordinator has one.
 */
function onePerCoordinator(name: string): string[] {
  return Array.from({ length: OFFSETS_PARTITIONS }, (_, i) => `${name}-${i}`);
}

/** Tries something until it holds. Throws where it never does. */
async function until(what: string, target: Target, holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (await holds()) return;
    await pause(PAUSE_MS);
  }
  throw new Error(`${target.name}: ${what}`);
}

/** Makes the topics of all conversations. */
export async function makeTopics(target: Target): Promise<void> {
  for (const [name, partitions] of Object.entries(TOPICS)) {
    await createTopic(target, name, { partitions });
  }
}

/** The ids of these topics, by name. */
export async function topicIds(target: Target): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const name of Object.keys(TOPICS)) ids.set(name, await target.topicId(name));
  return ids;
}

/** Waits until the broker coordinates groups: asking for it makes the topic that it needs. */
export async function untilCoordinating(target: Target): Promise<void> {
  const coordinatorKeys = onePerCoordinator("warm");
  await until("no coordinator is found", target, async () => {
    const { coordinators } = await target.get(FindCoordinator, 6, {
      keyType: GROUP,
      coordinatorKeys,
    });
    return coordinators.every(({ errorCode }) => errorCode === 0);
  });
  await until("coordinators do not answer", target, async () => {
    const { groups } = await target.get(DescribeGroups, 0, { groups: coordinatorKeys });
    return groups.every(({ errorCode }) => errorCode === 0);
  });
}

/**
 * Waits until every coordinator knows topics as they are now; it hears of them a moment after the
 * broker leads their partitions. Zero partitions are those of a topic that has been deleted.
 */
export async function untilCoordinatorsKnow(
  target: Target,
  partitions: Readonly<Record<string, number>>,
): Promise<void> {
  const wanted = Object.values(partitions).reduce((sum, count) => sum + count, 0);
  const member = { memberId: "probe", subscribedTopicNames: Object.keys(partitions) };
  for (const groupId of onePerCoordinator(`probe-${Date.now().toString(36)}`)) {
    await until("coordinators do not know the topics", target, async () => {
      const { assignment } = await target.get(ConsumerGroupHeartbeat, 1, {
        groupId,
        ...member,
        memberEpoch: 0,
        rebalanceTimeoutMs: 10_000,
        serverAssignor: "range",
        topicPartitions: [],
      });
      const assigned = assignment?.topicPartitions.flatMap(({ partitions }) => partitions) ?? [];
      return assigned.length === wanted;
    });
    await target.get(ConsumerGroupHeartbeat, 1, { groupId, ...member, memberEpoch: -1 });
  }
}
