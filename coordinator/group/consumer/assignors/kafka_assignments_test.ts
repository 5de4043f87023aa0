/**
 * The targets that the assignors of Apache Kafka 4.3.1 computed for groups drawn at random, some from
 * targets of their own after a member, a topic or partitions came or went, some from any state.
 */
import { assertEquals } from "../../../../lib/assert.ts";
import { type AssignmentSpec, assignorNamed, type MemberAssignment } from "./mod.ts";

type Partitions = Record<string, number[]>;

interface Case {
  readonly assignor: string;
  readonly subscription: "homogeneous" | "heterogeneous";
  /** Numbers of partitions, by topic id. */
  readonly topics: Record<string, number>;
  readonly members: Record<string, {
    readonly instanceId?: string;
    readonly subscribed: string[];
    readonly assigned: Partitions;
    /** What Kafka gives the member. */
    readonly result: Partitions;
  }>;
}

const text = await Deno.readTextFile(
  new URL("testdata/kafka_4_3_1_assignments.jsonl", import.meta.url),
);
const cases = text.trimEnd().split("\n").map((line): Case => JSON.parse(line));

const setsOf = (partitions: Partitions): MemberAssignment =>
  new Map(Object.entries(partitions).map(([topicId, list]) => [topicId, new Set(list)]));

Deno.test("assignors: targets are those that Kafka's own assignors compute", () => {
  cases.forEach(({ assignor, subscription, topics, members }, line) => {
    const entries = Object.entries(members);
    const spec: AssignmentSpec = {
      members: new Map(entries.map(([memberId, { instanceId, subscribed, assigned }]) => [
        memberId,
        {
          instanceId: instanceId ?? null,
          subscribedTopicIds: new Set(subscribed),
          assigned: setsOf(assigned),
        },
      ])),
      topics: { partitionCount: (topicId) => topics[topicId] ?? -1 },
      subscription,
    };
    const expected = new Map(entries.map(([memberId, { result }]) => [memberId, setsOf(result)]));
    assertEquals(assignorNamed(assignor)!.assign(spec), expected, `line ${line + 1}`);
  });
});
