import { assert, assertEquals } from "../lib/assert.ts";
import { fc } from "../lib/fast_check.ts";
import { metadataRecord, type MetadataRecordData } from "../protocol/metadata_records/mod.ts";
import { applyRecords } from "./image/apply.ts";
import { EMPTY_IMAGE, LeaderRecoveryState, type PartitionImage } from "./image/metadata_image.ts";
import {
  changePartition,
  type PartitionChangeContext,
  type PartitionTarget,
} from "./partition_change.ts";
import { directoryOf, idOf } from "./testing/test_cluster.ts";

const TOPIC_ID = idOf(1);

/** A partition that 1 leads, with replicas 1, 2 and 3 in sync, changed as given. */
function partitionOf(fields: Partial<PartitionImage> = {}): PartitionImage {
  const { replicas = [1, 2, 3] } = fields;
  return {
    replicas,
    directories: replicas.map(directoryOf),
    isr: [1, 2, 3],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderRecoveryState: LeaderRecoveryState.RECOVERED,
    leaderEpoch: 5,
    partitionEpoch: 7,
    elr: [],
    lastKnownElr: [],
    ...fields,
  };
}

interface Facts extends Partial<PartitionChangeContext> {
  /** Replicas that are alive; all of them where absent. */
  readonly alive?: readonly number[];
}

/** The fields of the change's record that say something; null where there is no record. */
function changeOf(
  partition: PartitionImage,
  target: PartitionTarget,
  { alive, ...facts }: Facts = {},
): Partial<MetadataRecordData<"PartitionChangeRecord">> | null {
  const record = changePartition(partition, target, {
    topicId: TOPIC_ID,
    partitionId: 3,
    isAcceptableLeader: (replica) => alive?.includes(replica) ?? true,
    minIsr: 2,
    elrEnabled: true,
    recordVersion: 2,
    directoriesAssigned: true,
    epochBumpedOnShrink: false,
    defaultDirectory: directoryOf,
    ...facts,
  });
  if (record === null) return null;
  assert(record.type === "PartitionChangeRecord");
  assertEquals([record.data.topicId, record.data.partitionId], [TOPIC_ID, 3]);
  const { data: none } = metadataRecord("PartitionChangeRecord", 2, {
    topicId: TOPIC_ID,
    partitionId: 3,
  });
  const silent = new Map(Object.entries(none));
  const said = Object.entries(record.data).filter(([name, value]) => silent.get(name) !== value);
  return Object.fromEntries(said);
}

Deno.test("partition change: where nothing changes there is no record", () => {
  assertEquals(changeOf(partitionOf(), {}), null);
  assertEquals(changeOf(partitionOf(), { isr: [1, 2, 3], election: "preferred" }), null);
  assertEquals(changeOf(partitionOf({ leader: -1 }), {}, { alive: [] }), null);
});

Deno.test("partition change: a leader that stays in sync stays", () => {
  assertEquals(changeOf(partitionOf(), { isr: [1, 2] }), { isr: [1, 2] });
  assertEquals(changeOf(partitionOf({ leader: 2 }), { isr: [1, 2] }), { isr: [1, 2] });
});

Deno.test("partition change: the first replica in sync that lives becomes leader", () => {
  assertEquals(changeOf(partitionOf(), { isr: [2, 3] }), { isr: [2, 3], leader: 2 });
  assertEquals(changeOf(partitionOf(), { isr: [2, 3] }, { alive: [3] }), {
    isr: [2, 3],
    leader: 3,
  });
  assertEquals(changeOf(partitionOf(), {}, { alive: [2, 3] }), { leader: 2 });
});

Deno.test("partition change: a preferred election gives the lead to the first replica", () => {
  const partition = partitionOf({ leader: 3 });
  assertEquals(changeOf(partition, { election: "preferred" }), { leader: 1 });
  assertEquals(changeOf(partition, { election: "online" }), null);
  assertEquals(changeOf(partition, { election: "preferred" }, { alive: [2, 3] }), null);
  const outOfSync = partitionOf({ leader: 3, isr: [3, 2] });
  assertEquals(changeOf(outOfSync, { election: "preferred" }), null);
});

