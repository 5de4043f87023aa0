import { assertEquals } from "../../lib/assert.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { type ErrorName, errorName } from "../../protocol/errors.ts";
import { DeleteTopicsRequest } from "../../protocol/messages/20_delete_topics.ts";
import { ConfigResourceType, configsOf } from "../image/metadata_image.ts";
import { idOf, requestOf, TestCluster } from "../testing/test_cluster.ts";
import { deleteTopics } from "./topics.ts";

interface Doomed {
  readonly name?: string;
  readonly topicId?: string;
}

type Answer = [name: string | null, topicId: string, error: ErrorName];

/** Deletes by name and id; answers are sorted, since their order has no meaning. */
function remove(cluster: TestCluster, ...topics: Doomed[]): Answer[] {
  const request = requestOf(DeleteTopicsRequest, {
    topics: topics.map(({ name = null, topicId = ZERO_UUID }) => ({ name, topicId })),
  });
  const { responses } = cluster.decide((context) => deleteTopics(request, context));
  return responses!.map(({ name, topicId, errorCode }): Answer => [
    name ?? null,
    topicId ?? ZERO_UUID,
    errorName(errorCode!),
  ]).sort();
}

Deno.test("DeleteTopics: topics go by name or by id, with what belongs to them", () => {
  const cluster = new TestCluster();
  const a = cluster.createTopic("a", [[1]], { "retention.ms": "1" });
  const b = cluster.createTopic("b");
  cluster.createTopic("c");
  const before = cluster.records.length;
  assertEquals(remove(cluster, { name: "a" }, { topicId: b }), [["a", a, "NONE"], [
    "b",
    b,
    "NONE",
  ]]);
  assertEquals(cluster.records.slice(before).map(({ type }) => type), [
    "RemoveTopicRecord",
    "RemoveTopicRecord",
  ]);
  assertEquals([...cluster.image.topicsByName.keys()], ["c"]);
  assertEquals(configsOf(cluster.image, ConfigResourceType.TOPIC, "a").size, 0);
});

Deno.test("DeleteTopics: older versions give names only", () => {
  const cluster = new TestCluster();
  const a = cluster.createTopic("a");
  const request = requestOf(DeleteTopicsRequest, { topicNames: ["a", "b"] }, 5);
  const { responses } = cluster.decide((context) => deleteTopics(request, context));
  assertEquals(responses!.map(({ name, topicId, errorCode }) => [name, topicId, errorCode]), [
    ["b", ZERO_UUID, 3],
    ["a", a, 0],
  ]);
});

Deno.test("DeleteTopics: unknown names and unknown ids have errors of their own", () => {
  const cluster = new TestCluster();
  const unknown = idOf(99);
  assertEquals(remove(cluster, { name: "none" }, { topicId: unknown }), [
    [null, unknown, "UNKNOWN_TOPIC_ID"],
    ["none", ZERO_UUID, "UNKNOWN_TOPIC_OR_PARTITION"],
  ]);
});

Deno.test("DeleteTopics: a topic is named once, by name or by id", () => {
  const cluster = new TestCluster();
  const a = cluster.createTopic("a");
  assertEquals(remove(cluster, { name: "a", topicId: a }), [["a", a, "INVALID_REQUEST"]]);
  assertEquals(remove(cluster, {}), [[null, ZERO_UUID, "INVALID_REQUEST"]]);
  assertEquals(remove(cluster, { name: "a" }, { name: "a" }), [[
    "a",
    ZERO_UUID,
    "INVALID_REQUEST",
  ]]);
  assertEquals(remove(cluster, { topicId: a }, { topicId: a }), [[null, a, "INVALID_REQUEST"]]);
  assertEquals(remove(cluster, { topicId: a }, { name: "a" }), [["a", a, "INVALID_REQUEST"]]);
  assertEquals(remove(cluster, { topicId: a }, { topicId: a }, { name: "a" }), [
    [null, a, "INVALID_REQUEST"],
    ["a", a, "INVALID_REQUEST"],
  ]);
  assertEquals([...cluster.image.topicsByName.keys()], ["a"]);
});

Deno.test("DeleteTopics: what is right is deleted beside what is wrong", () => {
  const cluster = new TestCluster();
  const a = cluster.createTopic("a");
  assertEquals(remove(cluster, { name: "none" }, { name: "a" }), [
    ["a", a, "NONE"],
    ["none", ZERO_UUID, "UNKNOWN_TOPIC_OR_PARTITION"],
  ]);
  assertEquals(cluster.image.topicsById.size, 0);
});

Deno.test("DeleteTopics: a topic that is made again gets another id", () => {
  const cluster = new TestCluster();
  const first = cluster.createTopic("a", [[1], [1]], { "retention.ms": "1" });
  remove(cluster, { name: "a" });
  const second = cluster.createTopic("a");
  assertEquals(first === second, false);
  assertEquals(cluster.image.topicsById.get(first), undefined);
  assertEquals(cluster.image.topicsByName.get("a")!.partitions.length, 1);
  assertEquals(configsOf(cluster.image, ConfigResourceType.TOPIC, "a").size, 0);
});
