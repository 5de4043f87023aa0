/** Groups for tests of assignors: topics by name instead of by id, drawn at random, and checked. */
import { assert, assertEquals } from "../../../../../lib/assert.ts";
import { fc } from "../../../../../lib/fast_check.ts";
import type { AssignmentSpec, GroupAssignment, MemberAssignment, MemberSpec } from "../assignor.ts";

/** Partitions by topic name. */
export type Partitions = Readonly<Record<string, readonly number[]>>;

export interface TestMember {
  readonly topics: readonly string[];
  readonly assigned?: Partitions;
  readonly instanceId?: string;
}

/** A uuid that begins with the topic's name. */
export function topicId(name: string): string {
  return name.padEnd(22, "A");
}

function topicName(id: string): string {
  return id.replace(/A+$/, "");
}

/** A group over topics with these numbers of partitions. */
export function groupOf(
  topics: Readonly<Record<string, number>>,
  members: Readonly<Record<string, TestMember>>,
): AssignmentSpec {
  const entries = Object.entries(members);
  const subscriptions = new Set(entries.map(([, { topics }]) => topics.toSorted().join()));
  return {
    members: new Map(entries.map(([memberId, member]) => [memberId, memberSpec(member)])),
    topics: { partitionCount: (id) => topics[topicName(id)] ?? -1 },
    subscription: subscriptions.size > 1 ? "heterogeneous" : "homogeneous",
  };
}

function memberSpec({ topics, assigned = {}, instanceId }: TestMember): MemberSpec {
  return {
    instanceId: instanceId ?? null,
    subscribedTopicIds: new Set(topics.map(topicId)),
    assigned: new Map(
      Object.entries(assigned).map(([name, partitions]) => [topicId(name), new Set(partitions)]),
    ),
  };
}

/** The assignment in the notation of `groupOf`; topics and partitions in order. */
export function namesOf(assignment: GroupAssignment): Record<string, Partitions> {
  const partitionsOf = (member: MemberAssignment): Partitions =>
    Object.fromEntries(
      [...member.keys()].sort().map((id) => [
        topicName(id),
        [...member.get(id)!].sort((a, b) => a - b),
      ]),
    );
  return Object.fromEntries([...assignment].map(([id, member]) => [id, partitionsOf(member)]));
}

/** The number of partitions of all topics. */
export function sizeOf(assignment: MemberAssignment): number {
  return [...assignment.values()].reduce((sum, partitions) => sum + partitions.size, 0);
}

/** How many partitions are the member's before and after. */
export function keptOf(before: MemberAssignment, after: MemberAssignment): number {
  return [...before].reduce(
    (sum, [id, partitions]) => sum + partitions.intersection(after.get(id) ?? new Set()).size,
    0,
  );
}

/** The same group with another target as its present one. */
export function withTarget(spec: AssignmentSpec, target: GroupAssignment): AssignmentSpec {
  const members = [...spec.members].map(([memberId, member]): [string, MemberSpec] => [
    memberId,
    { ...member, assigned: target.get(memberId)! },
  ]);
  return { ...spec, members: new Map(members) };
}

/**
 * Asserts that every member has its place in the assignment, that every partition with a subscriber
 * is assigned once, and none to somebody who is not subscribed.
 */
export function assertComplete(spec: AssignmentSpec, assignment: GroupAssignment): void {
  assertEquals(new Set(assignment.keys()), new Set(spec.members.keys()));
  const subscribed = new Set<string>();
  for (const { subscribedTopicIds } of spec.members.values()) {
    for (const id of subscribedTopicIds) subscribed.add(id);
  }
  const assigned: string[] = [];
  for (const [memberId, member] of assignment) {
    for (const [id, partitions] of member) {
      assert(spec.members.get(memberId)!.subscribedTopicIds.has(id), "is subscribed");
      assert(partitions.size > 0, "a topic without partitions is left out");
      for (const partition of partitions) assigned.push(`${id}-${partition}`);
    }
  }
  const expected = [...subscribed].flatMap((id) =>
    Array.from({ length: spec.topics.partitionCount(id) }, (_, p) => `${id}-${p}`)
  );
  assertEquals(assigned.sort(), expected.sort());
}

const TOPIC_NAMES = ["a", "b", "c", "d", "e"];

/** Topics of the present target that are gone. */
const GONE = "gone";

/**
 * Groups with up to 7 members and 5 topics, in any state: partitions without owner, owned by members
 * that are no longer subscribed, all with one member, or of topics that are gone.
 */
export function anyGroup(subscription: "homogeneous" | "any"): fc.Arbitrary<AssignmentSpec> {
  const counts = fc.array(fc.nat(9), { minLength: TOPIC_NAMES.length, maxLength: 5 });
  const owners = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 6 })), {
    minLength: 50,
    maxLength: 50,
  });
  const topics = fc.subarray(TOPIC_NAMES);
  const members = fc.array(topics, { minLength: 1, maxLength: 7 });
  return fc.tuple(counts, members, owners, fc.boolean()).map(([counts, members, owners, gone]) => {
    const assigned = members.map((): Record<string, number[]> => gone ? { [GONE]: [0] } : {});
    owners.forEach((owner, i) => {
      const topic = i % TOPIC_NAMES.length;
      const partition = Math.floor(i / TOPIC_NAMES.length);
      if (partition < counts[topic] && owner >= 0 && owner < members.length) {
        (assigned[owner][TOPIC_NAMES[topic]] ??= []).push(partition);
      }
    });
    return groupOf(
      Object.fromEntries(TOPIC_NAMES.map((name, i) => [name, counts[i]])),
      Object.fromEntries(members.map((topics, i) => [
        `m${i}`,
        { topics: subscription === "homogeneous" ? members[0] : topics, assigned: assigned[i] },
      ])),
    );
  });
}
