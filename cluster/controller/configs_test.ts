import { assertEquals, assertMatch, assertThrows } from "../../lib/assert.ts";
import { type ErrorName, errorName, KafkaError } from "../../protocol/errors.ts";
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { ConfigResourceType, configsOf } from "../image/metadata_image.ts";
import { dataOf, TestCluster } from "../testing/test_cluster.ts";
import {
  type ConfigOperation,
  type ConfigResource,
  incrementalAlterConfigs,
  legacyAlterConfigs,
  type ResourceResult,
} from "./configs.ts";

const { TOPIC, BROKER, BROKER_LOGGER, GROUP, CLIENT_METRICS } = ConfigResourceType;

const topic = (name: string): ConfigResource => ({ type: TOPIC, name });
const broker = (name: string): ConfigResource => ({ type: BROKER, name });

type Operations = Record<string, ConfigOperation>;

const answerOf = ({ errorCode, errorMessage }: ResourceResult): [ErrorName, string | null] => [
  errorName(errorCode),
  errorMessage,
];

/** Alters one resource key by key. */
function alter(cluster: TestCluster, resource: ConfigResource, operations: Operations) {
  const change = { resource, operations: new Map(Object.entries(operations)) };
  return answerOf(cluster.decide((context) => incrementalAlterConfigs([change], context))[0]);
}

/** Sets one resource's configs as a whole. */
function replace(cluster: TestCluster, resource: ConfigResource, values: Record<string, string>) {
  const operations = new Map(Object.entries(values).map(([name, set]) => [name, { set }]));
  const change = { resource, operations };
  return answerOf(cluster.decide((context) => legacyAlterConfigs([change], context))[0]);
}

function assertRefused(
  cluster: TestCluster,
  resource: ConfigResource,
  operations: Operations,
  error: ErrorName,
  message?: RegExp,
): void {
  const written = cluster.records.length;
  const [name, text] = alter(cluster, resource, operations);
  assertEquals(name, error, text ?? "");
  if (message !== undefined) assertMatch(text ?? "", message);
  assertEquals(cluster.records.length, written);
}

const stored = (cluster: TestCluster, { type, name }: ConfigResource) =>
  Object.fromEntries(configsOf(cluster.image, type, name));

function clusterWithTopic(): TestCluster {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  return cluster;
}

Deno.test("configs: keys are set and removed one by one, the others stay", () => {
  const cluster = clusterWithTopic();
  const set = { "retention.ms": { set: "1" }, "segment.ms": { set: "2" } };
  assertEquals(alter(cluster, topic("t"), set), ["NONE", null]);
  assertEquals(stored(cluster, topic("t")), { "retention.ms": "1", "segment.ms": "2" });
  alter(cluster, topic("t"), { "segment.ms": { delete: true }, "flush.ms": { set: "3" } });
  assertEquals(stored(cluster, topic("t")), { "retention.ms": "1", "flush.ms": "3" });
  assertEquals(cluster.records.at(-2)!.type, "ConfigRecord");
  assertEquals(dataOf(cluster.records, "ConfigRecord").at(-2)!.value, null);
});

Deno.test("configs: what does not change is not written, but for a broker's", () => {
  const cluster = clusterWithTopic();
  alter(cluster, topic("t"), { "retention.ms": { set: "1" } });
  const before = cluster.records.length;
  alter(cluster, topic("t"), { "retention.ms": { set: "1" }, "flush.ms": { delete: true } });
  assertEquals(cluster.records.length, before);
  // A broker reads the files again that a value names.
  for (let i = 1; i <= 2; i++) {
    alter(cluster, broker("1"), { "ssl.keystore.location": { set: "/ks" } });
    assertEquals(cluster.records.length, before + i);
  }
});

Deno.test("configs: values are added to a list and taken from it", () => {
  const cluster = clusterWithTopic();
  const policy = (operation: ConfigOperation) => {
    assertEquals(alter(cluster, topic("t"), { "cleanup.policy": operation })[0], "NONE");
    return stored(cluster, topic("t"))["cleanup.policy"];
  };
  // The default is what there is to begin with.
  assertEquals(policy({ append: "compact" }), "delete,compact");
  assertEquals(policy({ append: "compact,delete" }), "delete,compact");
  assertEquals(policy({ subtract: "delete" }), "compact");
  assertEquals(policy({ subtract: "delete" }), "compact");
  assertEquals(policy({ subtract: "compact" }), "");
  assertEquals(policy({ append: "delete" }), "delete");
});

Deno.test("configs: values are only added to lists", () => {
  const cluster = clusterWithTopic();
  const message = /Only lists can be appended to; retention\.ms is none/;
  for (const operation of [{ append: "1" }, { subtract: "1" }]) {
    const operations = { "retention.ms": operation };
    assertRefused(cluster, topic("t"), operations, "INVALID_CONFIG", message);
  }
  const group = { type: GROUP, name: "g" };
  assertRefused(cluster, group, { "no.such.list": { append: "1" } }, "INVALID_CONFIG", /is none/);
});

