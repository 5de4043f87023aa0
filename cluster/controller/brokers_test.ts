import { assertEquals, assertThrows } from "../../lib/assert.ts";
import { type ErrorName, KafkaError } from "../../protocol/errors.ts";
import { type MetadataRecord, metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { BrokerHeartbeatRequest } from "../../protocol/messages/63_broker_heartbeat.ts";
import { ControllerRegistrationRequest } from "../../protocol/messages/70_controller_registration.ts";
import { ConfigResourceType, isActive } from "../image/metadata_image.ts";
import {
  dataOf,
  directoryOf,
  FEATURES,
  idOf,
  requestOf,
  TestCluster,
} from "../testing/test_cluster.ts";
import { processHeartbeat, registerController, unregisterBroker } from "./brokers.ts";
import { LOST_DIRECTORY, MIGRATING_DIRECTORY, UNASSIGNED_DIRECTORY } from "./directories.ts";

const errorOf = (run: () => unknown): ErrorName => assertThrows(run, KafkaError).errorName;

/** The records that something leads to, by type. */
function written(cluster: TestCluster, run: () => unknown): MetadataRecord[] {
  const before = cluster.records.length;
  run();
  return cluster.records.slice(before);
}

const typesOf = (records: MetadataRecord[]) => records.map(({ type }) => type);

Deno.test("registration: a new broker is fenced, and its epoch is the record's offset", () => {
  const cluster = new TestCluster({ brokers: [] });
  const offset = cluster.records.length;
  assertEquals(cluster.register(5, { rack: "r1" }), offset);
  const record = cluster.records.at(-1)!;
  assertEquals([record.type, record.version], ["RegisterBrokerRecord", 4]);
  assertEquals(cluster.image.brokers.get(5), {
    id: 5,
    epoch: offset,
    incarnationId: idOf(1),
    endpoints: [{ name: "PLAINTEXT", host: "localhost", port: 9005, securityProtocol: 0 }],
    features: FEATURES.map(({ name, minSupportedVersion: min, maxSupportedVersion: max }) => ({
      name,
      min,
      max,
    })),
    rack: "r1",
    fenced: true,
    inControlledShutdown: false,
    directories: [directoryOf(5)],
    cordonedDirectories: null,
  });
  assertEquals(isActive(cluster.image, 5), false);
});

Deno.test("registration: brokers of another cluster are refused", () => {
  const cluster = new TestCluster();
  const register = () => cluster.register(2, { clusterId: "another" });
  assertEquals(errorOf(register), "INCONSISTENT_CLUSTER_ID");
});

Deno.test("registration: while a broker lives, no other takes its id", () => {
  const cluster = new TestCluster();
  assertEquals(errorOf(() => cluster.register(1, {}, true)), "DUPLICATE_BROKER_REGISTRATION");
  const epoch = cluster.image.brokers.get(1)!.epoch;
  cluster.register(1, {}, false);
  assertEquals(cluster.image.brokers.get(1)!.epoch > epoch, true);
});

Deno.test("registration: an incarnation that registers again keeps epoch and state", () => {
  const cluster = new TestCluster();
  const before = cluster.image.brokers.get(1)!;
  const { incarnationId } = before;
  assertEquals(cluster.register(1, { incarnationId, rack: "moved" }, true), before.epoch);
  const after = cluster.image.brokers.get(1)!;
  assertEquals([after.rack, after.fenced, after.epoch], ["moved", false, before.epoch]);
});

Deno.test("registration: a broker supports the level of every feature", () => {
  const cluster = new TestCluster({ brokers: [] });
  const register = (name: string, min: number, max: number) => () =>
    cluster.register(1, {
      features: [
        ...FEATURES.filter((feature) => feature.name !== name),
        { name, minSupportedVersion: min, maxSupportedVersion: max },
      ],
    });
  assertEquals(errorOf(register("metadata.version", 7, 29)), "UNSUPPORTED_VERSION");
  assertEquals(errorOf(register("group.version", 0, 0)), "UNSUPPORTED_VERSION");
  assertEquals(errorOf(register("new.version", 1, 2)), "UNSUPPORTED_VERSION");
  const without = (name: string) => () =>
    cluster.register(1, { features: FEATURES.filter((feature) => feature.name !== name) });
  assertEquals(errorOf(without("metadata.version")), "INVALID_REGISTRATION");
  assertEquals(errorOf(without("transaction.version")), "UNSUPPORTED_VERSION");
  register("new.version", 0, 2)();
});

Deno.test("registration: directories are named once, by one broker", () => {
  const cluster = new TestCluster({ brokers: [1] });
  const refused = (...logDirs: string[]) =>
    assertEquals(errorOf(() => cluster.register(2, { logDirs })), "INVALID_REGISTRATION");
  refused();
  for (const id of [MIGRATING_DIRECTORY, UNASSIGNED_DIRECTORY, LOST_DIRECTORY]) refused(id);
  refused(idOf(5), idOf(5));
  refused(idOf(5), directoryOf(1));
  cluster.register(2, { logDirs: [idOf(5), idOf(6)] });
  cluster.register(1);
  const older = new TestCluster({ brokers: [], metadataVersion: 16, elr: false });
  older.register(1, { logDirs: [] });
});

Deno.test("registration: there are no ZooKeeper brokers any more", () => {
  const cluster = new TestCluster({ brokers: [] });
  const register = () => cluster.register(1, { isMigratingZkBroker: true });
  assertEquals(errorOf(register), "BROKER_ID_NOT_REGISTERED");
});

Deno.test("registration: records are of the version that the cluster has agreed on", () => {
  const versionAt = (metadataVersion: number) =>
    new TestCluster({ metadataVersion, elr: false }).records
      .find(({ type }) => type === "RegisterBrokerRecord")!.version;
  assertEquals([7, 8, 16, 17, 29, 30].map(versionAt), [1, 2, 2, 3, 3, 4]);
});

Deno.test("registration: after a crash a broker is no longer eligible for what it led", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  const records = written(cluster, () => cluster.register(1));
  assertEquals(typesOf(records), ["PartitionChangeRecord", "RegisterBrokerRecord"]);
  const { isr, elr, leader, lastKnownElr } = cluster.partition("t");
  assertEquals([isr, elr, leader, lastKnownElr], [[], [], -1, [1]]);
  // Nobody else has the data: the last known leader may go on, but has to recover.
  cluster.heartbeat(1);
  const again = cluster.partition("t");
  assertEquals([again.leader, again.isr, again.leaderRecoveryState], [1, [1], 1]);
});

