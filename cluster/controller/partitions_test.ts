import { assertEquals, assertMatch, assertThrows } from "../../lib/assert.ts";
import { type ErrorName, errorName, KafkaError } from "../../protocol/errors.ts";
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { ElectLeadersRequest } from "../../protocol/messages/43_elect_leaders.ts";
import {
  AlterPartitionReassignmentsRequest,
} from "../../protocol/messages/45_alter_partition_reassignments.ts";
import {
  ListPartitionReassignmentsRequest,
} from "../../protocol/messages/46_list_partition_reassignments.ts";
import { LeaderRecoveryState } from "../image/metadata_image.ts";
import { requestOf, TestCluster } from "../testing/test_cluster.ts";
import {
  alterPartitionReassignments,
  electLeaders,
  listPartitionReassignments,
  markRecovered,
} from "./partitions.ts";

const PREFERRED = 0;
const UNCLEAN = 1;

type Partitions = Record<string, number[]>;

/** Elects leaders; the answer by partition. */
function elect(cluster: TestCluster, electionType: number, partitions: Partitions | null) {
  const request = requestOf(ElectLeadersRequest, {
    electionType,
    topicPartitions: partitions === null
      ? null
      : Object.entries(partitions).map(([topic, of]) => ({ topic, partitions: of })),
  });
  const answer = cluster.decide((context) => electLeaders(request, context));
  return Object.fromEntries(
    answer.replicaElectionResults!.flatMap(({ topic, partitionResult }) =>
      partitionResult!.map(({ partitionId, errorCode }): [string, ErrorName] => [
        `${topic}-${partitionId}`,
        errorName(errorCode!),
      ])
    ),
  );
}

/** A cluster of three whose partition t-0 is led by 2, not by 1, its first replica. */
function clusterLedByAnother(): TestCluster {
  const cluster = new TestCluster({ brokers: [1, 2, 3] });
  cluster.createTopic("t", [[1, 2], [2, 1]]);
  cluster.fence(1);
  cluster.heartbeat(1);
  joinIsr(cluster, "t", 0, [2, 1]);
  assertEquals(cluster.partition("t").leader, 2);
  return cluster;
}

/** What a leader reports (AlterPartition): who is in sync with it. */
function joinIsr(cluster: TestCluster, topic: string, partitionId: number, isr: number[]): void {
  cluster.apply([metadataRecord("PartitionChangeRecord", 2, {
    topicId: cluster.image.topicsByName.get(topic)!.id,
    partitionId,
    isr,
  })]);
}

Deno.test("elections: the first replica takes the lead where it is in sync", () => {
  const cluster = clusterLedByAnother();
  assertEquals(elect(cluster, PREFERRED, { t: [0, 1] }), {
    "t-0": "NONE",
    "t-1": "ELECTION_NOT_NEEDED",
  });
  const { leader, leaderEpoch } = cluster.partition("t");
  assertEquals([leader, leaderEpoch], [1, 2]);
});

Deno.test("elections: a first replica that is gone or out of sync is not available", () => {
  const cluster = clusterLedByAnother();
  cluster.fence(1);
  const before = cluster.records.length;
  assertEquals(elect(cluster, PREFERRED, { t: [0] }), { "t-0": "PREFERRED_LEADER_NOT_AVAILABLE" });
  cluster.heartbeat(1);
  assertEquals(elect(cluster, PREFERRED, { t: [0] }), { "t-0": "PREFERRED_LEADER_NOT_AVAILABLE" });
  assertEquals(cluster.records.length, before + 1);
});

Deno.test("elections: an unclean one is for partitions without a leader", () => {
  const cluster = new TestCluster({ brokers: [1, 2], elr: false });
  cluster.createTopic("t", [[1, 2], [2, 1]]);
  cluster.fence(2);
  cluster.fence(1);
  assertEquals(elect(cluster, UNCLEAN, { t: [0] }), { "t-0": "ELIGIBLE_LEADERS_NOT_AVAILABLE" });
  cluster.heartbeat(2);
  assertEquals(cluster.partition("t").leader, -1);
  assertEquals(elect(cluster, UNCLEAN, { t: [0] }), { "t-0": "NONE" });
  const { leader, isr, leaderRecoveryState } = cluster.partition("t");
  assertEquals([leader, isr, leaderRecoveryState], [2, [2], LeaderRecoveryState.RECOVERING]);
  assertEquals(elect(cluster, UNCLEAN, { t: [0] }), { "t-0": "ELECTION_NOT_NEEDED" });
});

