/** What holds for a consumer group at any time, whatever happened to it. */
import { assert, assertEquals } from "../../lib/assert.ts";
import { ConsumerGroup } from "../group/consumer/consumer_group.ts";
import type { ConsumerMember } from "../group/consumer/member.ts";
import type { Group } from "../group/group.ts";
import { GROUP_ID, type TestConsumerGroups } from "./test_consumer_groups.ts";

/** An application's consumer, of either protocol. */
export interface Worker {
  readonly alive: boolean;
  readonly memberId: string;
  /** The partitions that it works on, by topic id. */
  readonly owned: ReadonlyMap<string, ReadonlySet<number>>;
  wantsTopic(name: string): boolean;
}

/** Checks after every event. Remembers how far epochs were while the group was a consumer group. */
export class ConsumerInvariants {
  private epochs = { group: 0, assignment: 0 };
  private memberEpochs = new Map<string, number>();

  check(test: TestConsumerGroups, consumers: readonly Worker[]): void {
    const group = test.store.find(GROUP_ID);
    checkOwners(group, consumers);
    if (!(group instanceof ConsumerGroup)) {
      this.epochs = { group: 0, assignment: 0 };
      this.memberEpochs.clear();
      return;
    }
    checkAssignments(group);
    this.checkEpochs(group);
  }

  private checkEpochs(group: ConsumerGroup): void {
    const { groupEpoch, assignmentEpoch } = group;
    assert(groupEpoch >= this.epochs.group, "the group epoch went back");
    assert(assignmentEpoch >= this.epochs.assignment, "the assignment epoch went back");
    assert(assignmentEpoch <= groupEpoch, "an assignment for an epoch to come");
    this.epochs = { group: groupEpoch, assignment: assignmentEpoch };
    const now = new Map<string, number>();
    for (const { memberId, memberEpoch } of group.members.values()) {
      assert(memberEpoch <= assignmentEpoch, "a member beyond the assignment");
      const before = this.memberEpochs.get(memberId) ?? 0;
      const isAway = before < 0 || memberEpoch === -2;
      assert(isAway || memberEpoch >= before, "a member's epoch went back");
      now.set(memberId, memberEpoch);
    }
    this.memberEpochs = now;
  }
}

const keyOf = (topicId: string, partition: number) => `${topicId}/${partition}`;

/** No partition is worked on by two consumers that are members. */
function checkOwners(group: Group | undefined, consumers: readonly Worker[]): void {
  const owners = new Map<string, string>();
  for (const consumer of consumers) {
    if (group?.hasMember(consumer.memberId) !== true) continue;
    for (const [topicId, partitions] of consumer.owned) {
      for (const partition of partitions) {
        const key = keyOf(topicId, partition);
        assert(!owners.has(key), `${key} is owned by ${owners.get(key)} and ${consumer.memberId}`);
        owners.set(key, consumer.memberId);
      }
    }
  }
}

/** The same in the group's own state, where partitions that are to be given up count as well. */
function checkAssignments(group: ConsumerGroup): void {
  const held = new Set<string>();
  for (const { assigned, pendingRevocation } of group.members.values()) {
    for (const assignment of [assigned, pendingRevocation]) {
      for (const [topicId, epochs] of assignment) {
        for (const partition of epochs.keys()) {
          const key = keyOf(topicId, partition);
          assert(!held.has(key), `${key} is assigned twice`);
          held.add(key);
        }
      }
    }
  }
}

/** Everything of a group that records bring, in an order that does not depend on theirs. */
export function stateOf(test: TestConsumerGroups): unknown {
  if (test.store.find(GROUP_ID) === undefined) return null;
  const group = test.group();
  const byId = (a: { memberId: string }, b: { memberId: string }) =>
    a.memberId < b.memberId ? -1 : 1;
  const { subscriptions } = group;
  return {
    epochs: [group.groupEpoch, group.assignmentEpoch, group.assignmentTimestamp],
    metadataHash: group.metadataHash,
    members: [...group.members.values()].sort(byId).map(plain),
    targets: [...group.members.keys()].sort().map((id) => group.targetOf(id)),
    topics: [...subscriptions.topicNames].sort(),
    patterns: new Map(subscriptions.resolvedPatterns),
    subscription: subscriptions.type(group.memberCount),
    statics: [...group.members.values()].sort(byId).map(({ instanceId }) =>
      instanceId === null ? null : group.staticMember(instanceId)?.memberId
    ),
    described: group.state,
  };
}

/** A member that is read from a record has fields of it that one that was just decided has not. */
function plain(member: ConsumerMember): unknown {
  const { classic } = member;
  if (classic === null) return member;
  const protocols = classic.supportedProtocols.map(({ name, metadata }) => ({ name, metadata }));
  return { ...member, classic: { sessionTimeoutMs: classic.sessionTimeoutMs, protocols } };
}

/** Every partition of every topic that somebody wants is worked on by one who wants it. */
export function checkComplete(
  test: TestConsumerGroups,
  consumers: readonly Worker[],
): void {
  const alive = consumers.filter((consumer) => consumer.alive);
  for (const name of test.topicNames()) {
    const wanting = alive.filter((consumer) => consumer.wantsTopic(name));
    const owned = wanting.flatMap((consumer) => [...consumer.owned.get(test.topicId(name)) ?? []]);
    const all = Array.from({ length: test.partitionCount(name) }, (_, p) => p);
    assertEquals(owned.sort((a, b) => a - b), wanting.length === 0 ? [] : all, name);
  }
  const known = new Set(test.topicNames().map((name) => test.topicId(name)));
  for (const { owned } of alive) {
    for (const topicId of owned.keys()) assert(known.has(topicId), "a topic that is gone is owned");
  }
}