Deno.test("registration: after an orderly stop a broker stays eligible", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  const { epoch } = cluster.image.brokers.get(1)!;
  cluster.heartbeat(1, { wantShutDown: true });
  cluster.heartbeat(1, { wantShutDown: true });
  cluster.register(1, { previousBrokerEpoch: epoch });
  assertEquals(cluster.partition("t").elr, [1]);
  cluster.heartbeat(1);
  const { leader, isr, leaderRecoveryState } = cluster.partition("t");
  assertEquals([leader, isr, leaderRecoveryState], [1, [1], 0]);
});

Deno.test("registration: other replicas take over from an incarnation that is gone", () => {
  const cluster = new TestCluster({ brokers: [1, 2], elr: false });
  cluster.createTopic("t", [[1, 2]]);
  cluster.register(1);
  const { leader, isr } = cluster.partition("t");
  assertEquals([leader, isr], [2, [2]]);
});

Deno.test("heartbeat: a broker is let in once it has seen its registration", () => {
  const cluster = new TestCluster({ brokers: [] });
  const offset = cluster.register(1);
  const beat = (currentMetadataOffset: number) => {
    const request = requestOf(BrokerHeartbeatRequest, {
      brokerId: 1,
      brokerEpoch: offset,
      currentMetadataOffset,
      cordonedLogDirs: [],
    });
    return cluster.decide((context) => processHeartbeat(request, offset, context));
  };
  assertEquals(beat(offset - 1), { isCaughtUp: false, isFenced: true, shouldShutDown: false });
  assertEquals(beat(offset), { isCaughtUp: true, isFenced: false, shouldShutDown: false });
  assertEquals(isActive(cluster.image, 1), true);
  const more = written(cluster, () => beat(offset));
  assertEquals(more, []);
});

Deno.test("heartbeat: a broker that wants to stay out stays out", () => {
  const cluster = new TestCluster({ brokers: [] });
  cluster.register(1);
  assertEquals(cluster.heartbeat(1, { wantFence: true }).isFenced, true);
  assertEquals(isActive(cluster.image, 1), false);
});