Deno.test("elections: unknown topics and partitions are told one by one", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  assertEquals(elect(cluster, PREFERRED, { none: [0], t: [0, 5] }), {
    "none-0": "UNKNOWN_TOPIC_OR_PARTITION",
    "t-0": "ELECTION_NOT_NEEDED",
    "t-5": "UNKNOWN_TOPIC_OR_PARTITION",
  });
});

Deno.test("elections: of all partitions only those are told that did not have the right leader", () => {
  const cluster = clusterLedByAnother();
  assertEquals(elect(cluster, PREFERRED, null), { "t-0": "NONE" });
  assertEquals(elect(cluster, PREFERRED, null), {});
});

Deno.test("elections: there are no other kinds", () => {
  const error = assertThrows(() => elect(new TestCluster(), 2, null), KafkaError);
  assertEquals(error.errorName, "INVALID_REQUEST");
});

interface Reassignment {
  readonly topic?: string;
  readonly partition?: number;
  /** Null takes an ongoing reassignment back. */
  readonly replicas: number[] | null;
}

function reassign(
  cluster: TestCluster,
  { topic = "t", partition = 0, replicas }: Reassignment,
  allowReplicationFactorChange = true,
): [ErrorName, string | null] {
  const request = requestOf(AlterPartitionReassignmentsRequest, {
    allowReplicationFactorChange,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, replicas }] }],
  });
  const answer = cluster.decide((context) => alterPartitionReassignments(request, context));
  assertEquals(answer.allowReplicationFactorChange, allowReplicationFactorChange);
  const { errorCode, errorMessage } = answer.responses![0].partitions![0];
  return [errorName(errorCode!), errorMessage ?? null];
}

/** Replicas, those that are added and those that are removed. */
function stateOf(cluster: TestCluster) {
  const { replicas, addingReplicas, removingReplicas } = cluster.partition("t");
  return [replicas, addingReplicas, removingReplicas];
}

function clusterOfFive(): TestCluster {
  const cluster = new TestCluster({ brokers: [1, 2, 3, 4, 5] });
  cluster.createTopic("t", [[1, 2]]);
  return cluster;
}

Deno.test("reassignments: new replicas stand before the old ones until they are in sync", () => {
  const cluster = clusterOfFive();
  assertEquals(reassign(cluster, { replicas: [4, 3] }), ["NONE", null]);
  assertEquals(stateOf(cluster), [[4, 3, 1, 2], [3, 4], [1, 2]]);
  assertEquals(cluster.partition("t").isr, [1, 2]);
});

Deno.test("reassignments: one that only changes the order is complete at once", () => {
  const cluster = clusterOfFive();
  reassign(cluster, { replicas: [2, 1] });
  assertEquals(stateOf(cluster), [[2, 1], [], []]);
  assertEquals(cluster.partition("t").leader, 1);
});

Deno.test("reassignments: a replica in sync may be dropped at once", () => {
  const cluster = clusterOfFive();
  reassign(cluster, { replicas: [2] });
  assertEquals(stateOf(cluster), [[2], [], []]);
  const { leader, isr, leaderEpoch } = cluster.partition("t");
  assertEquals([leader, isr, leaderEpoch], [2, [2], 1]);
});

Deno.test("reassignments: another one goes before one that is under way", () => {
  const cluster = clusterOfFive();
  reassign(cluster, { replicas: [3, 4] });
  reassign(cluster, { replicas: [3, 5] });
  assertEquals(stateOf(cluster), [[3, 5, 1, 2, 4], [5], [1, 2, 4]]);
});

Deno.test("reassignments: asking for the same again changes nothing", () => {
  const cluster = clusterOfFive();
  reassign(cluster, { replicas: [3, 4] });
  const before = cluster.records.length;
  assertEquals(reassign(cluster, { replicas: [3, 4] }), ["NONE", null]);
  assertEquals(cluster.records.length, before);
});

Deno.test("reassignments: taken back, everything is as before", () => {
  const cluster = clusterOfFive();
  reassign(cluster, { replicas: [3, 4] });
  joinIsr(cluster, "t", 0, [1, 2, 3]);
  assertEquals(reassign(cluster, { replicas: null }), ["NONE", null]);
  assertEquals(stateOf(cluster), [[1, 2], [], []]);
  assertEquals(cluster.partition("t").isr, [1, 2]);
  assertEquals(reassign(cluster, { replicas: null })[0], "NO_REASSIGNMENT_IN_PROGRESS");
});

