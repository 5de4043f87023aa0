import { assertEquals } from "../../../lib/assert.ts";
import { requestOf } from "../../../cluster/testing/test_cluster.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import { OffsetCommitRequest } from "../../../protocol/messages/08_offset_commit.ts";
import { OffsetDeleteRequest } from "../../../protocol/messages/47_offset_delete.ts";
import { imageOf, topicImage } from "../../testing/images.ts";
import { resolveCommit, resolveDelete, resolveFetch } from "./topics.ts";

const A_ID = "AAAAAAAAQACAAAAAAAAAAQ";
const B_ID = "AAAAAAAAQACAAAAAAAAAAg";
const UNKNOWN_ID = "AAAAAAAAQACAAAAAAAAAAw";
const { NONE, UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode;

/** Topic a has the partitions 0 and 1, b has 0. */
const image = imageOf([topicImage("a", A_ID, [[1], [1]]), topicImage("b", B_ID, [[1]])]);

const partitionsOf = (partitions: readonly number[]) =>
  partitions.map((partitionIndex) => ({
    partitionIndex,
    committedOffset: 5,
    committedMetadata: "",
  }));

type Wanted = readonly (readonly [topic: string, ...partitions: number[]])[];

function commitByName(topics: Wanted) {
  const request = requestOf(OffsetCommitRequest, {
    groupId: "g",
    memberId: "m",
    topics: topics.map(([name, ...indexes]) => ({ name, partitions: partitionsOf(indexes) })),
  }, 9);
  return resolveCommit(image, request, 9);
}

function commitById(topics: Wanted) {
  const request = requestOf(OffsetCommitRequest, {
    groupId: "g",
    topics: topics.map(([topicId, ...indexes]) => ({ topicId, partitions: partitionsOf(indexes) })),
  }, 10);
  return resolveCommit(image, request, 10);
}

interface Told {
  readonly name?: string;
  readonly topicId?: string;
  readonly partitions?: readonly {
    readonly partitionIndex?: number;
    readonly errorCode?: number;
  }[];
}

/** Topics in lines: `name id: partition partition=error`. */
function lines(topics: readonly Told[] | null | undefined): string[] {
  return (topics ?? []).map(({ name = "", topicId = "", partitions = [] }) => {
    const told = partitions.map(({ partitionIndex, errorCode = 0 }) =>
      `${partitionIndex}${errorCode === 0 ? "" : `=${errorCode}`}`
    );
    return `${name} ${topicId}: ${told.join(" ")}`;
  });
}

/** An answer of the coordinator that takes everything. */
function taken(topics: readonly Told[]) {
  return {
    topics: topics.map(({ name, topicId, partitions = [] }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: NONE })),
    })),
  };
}

Deno.test("resolve commit: topics that are named get their ids", () => {
  const { request, complete } = commitByName([["a", 0, 1], ["b", 0]]);
  assertEquals([request.groupId, request.memberId], ["g", "m"]);
  assertEquals(lines(request.topics), [`a ${A_ID}: 0 1`, `b ${B_ID}: 0`]);
  assertEquals(complete(taken(request.topics)), taken(request.topics));
});

Deno.test("resolve commit: topics that are given by id get their names", () => {
  const { request } = commitById([[A_ID, 0, 1], [B_ID, 0]]);
  assertEquals(lines(request.topics), [`a ${A_ID}: 0 1`, `b ${B_ID}: 0`]);
});

Deno.test("resolve commit: what does not exist is answered before what the coordinator takes", () => {
  const { request, complete } = commitByName([["a", 0, 7], ["x", 0, 1], ["b", 0]]);
  assertEquals(lines(request.topics), [`a ${A_ID}: 0`, `b ${B_ID}: 0`]);
  const code = UNKNOWN_TOPIC_OR_PARTITION;
  assertEquals(lines(complete(taken(request.topics)).topics), [
    `a ${A_ID}: 7=${code} 0`,
    `x ${ZERO_UUID}: 0=${code} 1=${code}`,
    `b ${B_ID}: 0`,
  ]);
});

Deno.test("resolve commit: ids that nobody knows have an error of their own", () => {
  const { request, complete } = commitById([[UNKNOWN_ID, 0], [A_ID, 0, 7], [ZERO_UUID, 1]]);
  assertEquals(lines(request.topics), [`a ${A_ID}: 0`]);
  assertEquals(lines(complete(taken(request.topics)).topics), [
    ` ${UNKNOWN_ID}: 0=${UNKNOWN_TOPIC_ID}`,
    `a ${A_ID}: 7=${UNKNOWN_TOPIC_OR_PARTITION} 0`,
    ` ${ZERO_UUID}: 1=${UNKNOWN_TOPIC_ID}`,
  ]);
});

