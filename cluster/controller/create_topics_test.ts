import { assert, assertEquals, assertMatch, assertThrows } from "../../lib/assert.ts";
import { ConfigSource } from "../../config/broker_config.ts";
import { isUuid } from "../../protocol/codec/uuid.ts";
import { type ErrorName, errorName, KafkaError } from "../../protocol/errors.ts";
import { CreateTopicsRequest } from "../../protocol/messages/19_create_topics.ts";
import type { Draft } from "../../protocol/schema/schema.ts";
import { ConfigResourceType, configsOf } from "../image/metadata_image.ts";
import {
  dataOf,
  directoryOf,
  requestOf,
  TestCluster,
  type TestClusterOptions,
} from "../testing/test_cluster.ts";
import { UNASSIGNED_DIRECTORY } from "./directories.ts";
import { createTopics } from "./topics.ts";

type Topic = Draft<typeof CreateTopicsRequest>["topics"] extends readonly (infer T)[] | undefined
  ? T
  : never;

/** A topic with the defaults of the broker, changed as given. */
const topicOf = (name: string, fields: Partial<Topic> = {}): Topic => ({
  name,
  numPartitions: -1,
  replicationFactor: -1,
  ...fields,
});

/** Replicas by partition, in the form of the request. */
const assigned = (...replicas: number[][]) =>
  replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));

function create(cluster: TestCluster, topics: Topic[], validateOnly = false) {
  const request = requestOf(CreateTopicsRequest, { topics, validateOnly });
  return cluster.decide((context) => createTopics(request, context)).topics!;
}

/** Asks for one topic and returns how that is answered: the error's name and message. */
function answerTo(cluster: TestCluster, topic: Topic): [ErrorName, string | null] {
  const [{ errorCode, errorMessage }] = create(cluster, [topic]);
  return [errorName(errorCode!), errorMessage ?? null];
}

/** The topic is refused, and nothing of it is written. */
function assertRefused(
  topic: Topic,
  error: ErrorName,
  message: RegExp,
  cluster = new TestCluster(),
): void {
  const written = cluster.records.length;
  const [name, text] = answerTo(cluster, topic);
  assertEquals(name, error, text ?? "");
  assertMatch(text!, message);
  assertEquals(cluster.records.length, written);
}

Deno.test("CreateTopics: a topic gets an id, its configs and its partitions, in this order", () => {
  const cluster = new TestCluster();
  const before = cluster.records.length;
  const configs = [{ name: "retention.ms", value: "1000" }];
  const [result] = create(cluster, [topicOf("t", { numPartitions: 2, configs })]);
  assertEquals([result.errorCode, result.numPartitions, result.replicationFactor], [0, 2, 1]);
  assert(isUuid(result.topicId!));
  const records = cluster.records.slice(before);
  assertEquals(records.map(({ type, version }) => [type, version]), [
    ["TopicRecord", 0],
    ["ConfigRecord", 0],
    ["PartitionRecord", 2],
    ["PartitionRecord", 2],
  ]);
  const { unknownTaggedFields: _, ...partition } = dataOf(records, "PartitionRecord")[1];
  assertEquals<unknown>(partition, {
    partitionId: 1,
    topicId: result.topicId!,
    replicas: [1],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: [directoryOf(1)],
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  });
});

Deno.test("CreateTopics: -1 stands for the broker's defaults", () => {
  const config = { "num.partitions": "3", "default.replication.factor": "2" };
  const cluster = new TestCluster({ brokers: [1, 2, 3], config });
  const [result] = create(cluster, [topicOf("t")]);
  assertEquals([result.numPartitions, result.replicationFactor], [3, 2]);
  const { partitions } = cluster.image.topicsByName.get("t")!;
  assertEquals(partitions.map(({ replicas }) => new Set(replicas).size), [2, 2, 2]);
});

Deno.test("CreateTopics: a topic's name is checked", () => {
  for (const name of ["", ".", "..", "a b", "ä", "a/b", "x".repeat(250)]) {
    assertRefused(topicOf(name), "INVALID_TOPIC_EXCEPTION", /^Topic name is invalid: /);
  }
  const longest = "x".repeat(249);
  assertEquals(answerTo(new TestCluster(), topicOf(longest)), ["NONE", null]);
});

Deno.test("CreateTopics: names that differ in dots and underscores only collide", () => {
  const cluster = new TestCluster();
  cluster.createTopic("a.b_c");
  for (const name of ["a_b_c", "a.b.c", "a_b.c"]) {
    const message = new RegExp(`'${name}' collides with existing topic: a.b_c$`);
    assertRefused(topicOf(name), "INVALID_TOPIC_EXCEPTION", message, cluster);
  }
  for (const name of ["a-b_c", "a.b_d", "abc", "a.b"]) {
    assertEquals(answerTo(cluster, topicOf(name)), ["NONE", null], name);
  }
});

Deno.test("CreateTopics: a topic that exists is not made again", () => {
  const cluster = new TestCluster();
  cluster.createTopic("a.b");
  const message = /^Topic 'a.b' already exists/;
  assertRefused(topicOf("a.b"), "TOPIC_ALREADY_EXISTS", message, cluster);
});