Deno.test("heartbeat: an earlier incarnation, or nobody, has no say", () => {
  const cluster = new TestCluster();
  const stale = cluster.image.brokers.get(1)!.epoch;
  cluster.register(1);
  assertEquals(errorOf(() => cluster.heartbeat(1, { brokerEpoch: stale })), "STALE_BROKER_EPOCH");
  assertEquals(errorOf(() => cluster.heartbeat(9)), "STALE_BROKER_EPOCH");
});

Deno.test("heartbeat: which directories are cordoned is noted once, and when it changes", () => {
  const cluster = new TestCluster({ brokers: [] });
  cluster.register(1, { logDirs: [idOf(1), idOf(2)] });
  const beat = (cordonedLogDirs: string[] | null) =>
    written(cluster, () => cluster.heartbeat(1, { cordonedLogDirs, wantFence: true }))
      .map(({ type, version }) => `${type} ${version}`);
  const change = ["BrokerRegistrationChangeRecord 3"];
  assertEquals(beat(null), []);
  assertEquals(beat([]), change);
  assertEquals(cluster.image.brokers.get(1)!.cordonedDirectories, []);
  assertEquals(beat([]), []);
  assertEquals(beat([idOf(2), idOf(1)]), change);
  assertEquals(beat([idOf(1), idOf(2)]), []);
  assertEquals(beat([idOf(1)]), change);
  const older = new TestCluster({ metadataVersion: 29 });
  assertEquals(written(older, () => older.heartbeat(1, { cordonedLogDirs: [idOf(1)] })), []);
});

Deno.test("heartbeat: what a broker may lead gets a leader when it is let in", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  cluster.createTopic("a", [[1], [2]]);
  cluster.createTopic("b", [[2, 1]]);
  const leaders = () => [
    cluster.partition("a", 0).leader,
    cluster.partition("a", 1).leader,
    cluster.partition("b").leader,
  ];
  cluster.fence(1);
  assertEquals(leaders(), [-1, 2, 2]);
  const records = written(cluster, () => cluster.heartbeat(1));
  assertEquals(typesOf(records), ["BrokerRegistrationChangeRecord", "PartitionChangeRecord"]);
  assertEquals(leaders(), [1, 2, 2]);
});

Deno.test("heartbeat: a fenced broker leaves the in-sync sets before it is fenced", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  cluster.createTopic("t", [[1, 2]]);
  cluster.createTopic("other", [[2]]);
  const records = written(cluster, () => cluster.fence(1));
  assertEquals(typesOf(records), ["PartitionChangeRecord", "BrokerRegistrationChangeRecord"]);
  const { isr, leader, leaderEpoch, partitionEpoch } = cluster.partition("t");
  assertEquals([isr, leader, leaderEpoch, partitionEpoch], [[2], 2, 1, 1]);
});

Deno.test("shutdown: a broker that leads nothing may stop at once", () => {
  const cluster = new TestCluster();
  assertEquals(cluster.heartbeat(1, { wantShutDown: true }), {
    isCaughtUp: true,
    isFenced: true,
    shouldShutDown: true,
  });
  assertEquals(cluster.heartbeat(1, { wantShutDown: true }).shouldShutDown, true);
});

Deno.test("shutdown: a broker hands over what it leads, then stops", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  cluster.createTopic("t", [[1, 2]]);
  const records = written(cluster, () => {
    const reply = cluster.heartbeat(1, { wantShutDown: true });
    assertEquals([reply.isFenced, reply.shouldShutDown], [false, false]);
  });
  assertEquals(records.map(({ type, version }) => [type, version]), [
    ["BrokerRegistrationChangeRecord", 1],
    ["PartitionChangeRecord", 2],
  ]);
  assertEquals(cluster.partition("t").leader, 2);
  assertEquals(isActive(cluster.image, 1), false);
  const reply = cluster.heartbeat(1, { wantShutDown: true });
  assertEquals([reply.isFenced, reply.shouldShutDown], [true, true]);
});

Deno.test("shutdown: with ELR the last broker leaves partitions without a leader, and stops", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  assertEquals(cluster.heartbeat(1, { wantShutDown: true }).shouldShutDown, false);
  assertEquals(cluster.partition("t").leader, -1);
  assertEquals(cluster.heartbeat(1, { wantShutDown: true }).shouldShutDown, true);
});

Deno.test("shutdown: a fenced broker may stop at once", () => {
  const cluster = new TestCluster({ brokers: [] });
  cluster.register(1);
  assertEquals(cluster.heartbeat(1, { wantShutDown: true }).shouldShutDown, true);
  assertEquals(cluster.image.brokers.get(1)!.fenced, true);
});

