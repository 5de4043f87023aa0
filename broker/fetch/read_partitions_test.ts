import { assert, assertEquals } from "../../lib/assert.ts";
import type { ReplicaManager } from "../../cluster/replica_manager.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { Fetch } from "../../protocol/messages/01_fetch.ts";
import { DeleteTopics } from "../../protocol/messages/20_delete_topics.ts";
import { LogRecorder } from "../testing/log_recorder.ts";
import {
  batchOf,
  batchOfSize,
  fetchPartitions,
  produceBatch,
  valuesIn,
} from "../testing/records.ts";
import { createTopic, describeTopics, TestBroker } from "../testing/test_broker.ts";
import { FetchPartition } from "./fetch_partition.ts";
import { readPartitions } from "./read_partitions.ts";

/** A topic whose partitions hold batches of the given sizes. */
async function topicWith(sizes: readonly (readonly number[])[]) {
  const node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "t", { partitions: sizes.length });
  for (const [partition, batches] of sizes.entries()) {
    for (const bytes of batches) {
      await produceBatch(client, "t", batchOfSize(bytes), { partition });
    }
  }
  return { node, client, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

const all = (partitions: number, bytesMax?: number) =>
  Array.from({ length: partitions }, (_, partition) => ({ topic: "t", partition, bytesMax }));

const sizes = (answers: readonly { records: Uint8Array | null }[]) =>
  answers.map(({ records }) => records!.length);

Deno.test("reading partitions: the limit of the whole answer counts over all of them", async () => {
  await using made = await topicWith([[1000], [1000], [1000], [1000]]);
  const answers = await fetchPartitions(made.client, all(4), { maxBytes: 2000 });
  assertEquals(sizes(answers), [1000, 1000, 0, 0]);
  assertEquals(answers.map(({ errorCode }) => errorCode), [0, 0, 0, 0]);
  assertEquals(answers.map(({ highWatermark }) => highWatermark), [1, 1, 1, 1]);
});

Deno.test("reading partitions: the limit of each partition counts for it alone", async () => {
  await using made = await topicWith([[1000, 1000, 1000], [1000, 1000, 1000]]);
  const answers = await fetchPartitions(made.client, all(2, 2000));
  assertEquals(sizes(answers), [2000, 2000]);
});

Deno.test("reading partitions: the first batch comes whole, however small the limits are (KIP-74)", async () => {
  await using made = await topicWith([[], [5000, 100], [5000]]);
  for (const limits of [{ maxBytes: 1 }, { maxBytes: 0 }, {}]) {
    const answers = await fetchPartitions(made.client, all(3, 10), limits);
    assertEquals(sizes(answers), [0, 5000, 0]);
  }
});

Deno.test("reading partitions: a later batch may be cut off, a first one that does not fit is left out", async () => {
  await using made = await topicWith([[1000, 1000], [1000]]);
  const answers = await fetchPartitions(made.client, all(2), { maxBytes: 1500 });
  assertEquals(sizes(answers)[1], 0);
  const [first] = sizes(answers);
  assert(first >= 1000 && first <= 1500);
  const tight = await fetchPartitions(made.client, all(2), { maxBytes: 2900 });
  assertEquals(sizes(tight), [2000, 0]);
});

Deno.test("reading partitions: reading goes on where the last answer ended", async () => {
  await using made = await topicWith([[]]);
  const { client } = made;
  for (const values of [["a", "b"], ["c"], ["d", "e", "f"]]) {
    await produceBatch(client, "t", batchOf(values));
  }
  const [middle] = await fetchPartitions(client, [{ topic: "t", offset: 1, bytesMax: 1 }]);
  assertEquals(valuesIn(middle.records), ["a", "b"], "whole batches: the client skips what it has");
  const [end] = await fetchPartitions(client, [{ topic: "t", offset: 6 }]);
  assertEquals([end.errorCode, end.records!.length], [ErrorCode.NONE, 0]);
  for (const offset of [7, -1]) {
    const [beyond] = await fetchPartitions(client, [{ topic: "t", offset }]);
    assertEquals(beyond.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE);
    assertEquals(beyond.highWatermark, -1);
  }
});

Deno.test("reading partitions: errors are told by partition, the others are read", async () => {
  await using made = await topicWith([[1000]]);
  const answers = await fetchPartitions(made.client, [
    { topic: "unknown" },
    { topic: "t", partition: 3 },
    { topic: "t" },
  ]);
  const told = answers.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]);
  assertEquals(
    told.toSorted(),
    [
      [0, ErrorCode.NONE],
      [0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
      [3, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ].toSorted(),
  );
});

Deno.test("reading partitions: epochs that do not agree are told (KIP-320)", async () => {
  await using made = await topicWith([[1000]]);
  await made.node.restart(); // So that there is an earlier epoch.
  const client = await made.node.connect();
  const [{ partitions: [{ leaderEpoch }] }] = await describeTopics(client, "t");
  const errorFor = async (currentLeaderEpoch: number) => {
    const partitions = [{ partition: 0, currentLeaderEpoch, partitionMaxBytes: 1000 }];
    const topics = [{ topic: "t", partitions }];
    const { responses } = await client.request(Fetch, 12, { sessionEpoch: -1, topics });
    return responses[0].partitions[0].errorCode;
  };
  assertEquals(await errorFor(leaderEpoch), ErrorCode.NONE);
  assertEquals(await errorFor(leaderEpoch + 1), ErrorCode.UNKNOWN_LEADER_EPOCH);
  assertEquals(await errorFor(leaderEpoch - 1), ErrorCode.FENCED_LEADER_EPOCH);
});

Deno.test("reading partitions: who has missed an election is told the leader (KIP-951)", async () => {
  await using made = await topicWith([[1000]]);
  await made.node.restart();
  const client = await made.node.connect();
  const [{ topicId, partitions: [{ leaderEpoch }] }] = await describeTopics(client, "t");
  const currentLeaderEpoch = leaderEpoch - 1;
  const partitions = [{ partition: 0, currentLeaderEpoch, partitionMaxBytes: 1000 }];
  const request = { sessionEpoch: -1, topics: [{ topicId, partitions }] };
  const { responses, nodeEndpoints } = await client.request(Fetch, 16, request);
  const [{ errorCode, currentLeader }] = responses[0].partitions;
  assertEquals(errorCode, ErrorCode.FENCED_LEADER_EPOCH);
  assertEquals([currentLeader.leaderId, currentLeader.leaderEpoch], [1, leaderEpoch]);
  assertEquals(nodeEndpoints.map(({ nodeId, host, port }) => [nodeId, host, port]), [
    [1, "127.0.0.1", made.node.port],
  ]);
});

Deno.test("reading partitions: topics are found by id; an unknown or an old id is told", async () => {
  await using made = await topicWith([[1000]]);
  const [{ topicId }] = await describeTopics(made.client, "t");
  const unknown = "AAAAAAAAAAAAAAAAAAAAQA";
  const { responses } = await made.client.request(Fetch, 13, {
    maxBytes: 10_000,
    sessionEpoch: -1,
    topics: [unknown, topicId].map((id) => ({
      topicId: id,
      partitions: [{ partition: 0, partitionMaxBytes: 10_000 }],
    })),
  });
  const told = new Map(
    responses.map(({ topicId, partitions: [partition] }) => [topicId, partition]),
  );
  assertEquals(told.get(unknown)!.errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
  assertEquals(told.get(topicId)!.records!.length, 1000);
});

Deno.test("reading partitions: a session does not read a new topic of an old one's name", async () => {
  await using made = await topicWith([[1000]]);
  const { client } = made;
  const [{ topicId }] = await describeTopics(client, "t");
  const topics = [{ topicId, partitions: [{ partition: 0, partitionMaxBytes: 10_000 }] }];
  const { sessionId } = await client.request(Fetch, 13, { sessionEpoch: 0, topics });
  await client.request(DeleteTopics, 6, { topics: [{ name: "t" }], timeoutMs: 1000 });
  await createTopic(client, "t");
  await produceBatch(client, "t", batchOf(["of the new topic"]));
  const { responses } = await client.request(Fetch, 13, { sessionId, sessionEpoch: 1 });
  const [{ errorCode, records }] = responses[0].partitions;
  assertEquals(errorCode, ErrorCode.INCONSISTENT_TOPIC_ID);
  assertEquals(records!.length, 0);
});

Deno.test("reading partitions: what no client can cause is reported", () => {
  const replicas = {
    require(): never {
      throw new TypeError("disk on fire");
    },
  } as unknown as ReplicaManager;
  const partition = new FetchPartition(ZERO_UUID, "t", 0, {
    partition: 0,
    currentLeaderEpoch: -1,
    fetchOffset: 0,
    lastFetchedEpoch: -1,
    logStartOffset: -1,
    partitionMaxBytes: 100,
    replicaDirectoryId: ZERO_UUID,
    highWatermark: -1,
  });
  const logger = new LogRecorder();
  const params = {
    replicaId: -1,
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 100,
    isolation: "highWatermark",
    leaderOnly: true,
  } as const;
  const report = (error: unknown) => logger.error(String(error));
  const { reads, urgent } = readPartitions(replicas, [partition], params, report);
  assertEquals(reads[0].errorCode, ErrorCode.UNKNOWN_SERVER_ERROR);
  assert(urgent, "an error is answered at once");
  assertEquals(logger.lines.map(({ message }) => message), ["TypeError: disk on fire"]);
});