Deno.test("CreateTopics: a topic named twice is told once, the others are made", () => {
  const cluster = new TestCluster();
  const results = create(cluster, [topicOf("twice"), topicOf("once"), topicOf("twice")]);
  assertEquals(results.map(({ name, errorCode }) => [name, errorName(errorCode!)]), [
    ["once", "NONE"],
    ["twice", "INVALID_REQUEST"],
  ]);
  assertEquals(results[1].errorMessage, "Duplicate topic name.");
  assertEquals([...cluster.image.topicsByName.keys()], ["once"]);
});

Deno.test("CreateTopics: the metadata log is no topic that can be made", () => {
  assertRefused(topicOf("__cluster_metadata"), "INVALID_REQUEST", /__cluster_metadata/);
});

Deno.test("CreateTopics: the number of partitions and replicas must be positive", () => {
  for (const numPartitions of [0, -2]) {
    assertRefused(topicOf("t", { numPartitions }), "INVALID_PARTITIONS", /larger than 0/);
  }
  for (const replicationFactor of [0, -2]) {
    assertRefused(
      topicOf("t", { replicationFactor }),
      "INVALID_REPLICATION_FACTOR",
      /larger than 0, or -1/,
    );
  }
});

Deno.test("CreateTopics: there are no more replicas than brokers", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  const topic = topicOf("t", { replicationFactor: 3 });
  assertRefused(topic, "INVALID_REPLICATION_FACTOR", /3 time\(s\).*only 2 broker/, cluster);
});

Deno.test("CreateTopics: without an active broker no topic is made", () => {
  const cluster = new TestCluster();
  cluster.fence(1);
  assertRefused(topicOf("t"), "INVALID_REPLICATION_FACTOR", /fenced/, cluster);
  const shuttingDown = new TestCluster();
  shuttingDown.createTopic("led");
  shuttingDown.heartbeat(1, { wantShutDown: true });
  assertRefused(topicOf("t"), "INVALID_REPLICATION_FACTOR", /Unable to replicate/, shuttingDown);
});

Deno.test("CreateTopics: a request makes at most 10 000 partitions", () => {
  const cluster = new TestCluster({ config: { "num.partitions": "2" } });
  const refusal = (topics: Topic[]) =>
    assertThrows(() => create(cluster, topics), KafkaError, "10001").errorName;
  const half = topicOf("a", { numPartitions: 5000 });
  const more = topicOf("b", { numPartitions: 5001 });
  assertEquals(refusal([half, more]), "POLICY_VIOLATION");
  const rest = topicOf("b", { numPartitions: 4998 });
  assertEquals(
    refusal([half, rest, topicOf("c"), topicOf("d", { assignments: assigned([1]) })]),
    "POLICY_VIOLATION",
  );
  // As many records, with the topics' own, are too many for one batch of the log.
  const full = [half, topicOf("b", { numPartitions: 5000 })];
  assertEquals(
    assertThrows(() => create(cluster, full), KafkaError).errorName,
    "POLICY_VIOLATION",
  );
  assertEquals(create(cluster, [topicOf("e", { numPartitions: 9999 })])[0].errorCode, 0);
});

Deno.test("CreateTopics: replicas that the client chose are taken as they are", () => {
  const cluster = new TestCluster({ brokers: [1, 2, 3] });
  cluster.fence(3);
  const assignments = assigned([2, 1], [3, 2], [1, 3]).reverse();
  const [result] = create(cluster, [topicOf("t", { assignments })]);
  assertEquals([result.numPartitions, result.replicationFactor], [3, 2]);
  const { partitions } = cluster.image.topicsByName.get("t")!;
  assertEquals(partitions.map(({ replicas }) => replicas), [[2, 1], [3, 2], [1, 3]]);
  // A fenced broker is neither in sync nor leads.
  assertEquals(partitions.map(({ isr, leader }) => [isr, leader]), [[[2, 1], 2], [[2], 2], [
    [1],
    1,
  ]]);
});

Deno.test("CreateTopics: replicas that the client chose badly are refused", () => {
  const cluster = new TestCluster({ brokers: [1, 2, 3] });
  cluster.fence(3);
  const cases: [replicas: number[][], message: RegExp][] = [
    [[[]], /an empty replica list/],
    [[[1, 9]], /broker 9, which is not registered/],
    [[[1, 1]], /a broker more than once/],
    [[[1, 2], [1]], /1 replica\(s\) where others have 2/],
    [[[3]], /partition 0 are fenced or in controlled shutdown/],
  ];
  for (const [replicas, message] of cases) {
    const topic = topicOf("t", { assignments: assigned(...replicas) });
    assertRefused(topic, "INVALID_REPLICA_ASSIGNMENT", message, cluster);
  }
  const at = (...indexes: number[]) =>
    topicOf("t", {
      assignments: indexes.map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })),
    });
  const consecutive = /consecutive 0-based/;
  assertRefused(at(1), "INVALID_REPLICA_ASSIGNMENT", consecutive, cluster);
  assertRefused(at(0, 2), "INVALID_REPLICA_ASSIGNMENT", consecutive, cluster);
  assertRefused(at(-1, 0), "INVALID_REPLICA_ASSIGNMENT", consecutive, cluster);
  assertRefused(at(0, 1, 0), "INVALID_REPLICA_ASSIGNMENT", /multiple .* partition 0/, cluster);
});