Deno.test("partition change: without anybody in sync the partition has no leader", () => {
  const change = changeOf(partitionOf({ isr: [1] }), {}, { alive: [2, 3], elrEnabled: false });
  assertEquals(change, { leader: -1 });
});

Deno.test("partition change: an unclean election takes anybody alive, who must recover", () => {
  const partition = partitionOf({ isr: [1] });
  const expected = {
    isr: [2],
    leader: 2,
    leaderRecoveryState: LeaderRecoveryState.RECOVERING,
  };
  const facts = { alive: [2, 3], elrEnabled: false };
  assertEquals(changeOf(partition, { election: "unclean" }, facts), expected);
  const again = partitionOf({ isr: [1], leaderRecoveryState: LeaderRecoveryState.RECOVERING });
  assertEquals(changeOf(again, { election: "unclean" }, facts), { isr: [2], leader: 2 });
  assertEquals(changeOf(partition, { election: "unclean" }, { ...facts, alive: [] }), {
    leader: -1,
  });
});

Deno.test("partition change: an unclean election still prefers who is in sync", () => {
  const partition = partitionOf({ isr: [1, 3] });
  assertEquals(changeOf(partition, { election: "unclean" }, { alive: [2, 3] }), { leader: 3 });
});

Deno.test("partition change: without ELR the last replica stays in sync though it is gone", () => {
  const facts = { elrEnabled: false, alive: [] };
  assertEquals(changeOf(partitionOf({ isr: [1] }), { isr: [] }, facts), { leader: -1 });
});

Deno.test("ELR: below the minimum, who leaves the in-sync set stays eligible", () => {
  assertEquals(changeOf(partitionOf(), { isr: [1] }), {
    isr: [1],
    eligibleLeaderReplicas: [2, 3],
  });
  assertEquals(changeOf(partitionOf(), { isr: [1, 2] }), { isr: [1, 2] });
});

Deno.test("ELR: the last of all leaves the set empty, eligible and remembered", () => {
  const alone = partitionOf({ replicas: [1], isr: [1] });
  assertEquals(changeOf(alone, { isr: [] }, { minIsr: 1, alive: [] }), {
    isr: [],
    leader: -1,
    eligibleLeaderReplicas: [1],
    lastKnownElr: [1],
  });
  const low = partitionOf({ isr: [1], elr: [2] });
  assertEquals(changeOf(low, { isr: [] }, { alive: [] }), {
    isr: [],
    leader: -1,
    eligibleLeaderReplicas: [2, 1],
    lastKnownElr: [1],
  });
});

Deno.test("ELR: who is eligible leads again once it lives, and is in sync then", () => {
  const waiting = partitionOf({ isr: [], elr: [2, 3], leader: -1, lastKnownElr: [1] });
  assertEquals(changeOf(waiting, {}, { alive: [3] }), {
    isr: [3],
    leader: 3,
    eligibleLeaderReplicas: [2],
    lastKnownElr: [],
  });
  assertEquals(changeOf(waiting, {}, { alive: [1] }), null);
});

Deno.test("ELR: with the minimum in sync nobody else is eligible", () => {
  const low = partitionOf({ isr: [1], elr: [2, 3] });
  assertEquals(changeOf(low, { isr: [1, 3] }), { isr: [1, 3], eligibleLeaderReplicas: [] });
});

Deno.test("ELR: a replica that was killed is neither in sync nor eligible", () => {
  const killed = { isr: [1], uncleanShutdownReplicas: [2] };
  assertEquals(changeOf(partitionOf({ isr: [1, 2] }), killed), { isr: [1] });
  const eligible = partitionOf({ isr: [1], elr: [2, 3] });
  assertEquals(changeOf(eligible, killed), { eligibleLeaderReplicas: [3] });
});