// What is in sync then are the new replicas only: going back would lose records.
Deno.test("reassignments: they are taken back at the price of records only where that is allowed", () => {
  const cluster = clusterOfFive();
  reassign(cluster, { replicas: [3, 4] });
  joinIsr(cluster, "t", 0, [3]);
  const [error, message] = reassign(cluster, { replicas: null });
  assertEquals(error, "INVALID_REPLICA_ASSIGNMENT");
  assertMatch(message!, /unclean leader election/);
  cluster.apply([metadataRecord("ConfigRecord", 0, {
    resourceType: 2,
    resourceName: "t",
    name: "unclean.leader.election.enable",
    value: "true",
  })]);
  assertEquals(reassign(cluster, { replicas: null })[0], "NONE");
  assertEquals(stateOf(cluster), [[1, 2], [], []]);
});

Deno.test("reassignments: unknown partitions and brokers are refused", () => {
  const cluster = clusterOfFive();
  const unknown: Reassignment[] = [
    { topic: "none", replicas: [1] },
    { partition: 1, replicas: [1] },
    { partition: 1, replicas: null },
  ];
  for (const each of unknown) {
    assertEquals(reassign(cluster, each)[0], "UNKNOWN_TOPIC_OR_PARTITION");
  }
  for (const replicas of [[], [9], [1, 1]]) {
    assertEquals(reassign(cluster, { replicas })[0], "INVALID_REPLICA_ASSIGNMENT");
  }
});

Deno.test("reassignments: the number of replicas stays where it may not change", () => {
  const cluster = clusterOfFive();
  const refused = (replicas: number[]) => {
    const [error, message] = reassign(cluster, { replicas }, false);
    assertEquals(error, "INVALID_REPLICATION_FACTOR");
    assertMatch(message!, /changed from 2 to/);
  };
  refused([1]);
  refused([1, 2, 3]);
  assertEquals(reassign(cluster, { replicas: [3, 4] }, false)[0], "NONE");
  // What counts while one is under way are the replicas that it is going to.
  assertEquals(reassign(cluster, { replicas: [3, 5] }, false)[0], "NONE");
  refused([3]);
});

function list(cluster: TestCluster, topics: Partitions | null) {
  const request = requestOf(ListPartitionReassignmentsRequest, {
    topics: topics === null
      ? null
      : Object.entries(topics).map(([name, partitionIndexes]) => ({ name, partitionIndexes })),
  });
  const { errorCode, topics: found } = listPartitionReassignments(request, cluster.context);
  assertEquals(errorCode ?? 0, 0);
  return found!;
}

Deno.test("reassignments: those under way are listed, of all topics or of some", () => {
  const cluster = clusterOfFive();
  cluster.createTopic("u", [[1], [1]]);
  assertEquals(list(cluster, null), []);
  reassign(cluster, { replicas: [3, 4] });
  reassign(cluster, { topic: "u", partition: 1, replicas: [2] });
  const t = {
    name: "t",
    partitions: [{
      partitionIndex: 0,
      replicas: [3, 4, 1, 2],
      addingReplicas: [3, 4],
      removingReplicas: [1, 2],
    }],
  };
  const u = {
    name: "u",
    partitions: [{
      partitionIndex: 1,
      replicas: [2, 1],
      addingReplicas: [2],
      removingReplicas: [1],
    }],
  };
  assertEquals<unknown>(list(cluster, null), [t, u]);
  assertEquals<unknown>(list(cluster, { u: [0, 1, 7], none: [0] }), [u]);
  assertEquals(list(cluster, { u: [0], t: [] }), []);
});

Deno.test("recovery: the leaders of one broker are noted as recovered", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  for (const name of ["a", "b", "c"]) cluster.createTopic(name, [[name === "c" ? 2 : 1]]);
  cluster.register(1);
  cluster.heartbeat(1);
  const states = () => ["a", "b", "c"].map((name) => cluster.partition(name).leaderRecoveryState);
  const { RECOVERED, RECOVERING } = LeaderRecoveryState;
  assertEquals(states(), [RECOVERING, RECOVERING, RECOVERED]);
  const epoch = cluster.partition("a").leaderEpoch;
  assertEquals(cluster.recordsOf((context) => markRecovered(2, context)), []);
  assertEquals(cluster.recordsOf((context) => markRecovered(1, context)).length, 2);
  assertEquals(states(), [RECOVERED, RECOVERED, RECOVERED]);
  assertEquals(cluster.partition("a").leaderEpoch, epoch);
});