Deno.test("configs: a value has at most 32767 bytes", () => {
  const cluster = clusterWithTopic();
  const name = "leader.replication.throttled.replicas";
  const half = Array(4000).fill("1:1").join(",");
  assertEquals(alter(cluster, topic("t"), { [name]: { set: half } })[0], "NONE");
  const more = { [name]: { append: Array.from({ length: 5000 }, (_, i) => `2:${i}`).join(",") } };
  assertRefused(cluster, topic("t"), more, "INVALID_CONFIG", /at most 32767 bytes/);
});

Deno.test("configs: what a topic's would come to is checked as a whole", () => {
  const cluster = clusterWithTopic();
  const set = (name: string, value: string): Operations => ({ [name]: { set: value } });
  const refused = (operations: Operations, message: RegExp) =>
    assertRefused(cluster, topic("t"), operations, "INVALID_CONFIG", message);
  refused(set("no.such.key", "1"), /Unknown topic config name: no\.such\.key/);
  refused(set("retention.ms", "-2"), /at least -1/);
  alter(cluster, topic("t"), set("max.compaction.lag.ms", "10"));
  refused(set("min.compaction.lag.ms", "11"), /min\.compaction\.lag\.ms must not be larger/);
});

Deno.test("configs: of a resource nothing is changed where one key is wrong", () => {
  const cluster = clusterWithTopic();
  const operations = { "retention.ms": { set: "1" }, "segment.ms": { set: "soon" } };
  assertRefused(cluster, topic("t"), operations, "INVALID_CONFIG", /segment\.ms/);
  assertEquals(stored(cluster, topic("t")), {});
});

Deno.test("configs: resources are decided one by one", () => {
  const cluster = clusterWithTopic();
  const operations = new Map([["retention.ms", { set: "1" }]]);
  const changes = ["none", "t", "bad name"].map((name) => ({ resource: topic(name), operations }));
  const results = cluster.decide((context) => incrementalAlterConfigs(changes, context));
  assertEquals(results.map(({ resource, errorCode }) => [resource.name, errorName(errorCode)]), [
    ["none", "UNKNOWN_TOPIC_OR_PARTITION"],
    ["t", "NONE"],
    ["bad name", "INVALID_TOPIC_EXCEPTION"],
  ]);
  assertEquals(stored(cluster, topic("t")), { "retention.ms": "1" });
});

Deno.test("configs: topics and nodes must exist, groups and subscriptions need not", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  const retention = { "retention.ms": { set: "1" } };
  assertRefused(cluster, topic("none"), retention, "UNKNOWN_TOPIC_OR_PARTITION");
  assertRefused(cluster, topic(""), retention, "INVALID_REQUEST", /Default topic resources/);
  const threads = { "num.io.threads": { set: "9" } };
  for (const name of ["", "1", "2"]) {
    assertEquals(alter(cluster, broker(name), threads)[0], "NONE", name);
  }
  assertRefused(cluster, broker("3"), threads, "BROKER_ID_NOT_REGISTERED", /No node with id 3/);
  cluster.apply([metadataRecord("RegisterControllerRecord", 0, { controllerId: 3 })]);
  assertEquals(alter(cluster, broker("3"), threads)[0], "NONE");
  for (const name of ["one", "1.5", "2147483648", "-1"]) {
    assertRefused(cluster, broker(name), threads, "INVALID_REQUEST");
  }
  const group = { type: GROUP, name: "g" };
  assertEquals(
    alter(cluster, group, { "consumer.session.timeout.ms": { set: "50000" } })[0],
    "NONE",
  );
  const metrics = { type: CLIENT_METRICS, name: "m" };
  assertEquals(alter(cluster, metrics, { "interval.ms": { set: "1000" } })[0], "NONE");
});

Deno.test("configs: a group's are held to the broker's bounds", () => {
  const cluster = new TestCluster();
  const group = { type: GROUP, name: "g" };
  const name = "consumer.session.timeout.ms";
  const low = { [name]: { set: "1" } };
  assertRefused(
    cluster,
    group,
    low,
    "INVALID_CONFIG",
    /group\.consumer\.min\.session\.timeout\.ms/,
  );
  assertRefused(cluster, group, { "no.such.key": { set: "1" } }, "INVALID_CONFIG", /Unknown group/);
  const unnamed = { type: GROUP, name: "" };
  assertRefused(cluster, unnamed, low, "INVALID_REQUEST", /Default group resources/);
});

Deno.test("configs: a subscription's are checked", () => {
  const cluster = new TestCluster();
  const metrics = { type: CLIENT_METRICS, name: "m" };
  const refused = (name: string, value: string, error: ErrorName) =>
    assertRefused(cluster, metrics, { [name]: { set: value } }, error);
  refused("no.such.key", "1", "INVALID_REQUEST");
  refused("interval.ms", "99", "INVALID_REQUEST");
  refused("interval.ms", "often", "INVALID_CONFIG");
  refused("match", "client=a", "INVALID_CONFIG");
  const unnamed = { type: CLIENT_METRICS, name: "" };
  assertRefused(cluster, unnamed, { "interval.ms": { set: "100" } }, "INVALID_REQUEST", /empty/);
});

