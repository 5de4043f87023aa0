/**
 * The uniform assignor where members are subscribed to different topics: each topic's subscribers are
 * brought to within one partition of each other, counting all that they have, and members keep what
 * they have as far as that allows.
 *
 * Results are those of Kafka 4.3.1, which looks at no racks. Only moves of a single partition are
 * sought: a chain of moves over several topics could sometimes balance a group better.
 */
import type { AssignmentSpec, GroupAssignment } from "./assignor.ts";
import { compareUuids } from "./hash_order.ts";
import { type Member, membersInOrder, NOBODY, type Owners, presentOwners } from "./ownership.ts";

/**
 * Each round over all topics about halves what is out of balance. One is enough where the
 * subscribers of a topic have the same subscriptions.
 */
const BALANCE_ROUNDS_MAX = 16;

interface Topic {
  readonly topicId: string;
  readonly owners: Owners;
  /** Indices of members, ascending; at least one. */
  readonly subscribers: readonly number[];
}

export function assignHeterogeneous(spec: AssignmentSpec): GroupAssignment {
  const members = membersInOrder(spec);
  const topics = topicsInOrder(spec, members);
  const load = new Int32Array(members.length);
  for (const { owners } of topics) {
    for (const owner of owners) if (owner !== NOBODY) load[owner]++;
  }
  for (const topic of topics) assignFree(topic, load);
  balance(topics.filter(({ subscribers }) => subscribers.length > 1), load);
  return assignmentOf(members, topics);
}

/** The topics with the most partitions for each subscriber first, since these leave least choice. */
function topicsInOrder(spec: AssignmentSpec, members: readonly Member[]): Topic[] {
  const subscribers = new Map<string, number[]>();
  members.forEach(({ subscribedTopicIds }, member) => {
    for (const topicId of subscribedTopicIds) {
      const ofTopic = subscribers.get(topicId);
      if (ofTopic !== undefined) ofTopic.push(member);
      else subscribers.set(topicId, [member]);
    }
  });
  const owners = presentOwners(spec, members, subscribers.keys());
  const share = (topic: Topic) => topic.owners.length / topic.subscribers.length;
  return [...owners]
    .map(([topicId, owners]) => ({ topicId, owners, subscribers: subscribers.get(topicId)! }))
    .sort((a, b) =>
      share(b) - share(a) || a.subscribers.length - b.subscribers.length ||
      compareUuids(a.topicId, b.topicId)
    );
}

/** Gives each partition without an owner to the subscriber with the least load. */
function assignFree({ owners, subscribers }: Topic, load: Int32Array): void {
  const takers = leastLoaded(byLoad(subscribers, load), load);
  owners.forEach((owner, partition) => {
    if (owner !== NOBODY) return;
    const taker = takers.next().value.member;
    owners[partition] = taker;
    load[taker]++;
  });
}

/** Balances topic after topic, until a whole round has changed none of them. */
function balance(topics: readonly Topic[], load: Int32Array): void {
  for (let round = 0; round < BALANCE_ROUNDS_MAX; round++) {
    let changed = false;
    for (const topic of topics) if (balanceTopic(topic, load)) changed = true;
    if (!changed) return;
  }
}

/** Moves partitions from subscribers with the most load to those with the least. Tells if any did. */
function balanceTopic({ owners, subscribers }: Topic, load: Int32Array): boolean {
  const sorted = byLoad(subscribers, load);
  if (load[sorted[sorted.length - 1]] - load[sorted[0]] <= 1) return false;

  const partitionsOf = new Map<number, number[]>();
  owners.forEach((owner, partition) => {
    const own = partitionsOf.get(owner);
    if (own !== undefined) own.push(partition);
    else partitionsOf.set(owner, [partition]);
  });
  const mayGive = (member: number) => (partitionsOf.get(member)?.length ?? 0) > 0;

  const takers = leastLoaded(sorted, load);
  let moved = false;
  for (const giver of mostLoaded(sorted, load, mayGive)) {
    const taker = takers.next().value;
    if (giver.level - taker.level <= 1) break;
    owners[partitionsOf.get(giver.member)!.pop()!] = taker.member;
    load[giver.member]--;
    load[taker.member]++;
    moved = true;
  }
  return moved;
}

/** In ascending order of load; ties keep the order of the members. */
function byLoad(subscribers: readonly number[], load: Int32Array): number[] {
  return [...subscribers].sort((a, b) => load[a] - load[b] || a - b);
}

/** A member, and the load that all before it in its turn have had. */
interface Turn {
  readonly member: number;
  readonly level: number;
}

/**
 * Whose turn it is to get a partition, on and on. The load rises as water does: those at the lowest
 * level get one each, then whoever is at the level that they have reached joins them.
 */
function* leastLoaded(sorted: readonly number[], load: Int32Array): Generator<Turn, never> {
  let end = 0;
  for (let level = load[sorted[0]];; level++) {
    while (end < sorted.length && load[sorted[end]] === level) end++;
    for (let i = 0; i < end; i++) yield { member: sorted[i], level };
  }
}

/**
 * Whose turn it is to give up a partition: the same from the other end. Members without any to give
 * are moved behind the range, in `sorted` itself.
 */
function* mostLoaded(
  sorted: number[],
  load: Int32Array,
  mayGive: (member: number) => boolean,
): Generator<Turn, void> {
  let start = sorted.length;
  let end = sorted.length;
  let level = load[sorted[end - 1]];
  for (;;) {
    while (start > 0 && load[sorted[start - 1]] === level) start--;
    for (let i = end - 1; i >= start; i--) {
      const member = sorted[i];
      if (mayGive(member)) {
        yield { member, level };
      } else {
        end--;
        sorted[i] = sorted[end];
        sorted[end] = member;
      }
    }
    if (end === 0) return;
    level = end > start ? level - 1 : load[sorted[start - 1]];
  }
}

function assignmentOf(members: readonly Member[], topics: readonly Topic[]): GroupAssignment {
  const assignments = members.map(() => new Map<string, Set<number>>());
  for (const { topicId, owners } of topics) {
    owners.forEach((owner, partition) => {
      const partitions = assignments[owner].get(topicId);
      if (partitions !== undefined) partitions.add(partition);
      else assignments[owner].set(topicId, new Set([partition]));
    });
  }
  return new Map(members.map(({ memberId }, i) => [memberId, assignments[i]]));
}
