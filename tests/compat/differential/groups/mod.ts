/** Questions about groups, each a conversation; the sets in which they are asked. */
import { type Conversation, hold } from "../conversation.ts";
import type { Target } from "../target.ts";
import { deleteTopics } from "../topics_setup.ts";
import { CLASSIC_ADMIN } from "./classic_admin.ts";
import { CLASSIC_JOIN } from "./classic_join.ts";
import { CLASSIC_ROUNDS } from "./classic_rounds.ts";
import { CLASSIC_STATIC } from "./classic_static.ts";
import { CONSUMER_JOIN } from "./consumer_join.ts";
import { CONSUMER_OFFSETS } from "./consumer_offsets.ts";
import { CONSUMER_REGEX } from "./consumer_regex.ts";
import { CONSUMER_ROUNDS } from "./consumer_rounds.ts";
import { CONSUMER_STATIC } from "./consumer_static.ts";
import { GROUP_CONFIGS } from "./group_configs.ts";
import { MIGRATIONS } from "./migrations.ts";
import { OFFSET_COMMITS } from "./offset_commits.ts";
import { OFFSET_FETCHES } from "./offset_fetches.ts";
import { GROUP_RANDOM } from "./random.ts";
import { TIMEOUTS } from "./timeouts.ts";
import { makeTopics, TOPICS, untilCoordinating, untilCoordinatorsKnow } from "./setup.ts";

async function holdWithTopics(
  target: Target,
  conversations: readonly Conversation[],
  ready = () => Promise.resolve(),
): Promise<void> {
  await untilCoordinating(target);
  await makeTopics(target);
  await ready();
  try {
    await hold(target, conversations);
  } finally {
    await deleteTopics(target, Object.keys(TOPICS));
  }
}

/** The classic protocol: APIs 10 to 16 and 42. */
export function askClassicGroups(target: Target): Promise<void> {
  return holdWithTopics(target, [
    ...CLASSIC_JOIN,
    ...CLASSIC_ROUNDS,
    ...CLASSIC_STATIC,
    ...CLASSIC_ADMIN,
  ]);
}

/** Committed offsets: APIs 8, 9 and 47. */
export function askOffsetsOfGroups(target: Target): Promise<void> {
  return holdWithTopics(target, [...OFFSET_COMMITS, ...OFFSET_FETCHES]);
}

/** Consumer groups: APIs 68 and 69, and the others' with groups of that kind. */
export function askConsumerGroups(target: Target): Promise<void> {
  return holdWithTopics(
    target,
    [
      ...CONSUMER_JOIN,
      ...CONSUMER_ROUNDS,
      ...CONSUMER_REGEX,
      ...CONSUMER_STATIC,
      ...CONSUMER_OFFSETS,
      ...MIGRATIONS,
      ...GROUP_CONFIGS,
    ],
    () => untilCoordinatorsKnow(target, TOPICS),
  );
}

/** Members that fall silent, in both protocols: all of these wait at the same time. */
export function askGroupTimeouts(target: Target): Promise<void> {
  return holdWithTopics(target, TIMEOUTS, () => untilCoordinatorsKnow(target, TOPICS));
}

/** Requests about groups drawn at random. */
export function askRandomGroups(target: Target): Promise<void> {
  return holdWithTopics(target, GROUP_RANDOM, () => untilCoordinatorsKnow(target, TOPICS));
}