Deno.test("ELR: with nobody eligible left the last known leader may lead, and must recover", () => {
  const lost = partitionOf({ isr: [], leader: -1, lastKnownElr: [2] });
  assertEquals(changeOf(lost, {}, { alive: [1, 2] }), {
    isr: [2],
    leader: 2,
    leaderRecoveryState: LeaderRecoveryState.RECOVERING,
    lastKnownElr: [],
  });
  assertEquals(changeOf(lost, {}, { alive: [1, 3] }), null);
  const several = partitionOf({ isr: [], leader: -1, lastKnownElr: [2, 3] });
  assertEquals(changeOf(several, {}, { alive: [2, 3] }), null);
});

Deno.test("ELR: an unclean election makes the eligible ones void", () => {
  const partition = partitionOf({ isr: [], elr: [3], leader: -1, lastKnownElr: [2, 3] });
  assertEquals(changeOf(partition, { election: "unclean" }, { alive: [1] }), {
    isr: [1],
    leader: 1,
    leaderRecoveryState: LeaderRecoveryState.RECOVERING,
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
  });
});

Deno.test("ELR: once the feature is off, what it had noted goes", () => {
  const change = changeOf(partitionOf({ isr: [1], elr: [2] }), {}, { elrEnabled: false });
  assertEquals(change, { eligibleLeaderReplicas: [] });
});

Deno.test("reassignment: new replicas are added first, the old ones go once those are in sync", () => {
  const wanted = { replicas: [4, 1, 2, 3], removing: [1, 2, 3], adding: [4] };
  assertEquals(changeOf(partitionOf(), wanted), {
    replicas: [4, 1, 2, 3],
    removingReplicas: [1, 2, 3],
    addingReplicas: [4],
    directories: [4, 1, 2, 3].map(directoryOf),
  });
  const ongoing = partitionOf({
    replicas: [4, 1, 2, 3],
    removingReplicas: [1, 2, 3],
    addingReplicas: [4],
  });
  assertEquals(changeOf(ongoing, { isr: [4, 1, 2, 3] }), {
    isr: [4],
    leader: 4,
    replicas: [4],
    removingReplicas: [],
    addingReplicas: [],
    directories: [directoryOf(4)],
    eligibleLeaderReplicas: [1, 2, 3],
  });
});

Deno.test("reassignment: one that only changes the order is complete at once", () => {
  assertEquals(changeOf(partitionOf(), { replicas: [3, 2, 1] }), {
    replicas: [3, 2, 1],
    directories: [3, 2, 1].map(directoryOf),
  });
});

Deno.test("reassignment: it waits while nobody who stays is in sync", () => {
  const ongoing = partitionOf({
    replicas: [4, 1],
    addingReplicas: [4],
    removingReplicas: [1],
    isr: [1],
  });
  assertEquals(changeOf(ongoing, {}), null);
  const allGo = partitionOf({ replicas: [1], removingReplicas: [1], isr: [1] });
  assertEquals(changeOf(allGo, {}), null);
});

// Else completing would leave fewer in sync than there were.
Deno.test("reassignment: to fewer replicas it waits until all of those are in sync", () => {
  const shrinking = { replicas: [1, 2], removingReplicas: [3] };
  const ongoing = partitionOf({ replicas: [1, 2, 3], removingReplicas: [3], isr: [1, 3] });
  assertEquals(changeOf(ongoing, {}), null);
  assertEquals(changeOf(ongoing, { isr: [1, 2, 3] }), {
    isr: [1, 2],
    replicas: shrinking.replicas,
    removingReplicas: [],
    leader: 1,
    directories: [1, 2].map(directoryOf),
  });
});

Deno.test("reassignment: whoever loses its replica learns it from a new leader epoch", () => {
  const change = changeOf(partitionOf(), { replicas: [1, 2], isr: [1, 2] });
  assertEquals(change!.leader, 1);
});

Deno.test("partition change: old metadata versions take a new epoch when the in-sync set shrinks", () => {
  const facts = { epochBumpedOnShrink: true, elrEnabled: false, recordVersion: 0 };
  assertEquals(changeOf(partitionOf(), { isr: [1, 2] }, facts), { isr: [1, 2], leader: 1 });
  assertEquals(changeOf(partitionOf({ isr: [1] }), { isr: [1, 2] }, facts), { isr: [1, 2] });
  assertEquals(changeOf(partitionOf(), { isr: [2, 3] }, facts), { isr: [2, 3], leader: 2 });
});

