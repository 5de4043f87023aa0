import { assertEquals, assertMatch, assertThrows } from "../../lib/assert.ts";
import { type ErrorName, errorName, KafkaError } from "../../protocol/errors.ts";
import { CreatePartitionsRequest } from "../../protocol/messages/37_create_partitions.ts";
import { directoryOf, requestOf, TestCluster } from "../testing/test_cluster.ts";
import { createPartitions } from "./topics.ts";

interface Wanted {
  readonly name: string;
  readonly count: number;
  readonly assignments?: number[][];
}

function add(cluster: TestCluster, topics: Wanted[], validateOnly = false) {
  const request = requestOf(CreatePartitionsRequest, {
    validateOnly,
    topics: topics.map(({ name, count, assignments }) => ({
      name,
      count,
      assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
    })),
  });
  return cluster.decide((context) => createPartitions(request, context)).results!;
}

function answerTo(cluster: TestCluster, wanted: Wanted): [ErrorName, string | null] {
  const [{ errorCode, errorMessage }] = add(cluster, [wanted]);
  return [errorName(errorCode!), errorMessage ?? null];
}

function assertRefused(
  cluster: TestCluster,
  wanted: Wanted,
  error: ErrorName,
  message: RegExp,
): void {
  const written = cluster.records.length;
  const [name, text] = answerTo(cluster, wanted);
  assertEquals(name, error, text ?? "");
  assertMatch(text!, message);
  assertEquals(cluster.records.length, written);
}

const partitionsOf = (cluster: TestCluster, topic: string) =>
  cluster.image.topicsByName.get(topic)!.partitions;

Deno.test("CreatePartitions: new partitions follow the old ones, with as many replicas", () => {
  const cluster = new TestCluster({ brokers: [1, 2, 3] });
  cluster.createTopic("t", [[1, 2]]);
  const [old] = partitionsOf(cluster, "t");
  assertEquals(answerTo(cluster, { name: "t", count: 4 }), ["NONE", null]);
  const partitions = partitionsOf(cluster, "t");
  assertEquals(partitions.map(({ replicas }) => new Set(replicas).size), [2, 2, 2, 2]);
  assertEquals(partitions[0], old);
  const added = partitions[3];
  assertEquals([added.leader, added.leaderEpoch], [added.replicas[0], 0]);
  assertEquals(added.directories, added.replicas.map(directoryOf));
});

Deno.test("CreatePartitions: replicas may be chosen, one list for each new partition", () => {
  const cluster = new TestCluster({ brokers: [1, 2, 3] });
  cluster.createTopic("t", [[1, 2]]);
  const assignments = [[3, 1], [2, 3]];
  assertEquals(answerTo(cluster, { name: "t", count: 3, assignments }), ["NONE", null]);
  assertEquals(partitionsOf(cluster, "t").map(({ replicas }) => replicas), [
    [1, 2],
    ...assignments,
  ]);
});

Deno.test("CreatePartitions: the number of partitions only grows", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t", [[1], [1]]);
  const of = (count: number) => ({ name: "t", count });
  assertRefused(cluster, of(2), "INVALID_PARTITIONS", /^Topic already has 2 partition\(s\)\.$/);
  assertRefused(cluster, of(1), "INVALID_PARTITIONS", /has 2 partition\(s\); 1 would not be/);
  assertRefused(cluster, of(-1), "INVALID_PARTITIONS", /-1 would not be an increase/);
});

Deno.test("CreatePartitions: an unknown topic gets no partitions", () => {
  const [error] = answerTo(new TestCluster(), { name: "none", count: 2 });
  assertEquals(error, "UNKNOWN_TOPIC_OR_PARTITION");
});

Deno.test("CreatePartitions: badly chosen replicas are refused", () => {
  const cluster = new TestCluster({ brokers: [1, 2, 3] });
  cluster.createTopic("t", [[1, 2]]);
  cluster.fence(3);
  const cases: [count: number, assignments: number[][], message: RegExp][] = [
    [3, [[1, 2]], /add 2 additional partition\(s\), but only 1 assignment/],
    [2, [[1, 2], [1, 2]], /add 1 additional partition\(s\), but only 2 assignment/],
    [2, [], /add 1 additional partition\(s\), but only 0 assignment/],
    [2, [[]], /an empty replica list/],
    [2, [[1, 9]], /broker 9, which is not registered/],
    [2, [[2, 2]], /a broker more than once/],
    [2, [[1]], /1 replica\(s\) where others have 2/],
  ];
  for (const [count, assignments, message] of cases) {
    const wanted = { name: "t", count, assignments };
    assertRefused(cluster, wanted, "INVALID_REPLICA_ASSIGNMENT", message);
  }
  cluster.createTopic("single", [[1]]);
  assertRefused(
    cluster,
    { name: "single", count: 2, assignments: [[3]] },
    "INVALID_REPLICA_ASSIGNMENT",
    /partition 1 are fenced or in controlled shutdown/,
  );
});

Deno.test("CreatePartitions: without an active broker there are no new partitions", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  cluster.fence(1);
  assertRefused(cluster, { name: "t", count: 2 }, "INVALID_REPLICATION_FACTOR", /fenced/);
});

Deno.test("CreatePartitions: a request makes at most 10 000 partitions", () => {
  const cluster = new TestCluster();
  cluster.createTopic("a");
  cluster.createTopic("b");
  const tooMany = { name: "a", count: 10_002 };
  assertRefused(cluster, tooMany, "POLICY_VIOLATION", /10001 partitions, 10000 are allowed/);
  const together = [{ name: "a", count: 6000 }, { name: "b", count: 6000 }];
  const error = assertThrows(() => add(cluster, together), KafkaError);
  assertEquals(error.errorName, "POLICY_VIOLATION");
});

Deno.test("CreatePartitions: a topic named twice is told once, the others grow", () => {
  const cluster = new TestCluster();
  cluster.createTopic("a");
  cluster.createTopic("b");
  const results = add(cluster, [
    { name: "a", count: 2 },
    { name: "b", count: 2 },
    { name: "a", count: 3 },
  ]);
  assertEquals(results.map(({ name, errorCode }) => [name, errorName(errorCode!)]), [
    ["a", "INVALID_REQUEST"],
    ["b", "NONE"],
  ]);
  assertEquals(results[0].errorMessage, "Duplicate topic name.");
  assertEquals(["a", "b"].map((name) => partitionsOf(cluster, name).length), [1, 2]);
});

Deno.test("CreatePartitions: a request that only validates writes nothing", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  const before = cluster.records.length;
  assertEquals(add(cluster, [{ name: "t", count: 2 }], true)[0].errorCode, 0);
  assertEquals(cluster.records.length, before);
});
