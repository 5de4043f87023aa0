import { assert, assertEquals } from "../../lib/assert.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { Fetch } from "../../protocol/messages/01_fetch.ts";
import { FindCoordinator } from "../../protocol/messages/10_find_coordinator.ts";
import { ApiVersions } from "../../protocol/messages/18_api_versions.ts";
import { DescribeAcls } from "../../protocol/messages/29_describe_acls.ts";
import { InitProducerId } from "../../protocol/messages/22_init_producer_id.ts";
import { ElectLeaders } from "../../protocol/messages/43_elect_leaders.ts";
import { DescribeQuorum } from "../../protocol/messages/55_describe_quorum.ts";
import { DescribeCluster } from "../../protocol/messages/60_describe_cluster.ts";
import { UnregisterBroker } from "../../protocol/messages/64_unregister_broker.ts";
import { createTopic, TestBroker } from "../testing/test_broker.ts";

/** Stands for all types, patterns, operations and permissions of ACLs. */
const ANY = 1;

Deno.test("ApiVersions: features are told, and a client must have a proper name (KIP-511)", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const ask = (clientSoftwareName: string, version = 4) =>
    client.request(ApiVersions, version, { clientSoftwareName, clientSoftwareVersion: "1.0" });
  const answer = await ask("test-client");
  assertEquals(answer.errorCode, ErrorCode.NONE);
  const supported = answer.supportedFeatures.map(({ name }) => name);
  const finalized = answer.finalizedFeatures.map(({ name }) => name);
  assert(supported.includes("metadata.version") && finalized.includes("metadata.version"));
  assert(answer.finalizedFeaturesEpoch >= 0);
  const { supportedFeatures } = await ask("test-client", 3);
  assert(supportedFeatures.every(({ minVersion }) => minVersion > 0), "KAFKA-17492");
  for (const name of ["", "-dash", "spa ce", "dot."]) {
    const { errorCode, apiKeys } = await ask(name);
    assertEquals([errorCode, apiKeys.length], [ErrorCode.INVALID_REQUEST, 0]);
  }
});

Deno.test("DescribeCluster: id, nodes and controller, on the kind of listener that was meant", async () => {
  await using node = await TestBroker.start({ "broker.rack": "rack-a" });
  const client = await node.connect();
  const answer = await client.request(DescribeCluster, 2, {});
  assertEquals(answer.errorCode, ErrorCode.NONE);
  assertEquals([answer.clusterId, answer.controllerId], [node.broker.clusterId, 1]);
  assertEquals(
    answer.brokers.map((each) => [each.brokerId, each.host, each.port, each.rack, each.isFenced]),
    [[1, "127.0.0.1", node.port, "rack-a", false]],
  );
  const controllers = await client.request(DescribeCluster, 2, { endpointType: 2 });
  assertEquals(controllers.errorCode, ErrorCode.MISMATCHED_ENDPOINT_TYPE);
  const nothing = await client.request(DescribeCluster, 2, { endpointType: 9 });
  assertEquals(nothing.errorCode, ErrorCode.UNSUPPORTED_ENDPOINT_TYPE);
});

Deno.test("DescribeQuorum: this node leads the metadata log, of which all is committed", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const ask = async (topicName: string, partitionIndex: number) => {
    const topics = [{ topicName, partitions: [{ partitionIndex }] }];
    return (await client.request(DescribeQuorum, 2, { topics })).topics[0].partitions[0];
  };
  const partition = await ask("__cluster_metadata", 0);
  assertEquals([partition.errorCode, partition.leaderId], [ErrorCode.NONE, 1]);
  assert(partition.leaderEpoch > 0 && partition.highWatermark > 0);
  assertEquals(
    partition.currentVoters.map(({ replicaId, logEndOffset }) => [replicaId, logEndOffset]),
    [
      [1, partition.highWatermark],
    ],
  );
  const unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  assertEquals((await ask("__cluster_metadata", 1)).errorCode, unknown);
  assertEquals((await ask("other", 0)).errorCode, unknown);
});

Deno.test("ElectLeaders: a preferred leader that leads already needs no election", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "t");
  const elect = async (topic: string) => {
    const topicPartitions = [{ topic, partitions: [0] }];
    const request = { electionType: 0, topicPartitions, timeoutMs: 1000 };
    const { replicaElectionResults } = await client.request(ElectLeaders, 2, request);
    return replicaElectionResults[0].partitionResult[0].errorCode;
  };
  assertEquals(await elect("t"), ErrorCode.ELECTION_NOT_NEEDED);
  assertEquals(await elect("unknown"), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

Deno.test("UnregisterBroker: a broker that is not known cannot be forgotten", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const { errorCode } = await client.request(UnregisterBroker, 0, { brokerId: 99 });
  assertEquals(errorCode, ErrorCode.BROKER_ID_NOT_REGISTERED);
});

Deno.test("DescribeAcls: without an authorizer security is disabled", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const { errorCode, resources } = await client.request(DescribeAcls, 3, {
    resourceTypeFilter: ANY,
    patternTypeFilter: ANY,
    operation: ANY,
    permissionType: ANY,
  });
  assertEquals([errorCode, resources.length], [ErrorCode.SECURITY_DISABLED, 0]);
});

Deno.test("FindCoordinator: kinds of coordinators that there are not are refused", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const single = await client.request(FindCoordinator, 3, { key: "g", keyType: 9 });
  assertEquals(single.errorCode, ErrorCode.INVALID_REQUEST);
  const { coordinators } = await client.request(FindCoordinator, 4, {
    keyType: 9,
    coordinatorKeys: ["g", "h"],
  });
  assertEquals(coordinators.map(({ key, errorCode }) => [key, errorCode]), [
    ["g", ErrorCode.INVALID_REQUEST],
    ["h", ErrorCode.INVALID_REQUEST],
  ]);
});

Deno.test("InitProducerId: an id without an epoch, or an empty transactional id, is refused", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  const ask = async (request: { producerId?: number; transactionalId?: string | null }) =>
    (await client.request(InitProducerId, 4, { transactionalId: null, ...request })).errorCode;
  assertEquals(await ask({ producerId: 5 }), ErrorCode.INVALID_REQUEST);
  assertEquals(await ask({ transactionalId: "" }), ErrorCode.INVALID_REQUEST);
});

Deno.test("Fetch: only brokers that have a replica may fetch as followers", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "t");
  const topics = [{ topic: "t", partitions: [{ partition: 0, partitionMaxBytes: 1000 }] }];
  const request = { replicaId: 7, sessionEpoch: -1, topics };
  const { responses } = await client.request(Fetch, 12, request);
  assertEquals(responses[0].partitions[0].errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);
});