Deno.test("CreateTopics: chosen replicas leave no numbers to choose", () => {
  const assignments = assigned([1]);
  const message = /must be -1/;
  assertRefused(topicOf("t", { assignments, numPartitions: 1 }), "INVALID_REQUEST", message);
  assertRefused(topicOf("t", { assignments, replicationFactor: 1 }), "INVALID_REQUEST", message);
});

Deno.test("CreateTopics: configs are checked", () => {
  const cases: [name: string, value: string | null, message: RegExp][] = [
    ["no.such.key", "1", /Unknown topic config name: no\.such\.key/],
    ["constructor", "1", /Unknown topic config name: constructor/],
    ["retention.ms", "soon", /retention\.ms/],
    ["retention.ms", null, /Null value not supported for topic configs: retention\.ms/],
  ];
  for (const [name, value, message] of cases) {
    assertRefused(topicOf("t", { configs: [{ name, value }] }), "INVALID_CONFIG", message);
  }
});

Deno.test("CreateTopics: of a config that is given twice the last value counts", () => {
  const cluster = new TestCluster();
  const configs = ["1", "2"].map((value) => ({ name: "retention.ms", value }));
  create(cluster, [topicOf("t", { configs })]);
  const stored = configsOf(cluster.image, ConfigResourceType.TOPIC, "t");
  assertEquals([...stored], [["retention.ms", "2"]]);
});

Deno.test("CreateTopics: the answer shows every config that will be in force, by name", () => {
  const cluster = new TestCluster({ config: { "log.retention.hours": "2" } });
  const configs = [{ name: "segment.bytes", value: "1048576" }];
  const shown = create(cluster, [topicOf("t", { configs })])[0].configs!;
  const names = shown.map(({ name }) => name!);
  assertEquals(names, [...names].sort());
  assertEquals(names.includes("internal.segment.bytes"), false);
  const byName = new Map(shown.map((each) => [each.name, [each.value, each.configSource]]));
  assertEquals(byName.get("segment.bytes"), ["1048576", ConfigSource.TOPIC_CONFIG]);
  assertEquals(byName.get("retention.ms"), ["7200000", ConfigSource.STATIC_BROKER_CONFIG]);
  assertEquals(byName.get("cleanup.policy"), ["delete", ConfigSource.DEFAULT_CONFIG]);
  const minIsr = ["1", ConfigSource.DEFAULT_CONFIG];
  assertEquals(byName.get("min.insync.replicas"), minIsr);
});

Deno.test("CreateTopics: a request that only validates answers the same and writes nothing", () => {
  const cluster = new TestCluster();
  const before = cluster.records.length;
  const results = create(cluster, [topicOf("good"), topicOf("bad name")], true);
  assertEquals(results.map(({ errorCode }) => errorName(errorCode!)), [
    "NONE",
    "INVALID_TOPIC_EXCEPTION",
  ]);
  assertEquals(results[0].numPartitions, 1);
  assertEquals(cluster.records.length, before);
});

Deno.test("CreateTopics: what is right is made beside what is wrong, in the request's order", () => {
  const cluster = new TestCluster();
  const topics = [topicOf("a"), topicOf("b", { numPartitions: 0 }), topicOf("c")];
  const results = create(cluster, topics);
  assertEquals(results.map(({ name, errorCode }) => [name, errorName(errorCode!)]), [
    ["a", "NONE"],
    ["b", "INVALID_PARTITIONS"],
    ["c", "NONE"],
  ]);
  assertEquals([...cluster.image.topicsByName.keys()].sort(), ["a", "c"]);
});

Deno.test("CreateTopics: records are of the version that the cluster has agreed on", () => {
  const versions = (options: TestClusterOptions) => {
    const cluster = new TestCluster(options);
    cluster.createTopic("t");
    const record = cluster.records.findLast(({ type }) => type === "PartitionRecord")!;
    return [record.version, dataOf([record], "PartitionRecord")[0].directories];
  };
  assertEquals(versions({ metadataVersion: 30 }), [2, [directoryOf(1)]]);
  assertEquals(versions({ metadataVersion: 22, elr: false }), [1, [directoryOf(1)]]);
  assertEquals(versions({ metadataVersion: 16, elr: false }), [0, []]);
});

Deno.test("CreateTopics: a broker with several directories chooses one itself", () => {
  const cluster = new TestCluster({ brokers: [] });
  cluster.addBroker(1, { logDirs: [directoryOf(1), directoryOf(2)] });
  cluster.createTopic("t");
  assertEquals(cluster.partition("t").directories, [UNASSIGNED_DIRECTORY]);
});