Deno.test("partition change: a replica's directory is noted where the cluster keeps them", () => {
  const directories = new Map([[2, idOf(77)]]);
  assertEquals(changeOf(partitionOf(), { directories }), {
    directories: [directoryOf(1), idOf(77), directoryOf(3)],
  });
  assertEquals(changeOf(partitionOf(), { directories }, { directoriesAssigned: false }), null);
});

Deno.test("partition change: a leader that has recovered is noted as such", () => {
  const partition = partitionOf({ leaderRecoveryState: LeaderRecoveryState.RECOVERING });
  const { RECOVERED, RECOVERING } = LeaderRecoveryState;
  assertEquals(changeOf(partition, { leaderRecoveryState: RECOVERED }), {
    leaderRecoveryState: RECOVERED,
  });
  assertEquals(changeOf(partition, { leaderRecoveryState: RECOVERING }), null);
});

const subsetOf = (replicas: number[]) => fc.shuffledSubarray(replicas);

/** What a partition comes to after the record for a change. */
function after(partition: PartitionImage, target: PartitionTarget, facts: Facts): PartitionImage {
  const { image } = applyRecords(
    EMPTY_IMAGE,
    [
      metadataRecord("TopicRecord", 0, { name: "t", topicId: TOPIC_ID }),
      metadataRecord("PartitionRecord", 2, {
        ...partition,
        replicas: [...partition.replicas],
        directories: [...partition.directories],
        isr: [...partition.isr],
        removingReplicas: [],
        addingReplicas: [],
        partitionId: 3,
        topicId: TOPIC_ID,
        eligibleLeaderReplicas: [...partition.elr],
        lastKnownElr: [...partition.lastKnownElr],
      }),
    ],
    0,
    0,
  );
  const change = changeOf(partition, target, facts);
  if (change === null) return partition;
  const record = metadataRecord("PartitionChangeRecord", 2, {
    topicId: TOPIC_ID,
    partitionId: 3,
    ...change,
  });
  return applyRecords(image, [record], 1, 0).image.topicsById.get(TOPIC_ID)!.partitions[3];
}

Deno.test("partition change: whatever happens, leader, in-sync set and eligible replicas fit", () => {
  const replicas = [1, 2, 3, 4];
  const states = fc.record({
    isr: subsetOf(replicas),
    elr: subsetOf(replicas),
    leaderAt: fc.nat(3),
    alive: subsetOf(replicas),
    lost: subsetOf(replicas),
    election: fc.constantFrom("preferred" as const, "online" as const, "unclean" as const),
    elrEnabled: fc.boolean(),
  });
  fc.assert(
    fc.property(states, ({ isr, elr, leaderAt, lost, election, elrEnabled, ...s }) => {
      const alive = s.alive.filter((replica) => !lost.includes(replica));
      const leader = isr[leaderAt] ?? -1;
      const partition = partitionOf({
        replicas,
        isr,
        leader,
        elr: elrEnabled ? elr.filter((replica) => !isr.includes(replica)) : [],
      });
      const target = { isr: isr.filter((replica) => !lost.includes(replica)), election };
      const result = after(partition, target, { alive, elrEnabled });
      if (result.leader !== leader) assert(result.leader === -1 || alive.includes(result.leader));
      if (result.leader >= 0) assert(result.isr.includes(result.leader), "the leader is in sync");
      assertEquals(result.isr.filter((replica) => result.elr.includes(replica)), []);
      assertEquals(new Set(result.isr).size, result.isr.length);
      assert(result.leaderEpoch >= 5 && result.partitionEpoch >= 7, "epochs do not go back");
      if (result.leader !== leader) assert(result.leaderEpoch > 5, "a new leader has a new epoch");
    }),
    { numRuns: 500 },
  );
});
