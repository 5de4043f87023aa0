import { assertEquals, assertThrows } from "../../lib/assert.ts";
import { errorName, KafkaError } from "../../protocol/errors.ts";
import { AssignReplicasToDirsRequest } from "../../protocol/messages/73_assign_replicas_to_dirs.ts";
import { directoryOf, idOf, requestOf, TestCluster } from "../testing/test_cluster.ts";
import {
  defaultDirectory,
  isInOnlineDirectory,
  isReservedDirectory,
  LOST_DIRECTORY,
  MIGRATING_DIRECTORY,
  UNASSIGNED_DIRECTORY,
} from "./directories.ts";
import { assignReplicasToDirs } from "./replica_directories.ts";

type Assignment = [directoryId: string, topicId: string, partitionIndex: number];

function assign(
  cluster: TestCluster,
  assignments: Assignment[],
  brokerId = 1,
  brokerEpoch = cluster.image.brokers.get(brokerId)?.epoch ?? -1,
) {
  const request = requestOf(AssignReplicasToDirsRequest, {
    brokerId,
    brokerEpoch,
    directories: assignments.map(([id, topicId, partitionIndex]) => ({
      id,
      topics: [{ topicId, partitions: [{ partitionIndex }] }],
    })),
  });
  const { directories } = cluster.decide((context) => assignReplicasToDirs(request, context));
  return directories!.map(({ topics }) => errorName(topics![0].partitions![0].errorCode!));
}

function clusterWithTwoDirectories(): TestCluster {
  const cluster = new TestCluster({ brokers: [2] });
  cluster.addBroker(1, { logDirs: [idOf(1), idOf(2)] });
  return cluster;
}

Deno.test("directories: a broker tells where it put its replicas", () => {
  const cluster = clusterWithTwoDirectories();
  const id = cluster.createTopic("t", [[1, 2], [2, 1]]);
  assertEquals(cluster.partition("t").directories, [UNASSIGNED_DIRECTORY, directoryOf(2)]);
  assertEquals(assign(cluster, [[idOf(2), id, 0], [idOf(1), id, 1]]), ["NONE", "NONE"]);
  assertEquals(cluster.partition("t", 0).directories, [idOf(2), directoryOf(2)]);
  assertEquals(cluster.partition("t", 1).directories, [directoryOf(2), idOf(1)]);
  assertEquals(cluster.partition("t").leaderEpoch, 0);
  const before = cluster.records.length;
  assertEquals(assign(cluster, [[idOf(2), id, 0]]), ["NONE"]);
  assertEquals(cluster.records.length, before);
});

Deno.test("directories: replicas that there are not are told one by one", () => {
  const cluster = clusterWithTwoDirectories();
  const id = cluster.createTopic("t", [[2], [1]]);
  assertEquals(assign(cluster, [[idOf(1), idOf(99), 0], [idOf(1), id, 7], [idOf(1), id, 0]]), [
    "UNKNOWN_TOPIC_ID",
    "UNKNOWN_TOPIC_OR_PARTITION",
    "NOT_LEADER_OR_FOLLOWER",
  ]);
});

Deno.test("directories: an earlier incarnation has no say", () => {
  const cluster = clusterWithTwoDirectories();
  const id = cluster.createTopic("t");
  const stale = () => assign(cluster, [[idOf(1), id, 0]], 1, 0);
  assertEquals(assertThrows(stale, KafkaError).errorName, "STALE_BROKER_EPOCH");
});

Deno.test("directories: a new replica lies in its broker's only one, else the broker chooses", () => {
  const cluster = clusterWithTwoDirectories();
  const { image } = cluster;
  assertEquals(defaultDirectory(image, 1), UNASSIGNED_DIRECTORY);
  assertEquals(defaultDirectory(image, 2), directoryOf(2));
  assertEquals(defaultDirectory(image, 9), UNASSIGNED_DIRECTORY);
  const older = new TestCluster({ metadataVersion: 16, elr: false });
  assertEquals(defaultDirectory(older.image, 1), MIGRATING_DIRECTORY);
});

Deno.test("directories: the first hundred ids have meanings of their own", () => {
  const numbered = (last: number) => {
    const bytes = new Uint8Array(16);
    bytes[15] = last;
    return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  };
  assertEquals([0, 1, 2].map(numbered), [
    MIGRATING_DIRECTORY,
    UNASSIGNED_DIRECTORY,
    LOST_DIRECTORY,
  ]);
  assertEquals([0, 1, 2, 99, 100].map((last) => isReservedDirectory(numbered(last))), [
    true,
    true,
    true,
    true,
    false,
  ]);
  assertEquals(isReservedDirectory(idOf(1)), false);
});

Deno.test("directories: a replica is online where its broker has the directory, or may have it", () => {
  const cluster = clusterWithTwoDirectories();
  cluster.createTopic("t");
  const isOnline = (directory: string, replica = 1) => {
    const partition = { ...cluster.partition("t"), directories: [directory] };
    return isInOnlineDirectory(cluster.image, partition, replica);
  };
  assertEquals([idOf(1), idOf(2), idOf(3)].map((id) => isOnline(id)), [true, true, false]);
  assertEquals(isOnline(UNASSIGNED_DIRECTORY), true);
  assertEquals(isOnline(MIGRATING_DIRECTORY), true);
  assertEquals(isOnline(LOST_DIRECTORY), false);
  assertEquals(isOnline(idOf(1), 2), false);
});