Deno.test("configs: other kinds of resources have no stored configs", () => {
  for (const type of [ConfigResourceType.UNKNOWN, BROKER_LOGGER, 3]) {
    assertRefused(new TestCluster(), { type, name: "1" }, { a: { set: "b" } }, "INVALID_REQUEST");
  }
});

Deno.test("configs: with ELR only the cluster says how many replicas must be in sync", () => {
  const cluster = clusterWithTopic();
  const name = "min.insync.replicas";
  const set = { [name]: { set: "2" } };
  assertEquals(alter(cluster, broker(""), set)[0], "NONE");
  const removal = { [name]: { delete: true } } as const;
  assertRefused(cluster, broker(""), removal, "INVALID_CONFIG", /Cluster-level .* removed/);
  assertRefused(cluster, broker("1"), set, "INVALID_CONFIG", /Broker-level .* altered/);
  const [error, message] = replace(cluster, broker(""), {});
  assertEquals(error, "INVALID_CONFIG");
  assertMatch(message!, /Cluster-level/);
  const without = new TestCluster({ elr: false });
  for (const operations of [set, removal]) {
    assertEquals(alter(without, broker(""), operations)[0], "NONE");
    assertEquals(alter(without, broker("1"), operations)[0], "NONE");
  }
});

Deno.test("configs: with ELR a new minimum makes eligible replicas void", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  cluster.createTopic("a", [[1, 2]], { "min.insync.replicas": "2" });
  cluster.createTopic("b", [[1, 2]], { "min.insync.replicas": "2" });
  cluster.fence(2);
  assertEquals(["a", "b"].map((name) => cluster.partition(name).elr), [[2], [2]]);
  const set = (value: string) => ({ "min.insync.replicas": { set: value } });
  alter(cluster, topic("a"), set("1"));
  assertEquals(dataOf(cluster.records, "ClearElrRecord").at(-1)!.topicName, "a");
  assertEquals(["a", "b"].map((name) => cluster.partition(name).elr), [[], [2]]);
  alter(cluster, broker(""), set("1"));
  assertEquals(dataOf(cluster.records, "ClearElrRecord").at(-1)!.topicName, "");
  assertEquals(cluster.partition("b").elr, []);
  const without = new TestCluster({ elr: false });
  without.createTopic("a");
  alter(without, topic("a"), set("1"));
  assertEquals(dataOf(without.records, "ClearElrRecord"), []);
});

Deno.test("configs: directories are cordoned from metadata.version 4.3 on", () => {
  const operations = { "cordoned.log.dirs": { set: "/a" } };
  assertEquals(alter(new TestCluster(), broker("1"), operations)[0], "NONE");
  const older = new TestCluster({ metadataVersion: 29 });
  assertRefused(older, broker("1"), operations, "INVALID_CONFIG", /metadata\.version 4\.3/);
});

Deno.test("configs: altered as a whole, keys that are not given go", () => {
  const cluster = clusterWithTopic();
  alter(cluster, topic("t"), { "retention.ms": { set: "1" }, "segment.ms": { set: "2" } });
  const before = cluster.records.length;
  assertEquals(replace(cluster, topic("t"), { "retention.ms": "1", "flush.ms": "3" })[0], "NONE");
  assertEquals(stored(cluster, topic("t")), { "retention.ms": "1", "flush.ms": "3" });
  const written = dataOf(cluster.records.slice(before), "ConfigRecord");
  assertEquals(written.map(({ name, value }) => [name, value]), [
    ["flush.ms", "3"],
    ["segment.ms", null],
  ]);
  assertEquals(replace(cluster, topic("none"), {})[0], "UNKNOWN_TOPIC_OR_PARTITION");
  assertEquals(replace(cluster, topic("t"), { "no.such.key": "1" })[0], "INVALID_CONFIG");
});

// An older Kafka wrote it; since it is gone, it may not stand in the way of other changes.
Deno.test("configs: a stored config that there is no more is passed over", () => {
  const cluster = clusterWithTopic();
  cluster.apply([metadataRecord("ConfigRecord", 0, {
    resourceType: TOPIC,
    resourceName: "t",
    name: "message.format.version",
    value: "2.8",
  })]);
  assertEquals(stored(cluster, topic("t")), {});
  assertEquals(alter(cluster, topic("t"), { "retention.ms": { set: "1" } }), ["NONE", null]);
  assertEquals(replace(cluster, topic("t"), { "retention.ms": "2" }), ["NONE", null]);
});

Deno.test("configs: a request leads to at most 10 000 records", () => {
  const cluster = new TestCluster();
  const operations = new Map(
    Array.from({ length: 5001 }, (_, i) => [`listener.name.l${i}.max.connections`, { set: "1" }]),
  );
  const changes = ["", "1"].map((name) => ({ resource: broker(name), operations }));
  const decide = () => cluster.decide((context) => incrementalAlterConfigs(changes, context));
  assertEquals(assertThrows(decide, KafkaError).errorName, "POLICY_VIOLATION");
});