Deno.test("shutdown: a broker that wants it at once is fenced at once", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  const reply = cluster.heartbeat(1, { wantShutDown: true, wantFence: true });
  assertEquals([reply.isFenced, reply.shouldShutDown], [true, true]);
  assertEquals(cluster.image.brokers.get(1)!.inControlledShutdown, false);
});

Deno.test("unclean elections happen where the topic allows them", () => {
  const cluster = new TestCluster({ brokers: [1, 2], elr: false });
  cluster.createTopic("safe", [[1, 2]]);
  cluster.createTopic("fast", [[1, 2]], { "unclean.leader.election.enable": "true" });
  cluster.fence(2);
  cluster.fence(1);
  assertEquals(["safe", "fast"].map((name) => cluster.partition(name).leader), [-1, -1]);
  cluster.heartbeat(2);
  assertEquals(["safe", "fast"].map((name) => cluster.partition(name).leader), [-1, 2]);
  assertEquals(cluster.partition("fast").leaderRecoveryState, 1);
});

// An empty log in place of the lost one would be taken for the partition's.
Deno.test("a broker that comes back without a directory does not lead what lay there", () => {
  const cluster = new TestCluster({ brokers: [] });
  cluster.addBroker(1, { logDirs: [idOf(1)] });
  cluster.createTopic("t");
  assertEquals(cluster.partition("t").directories, [idOf(1)]);
  const { epoch } = cluster.image.brokers.get(1)!;
  cluster.fence(1);
  cluster.register(1, { logDirs: [idOf(2)], previousBrokerEpoch: epoch });
  cluster.heartbeat(1);
  assertEquals(cluster.partition("t").leader, -1);
  const present = cluster.image.brokers.get(1)!.epoch;
  cluster.fence(1);
  cluster.register(1, { logDirs: [idOf(2), idOf(1)], previousBrokerEpoch: present });
  cluster.heartbeat(1);
  assertEquals(cluster.partition("t").leader, 1);
});

Deno.test("unregistering: a broker leaves its partitions and is forgotten", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  cluster.createTopic("t", [[2, 1]]);
  const records = cluster.recordsOf((context) => unregisterBroker(2, context));
  assertEquals(typesOf(records), ["PartitionChangeRecord", "UnregisterBrokerRecord"]);
  assertEquals(cluster.image.brokers.has(2), false);
  assertEquals(cluster.partition("t").isr, [1]);
  const again = () => cluster.decide((context) => unregisterBroker(2, context));
  assertEquals(errorOf(again), "BROKER_ID_NOT_REGISTERED");
});

Deno.test("controllers register from metadata.version 3.7 on", () => {
  const request = requestOf(ControllerRegistrationRequest, {
    controllerId: 3,
    incarnationId: idOf(9),
    listeners: [{ name: "CONTROLLER", host: "localhost", port: 9093, securityProtocol: 0 }],
    features: FEATURES,
  });
  const register = (metadataVersion: number) => {
    const cluster = new TestCluster({ metadataVersion, elr: false });
    cluster.decide((context) => registerController(request, context));
    return cluster.image.controllers.get(3);
  };
  assertEquals(register(14), undefined);
  const controller = register(15)!;
  assertEquals(controller.incarnationId, idOf(9));
  assertEquals(controller.endpoints, [
    { name: "CONTROLLER", host: "localhost", port: 9093, securityProtocol: 0 },
  ]);
  assertEquals(controller.features.length, FEATURES.length);
});

Deno.test("fewer replicas than the minimum lets the last ones be eligible", () => {
  const cluster = new TestCluster({ brokers: [1, 2, 3] });
  cluster.apply([metadataRecord("ConfigRecord", 0, {
    resourceType: ConfigResourceType.BROKER,
    resourceName: "",
    name: "min.insync.replicas",
    value: "2",
  })]);
  cluster.createTopic("t", [[1, 2, 3]]);
  cluster.fence(3);
  assertEquals([cluster.partition("t").isr, cluster.partition("t").elr], [[1, 2], []]);
  cluster.fence(2);
  assertEquals([cluster.partition("t").isr, cluster.partition("t").elr], [[1], [2]]);
  assertEquals(dataOf(cluster.records, "PartitionChangeRecord").at(-1)!.eligibleLeaderReplicas, [
    2,
  ]);
});