Deno.test("resolve commit: where nothing exists, nothing is left to ask", () => {
  const { request, complete } = commitByName([["x", 0], ["a", 9]]);
  assertEquals(request.topics, []);
  assertEquals(lines(complete({}).topics), [
    `x ${ZERO_UUID}: 0=${UNKNOWN_TOPIC_OR_PARTITION}`,
    `a ${A_ID}: 9=${UNKNOWN_TOPIC_OR_PARTITION}`,
  ]);
});

Deno.test("resolve commit: a topic named twice is answered once where anything is missing, else as asked", () => {
  const both = commitByName([["a", 0], ["a", 1]]);
  assertEquals(lines(both.complete(taken(both.request.topics)).topics), [
    `a ${A_ID}: 0`,
    `a ${A_ID}: 1`,
  ]);
  const missing = commitByName([["a", 0], ["x", 0], ["a", 1], ["x", 1]]);
  const code = UNKNOWN_TOPIC_OR_PARTITION;
  assertEquals(lines(missing.complete(taken(missing.request.topics)).topics), [
    `x ${ZERO_UUID}: 0=${code} 1=${code}`,
    `a ${A_ID}: 0 1`,
  ]);
});

Deno.test("resolve commit: topics without partitions are left out, unless they are unknown", () => {
  const { request, complete } = commitByName([["a"], ["x"]]);
  assertEquals(request.topics, []);
  assertEquals(lines(complete({}).topics), [`x ${ZERO_UUID}: `]);
});

function remove(topics: Wanted) {
  const request = requestOf(OffsetDeleteRequest, {
    groupId: "g",
    topics: topics.map(([name, ...partitions]) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
    })),
  });
  return resolveDelete(image, request);
}

Deno.test("resolve delete: what does not exist is answered before what the coordinator deletes", () => {
  const { request, complete } = remove([["a", 0, 7], ["x", 0], ["b", 0]]);
  assertEquals(lines(request.topics), ["a : 0", "b : 0"]);
  assertEquals(lines(complete(taken(request.topics)).topics), [
    `a : 7=${UNKNOWN_TOPIC_OR_PARTITION} 0`,
    `x : 0=${UNKNOWN_TOPIC_OR_PARTITION}`,
    "b : 0",
  ]);
});

Deno.test("resolve delete: an error of the group is the whole answer", () => {
  const { complete } = remove([["x", 0]]);
  const answer = { errorCode: ErrorCode.GROUP_ID_NOT_FOUND };
  assertEquals(complete(answer), answer);
});

const wanted = (topics: Wanted | null, by: "name" | "topicId") => ({
  groupId: "g",
  memberId: "m",
  memberEpoch: 3,
  topics: topics?.map(([key, ...partitionIndexes]) => ({
    name: by === "name" ? key : "",
    topicId: by === "topicId" ? key : ZERO_UUID,
    partitionIndexes,
  })) ?? null,
});

Deno.test("resolve fetch: topics that are named are asked about whether they exist or not", () => {
  const group = wanted([["a", 0, 9], ["x", 0]], "name");
  const { request, complete } = resolveFetch(image, group, 9);
  assertEquals(request, group);
  const answer = { groupId: "g", topics: [{ name: "x", partitions: [] }] };
  assertEquals(complete(answer), answer);
});

Deno.test("resolve fetch: ids get names; those that nobody knows are answered after the others", () => {
  const group = wanted([[UNKNOWN_ID, 4], [A_ID, 0, 9], [ZERO_UUID, 5]], "topicId");
  const { request, complete } = resolveFetch(image, group, 10);
  assertEquals({ ...request, topics: null }, { ...group, topics: null });
  assertEquals(request.topics, [{ name: "a", topicId: A_ID, partitionIndexes: [0, 9] }]);
  const answer = complete({ groupId: "g", ...taken([{ name: "a", topicId: A_ID }]) });
  assertEquals(lines(answer.topics), [
    `a ${A_ID}: `,
    ` ${UNKNOWN_ID}: 4=${UNKNOWN_TOPIC_ID}`,
    ` ${ZERO_UUID}: 5=${UNKNOWN_TOPIC_ID}`,
  ]);
  assertEquals(answer.topics![1].partitions, [{
    partitionIndex: 4,
    committedOffset: -1,
    committedLeaderEpoch: -1,
    metadata: "",
    errorCode: UNKNOWN_TOPIC_ID,
  }]);
});

Deno.test("resolve fetch: everything is told with ids, topics that are gone are not told", () => {
  const { request, complete } = resolveFetch(image, wanted(null, "name"), 10);
  assertEquals(request.topics, null);
  const answer = complete({ groupId: "g", ...taken([{ name: "a" }, { name: "x" }]) });
  assertEquals(lines(answer.topics), [`a ${A_ID}: `]);
});

Deno.test("resolve fetch: an error of the group is the whole answer", () => {
  const answer = { groupId: "g", topics: [], errorCode: ErrorCode.UNKNOWN_MEMBER_ID };
  for (const topics of [null, [[UNKNOWN_ID, 0]] as const]) {
    assertEquals(resolveFetch(image, wanted(topics, "topicId"), 10).complete(answer), answer);
  }
});
