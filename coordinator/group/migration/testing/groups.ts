/** Groups of both protocols for the tests of migration. */
import { assertThrows } from "../../../../lib/assert.ts";
import { type ErrorName, KafkaError } from "../../../../protocol/errors.ts";
import {
  assignmentBytes,
  ClassicClient,
  type ClassicTraits,
  type Partitions,
} from "../../../testing/classic_client.ts";
import { TestConsumerGroups } from "../../../testing/test_consumer_groups.ts";

export const errorOf = (run: () => unknown): ErrorName => assertThrows(run, KafkaError).errorName;

/** A coordinator that knows `topic` with four partitions and assigns them at once. */
export function testGroups(config: Readonly<Record<string, string>> = {}): TestConsumerGroups {
  const test = new TestConsumerGroups({
    "group.consumer.assignment.interval.ms": "0",
    "group.initial.rebalance.delay.ms": "0",
    "group.consumer.assignors": "range",
    ...config,
  });
  test.setTopic("topic", 4);
  return test;
}

/** A stable classic group; every member has a share of the topic, in order. The first one leads. */
export function classicGroup(
  test: TestConsumerGroups,
  ...traits: ClassicTraits[]
): ClassicClient[] {
  const clients = traits.map((each) => new ClassicClient(test, each));
  const joins = clients.map((client) => client.join());
  test.advance(0);
  joins.forEach((asked, i) => clients[i].take(asked.response));
  const count = 4 / clients.length;
  const shares = clients.map((_, i): Partitions => ({
    topic: Array.from({ length: count }, (_, p) => i * count + p),
  }));
  const assignments = clients.map(({ memberId }, i) => ({
    memberId,
    assignment: assignmentBytes(shares[i]),
  }));
  clients.forEach((client, i) => client.synced(i === 0 ? { assignments } : {}));
  return clients;
}

/** What a consumer has, by the coordinator's books. */
export function assignedTo(test: TestConsumerGroups, memberId: string): number[] {
  const epochs = test.group().requireMember(memberId).assigned.get(test.topicId("topic"));
  return [...epochs?.keys() ?? []].sort();
}

/** A heartbeat that owns these partitions of the topic. */
export function acknowledge(test: TestConsumerGroups, memberId: string, partitions: number[]) {
  return test.heartbeat({
    memberId,
    memberEpoch: test.group().requireMember(memberId).memberEpoch,
    topicPartitions: partitions.length === 0
      ? []
      : [{ topicId: test.topicId("topic"), partitions }],
  });
}

/** A consumer group of the consumer `consumer` and a classic member with two partitions each. */
export function mixedGroup(
  test: TestConsumerGroups,
  traits: ClassicTraits = {},
): ClassicClient {
  test.join("consumer");
  const classic = new ClassicClient(test, traits);
  classic.joined();
  classic.synced();
  acknowledge(test, "consumer", [0, 1, 2, 3]);
  acknowledge(test, "consumer", assignedTo(test, "consumer"));
  classic.joined();
  classic.synced();
  return classic;
}
