/** What must hold of a classic group after every step, whatever happened. */
import { assert, assertEquals } from "../../../../lib/assert.ts";
import { ErrorCode } from "../../../../protocol/errors.ts";
import type { GroupRecord } from "../../../../protocol/group_records/mod.ts";
import type { JoinGroupResponse } from "../../../../protocol/messages/11_join_group.ts";
import type { SyncGroupResponse } from "../../../../protocol/messages/14_sync_group.ts";
import { ClassicGroup } from "../classic_group.ts";
import { groupRecordAsIs } from "../group_record.ts";
import type { ModelledGroup } from "./modelled_group.ts";
import { GROUP, text } from "./test_classic_groups.ts";

function lastRecordedGeneration(records: readonly GroupRecord[]): number {
  const last = records.findLast(({ type }) => type === "GroupMetadata");
  return last?.type === "GroupMetadata" ? last.value?.generation ?? 0 : 0;
}

/** What was told to clients so far, and so may not be taken back. */
export class Observations {
  /** The generation that a member was last told, by member id. */
  readonly toldGenerations = new Map<string, number>();
  /** Who was given a piece of work, by generation and piece. */
  private readonly owners = new Map<string, string>();
  generation = 0;
  recordedGeneration = 0;
  /** Records were refused since the last ones were taken: memory may be ahead of the log. */
  isUnrecorded = false;

  joined({ errorCode, memberId, generationId }: JoinGroupResponse): void {
    if (errorCode === ErrorCode.NONE) this.toldGenerations.set(memberId!, generationId!);
  }

  synced(who: string, generation: number, { errorCode, assignment }: SyncGroupResponse): void {
    if (errorCode !== ErrorCode.NONE) return;
    for (const token of text(assignment).split(",")) {
      if (token === "") continue;
      const key = `${token} in generation ${generation}`;
      const before = this.owners.get(key) ?? who;
      assertEquals(who, before, `no two members own ${key}`);
      this.owners.set(key, who);
    }
  }

  /** Only what is recorded is left. */
  coordinatorLost(records: readonly GroupRecord[]): void {
    this.recordedGeneration = lastRecordedGeneration(records);
    this.generation = this.recordedGeneration;
    this.isUnrecorded = false;
  }

  groupDeleted(): void {
    this.generation = 0;
    this.recordedGeneration = 0;
    this.owners.clear();
  }
}

type Invariant = (model: ModelledGroup, group: ClassicGroup) => void;

/** A group as its record has it; its time only where it is empty, since that is when it counts. */
function persisted(group: ClassicGroup) {
  const { currentStateTimestamp, members, ...rest } = groupRecordAsIs(group).value!;
  return {
    ...rest,
    state: group.state,
    since: group.isEmpty ? currentStateTimestamp : null,
    members: members.toSorted((a, b) => a.memberId < b.memberId ? -1 : 1),
  };
}

const INVARIANTS: Readonly<Record<string, Invariant>> = {
  "nobody is answered twice": ({ tickets }) => {
    for (const { answers } of tickets) assert(answers <= 1);
  },
  "generations never go back": ({ seen, test }, { generation }) => {
    assert(generation >= seen.generation);
    seen.generation = generation;
    const recorded = lastRecordedGeneration(test.runtime.records);
    assert(recorded >= seen.recordedGeneration);
    seen.recordedGeneration = recorded;
  },
  "state after replay is the state before": ({ seen, test }, group) => {
    if (seen.isUnrecorded || test.runtime.isHolding) return;
    if (group.state !== "Stable" && group.state !== "Empty") return;
    const replayed = test.replayed().find(GROUP);
    assert(replayed instanceof ClassicGroup);
    assertEquals(persisted(replayed), persisted(group));
  },
  "an empty group has no members, a generation has some": (_, group) => {
    // A rebalance that is being prepared may have lost them all.
    if (group.state !== "PreparingRebalance") assertEquals(group.isEmpty, group.memberCount === 0);
  },
  "the leader is a member": (_, { leaderId, members }) => {
    assertEquals(leaderId === null, members.size === 0);
    assert(leaderId === null || members.has(leaderId));
  },
  "who waits is a member": (_, { joins, syncs, memberCount, members }) => {
    assert(joins.size <= memberCount && syncs.size <= memberCount);
    const waiting = [...members.keys()];
    assertEquals(waiting.filter((id) => joins.has(id)).length, joins.size);
    assertEquals(waiting.filter((id) => syncs.has(id)).length, syncs.size);
  },
  "nobody waits for an assignment but after joining": (_, group) => {
    assert(group.syncs.size === 0 || group.state === "CompletingRebalance");
  },
  "ids that were given out are not members' yet": (_, { pendingMembers, members }) => {
    for (const memberId of pendingMembers) assert(!members.has(memberId));
  },
  "each instance is one member": (_, group) => {
    for (const { instanceId, memberId } of group.members.values()) {
      if (instanceId !== null) assertEquals(group.staticMember(instanceId)?.memberId, memberId);
    }
  },
  "every member knows the protocol": (_, { state, members, protocolName }) => {
    if (state !== "Stable" && state !== "CompletingRebalance") return;
    for (const member of members.values()) member.metadataOf(protocolName);
  },
  "who is in a generation was told so, or may be away for a while": ({ seen }, group) => {
    if (group.state !== "Stable" && group.state !== "CompletingRebalance") return;
    for (const { memberId, instanceId } of group.members.values()) {
      // A generation that was told may be lost with the coordinator, and come a second time.
      assert(instanceId !== null || (seen.toldGenerations.get(memberId) ?? -1) >= group.generation);
    }
  },
  "no more join than the group may have": ({ sizeMax }, { joins }) => {
    assert(joins.size <= sizeMax);
  },
};

export function checkInvariants(model: ModelledGroup): void {
  const { group } = model;
  if (group === undefined) return;
  for (const [name, holds] of Object.entries(INVARIANTS)) {
    try {
      holds(model, group);
    } catch (error) {
      throw new Error(`Broken: ${name}`, { cause: error });
    }
  }
}
