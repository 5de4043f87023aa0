import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import { assignedIn, TestConsumerGroups } from "../../testing/test_consumer_groups.ts";

/** Groups with the topics `orders-eu`, `orders-us` and `payments`. */
function withTopics(config: Record<string, string> = {}): TestConsumerGroups {
  const test = new TestConsumerGroups({ "group.consumer.assignment.interval.ms": "0", ...config });
  for (const name of ["orders-eu", "orders-us", "payments"]) test.setTopic(name, 2);
  return test;
}

/** Names of the topics that an answer assigns partitions of. */
const topicsIn = (test: TestConsumerGroups, answer: ReturnType<TestConsumerGroups["join"]>) => {
  const assigned = assignedIn(answer);
  const ids = Object.keys(assigned ?? {});
  return assigned === null
    ? null
    : test.topicNames().filter((name) => ids.includes(test.topicId(name)));
};

const joinWith = (test: TestConsumerGroups, memberId: string, subscribedTopicRegex: string) =>
  test.join(memberId, { subscribedTopicRegex });

const resolvedIn = (test: TestConsumerGroups) =>
  Object.fromEntries(
    [...test.group().subscriptions.resolvedPatterns].map((
      [pattern, { topics }],
    ) => [pattern, [...topics].sort()]),
  );

Deno.test("a pattern is matched after the heartbeat, and what it matches assigned with the next", () => {
  const test = withTopics();
  const joined = joinWith(test, "a", "orders-.*");
  assertEquals(joined.memberEpoch, 1);
  assertEquals(topicsIn(test, joined), []);
  assertEquals(resolvedIn(test), {});
  test.advance(0);
  assertEquals(resolvedIn(test), { "orders-.*": ["orders-eu", "orders-us"] });
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 1 });
  assertEquals(answer.memberEpoch, 2);
  assertEquals(topicsIn(test, answer), ["orders-eu", "orders-us"]);
});

Deno.test("a malformed pattern is refused, and the member with it", () => {
  const test = withTopics();
  const error = assertThrows(() => joinWith(test, "a", "orders-(.*"), KafkaError);
  assertEquals(error.errorName, "INVALID_REGULAR_EXPRESSION");
  assertEquals(test.runtime.records.length, 0);
  joinWith(test, "a", "orders-.*");
  assertThrows(
    () => test.heartbeat({ memberId: "a", memberEpoch: 1, subscribedTopicRegex: "[" }),
    KafkaError,
  );
  assertEquals(test.group().requireMember("a").subscribedTopicRegex, "orders-.*");
});

Deno.test("a member may join with an empty pattern, which stands for no topics", () => {
  const test = withTopics();
  const answer = joinWith(test, "a", "");
  assertEquals(topicsIn(test, answer), []);
  test.advance(0);
  assertEquals(resolvedIn(test), {});
  assertEquals(test.group().requireMember("a").subscribedTopicRegex, "");
});

Deno.test("a pattern that another member has brought already is assigned at once", () => {
  const test = withTopics();
  joinWith(test, "a", "orders-.*");
  test.advance(0);
  test.heartbeat({ memberId: "a", memberEpoch: 1 });
  assertEquals(joinWith(test, "b", "orders-.*").memberEpoch, 3);
});

Deno.test("names and a pattern of one member are taken together", () => {
  const test = withTopics();
  test.join("a", { subscribedTopicNames: ["payments"], subscribedTopicRegex: "orders-e.*" });
  test.advance(0);
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2 });
  assertEquals(topicsIn(test, answer), ["orders-eu", "payments"]);
});

Deno.test("new topics are matched with a heartbeat, ten seconds after the last time at the earliest", () => {
  const test = withTopics();
  joinWith(test, "a", "orders-.*");
  test.advance(0);
  test.heartbeat({ memberId: "a", memberEpoch: 1 });
  test.setTopic("orders-asia", 1);
  test.advance(10_000);
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  test.advance(0);
  assertEquals(resolvedIn(test)["orders-.*"].length, 2);
  test.advance(1);
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  test.advance(0);
  assertEquals(resolvedIn(test)["orders-.*"], ["orders-asia", "orders-eu", "orders-us"]);
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2 });
  assertEquals(topicsIn(test, answer), ["orders-eu", "orders-us", "orders-asia"]);
});

Deno.test("without new topics patterns are matched again when the interval is over", () => {
  const test = withTopics({ "group.consumer.regex.refresh.interval.ms": "30000" });
  joinWith(test, "a", "orders-.*");
  test.advance(0);
  const matchedAt = () => test.group().subscriptions.resolvedPatterns.get("orders-.*")!.timestamp;
  const first = matchedAt();
  test.advance(30_000);
  test.heartbeat({ memberId: "a", memberEpoch: 1 });
  test.advance(0);
  assertEquals(matchedAt(), first);
  test.advance(1);
  test.heartbeat({ memberId: "a", memberEpoch: 2 });
  test.advance(0);
  assertEquals(matchedAt(), first + 30_001);
  assertEquals(test.group().groupEpoch, 2);
});

Deno.test("a second pattern within ten seconds is matched when they are over", () => {
  const test = withTopics();
  joinWith(test, "a", "orders-.*");
  test.advance(0);
  joinWith(test, "b", "pay.*");
  test.advance(5_000);
  test.heartbeat({ memberId: "b", memberEpoch: 2 });
  test.advance(0);
  assertEquals(Object.keys(resolvedIn(test)), ["orders-.*"]);
  test.advance(5_001);
  test.heartbeat({ memberId: "b", memberEpoch: 2 });
  test.advance(0);
  assertEquals(resolvedIn(test), {
    "orders-.*": ["orders-eu", "orders-us"],
    "pay.*": ["payments"],
  });
});

Deno.test("what a pattern came to is forgotten when its last member changes or leaves", () => {
  const test = withTopics();
  joinWith(test, "a", "orders-.*");
  joinWith(test, "b", "orders-.*");
  test.advance(0);
  test.heartbeat({ memberId: "a", memberEpoch: 1, subscribedTopicRegex: "pay.*" });
  assertEquals(Object.keys(resolvedIn(test)), ["orders-.*"]);
  test.heartbeat({ memberId: "b", memberEpoch: -1 });
  assertEquals(resolvedIn(test), {});
  assertEquals(test.group().isSubscribedTo("orders-eu"), false);
});

Deno.test("a member that turns from its pattern to names gives up what the pattern gave it", () => {
  const test = withTopics();
  joinWith(test, "a", "orders-.*");
  test.advance(0);
  test.heartbeat({ memberId: "a", memberEpoch: 1 });
  const answer = test.heartbeat({
    memberId: "a",
    memberEpoch: 2,
    subscribedTopicRegex: "",
    subscribedTopicNames: ["payments"],
    topicPartitions: [],
  });
  assertEquals(topicsIn(test, answer), ["payments"]);
  assertEquals(answer.memberEpoch, 3);
  assertEquals(resolvedIn(test), {});
});

Deno.test("a new pattern in place of one that was matched takes its topics away at once", () => {
  const test = withTopics();
  joinWith(test, "a", "orders-.*");
  test.advance(0);
  test.heartbeat({ memberId: "a", memberEpoch: 1 });
  const answer = test.heartbeat({ memberId: "a", memberEpoch: 2, subscribedTopicRegex: "pay.*" });
  assertEquals(topicsIn(test, answer), []);
  assertEquals(answer.memberEpoch, 2);
});

Deno.test("patterns are matched in pieces, between which other commands run", () => {
  const test = new TestConsumerGroups({ "group.consumer.assignment.interval.ms": "0" });
  for (let i = 0; i < 300; i++) test.setTopic(`topic-${i}`, 1);
  for (let m = 0; m < 40; m++) {
    test.join(`m${m}`, { subscribedTopicRegex: `topic-.*${m}`, serverAssignor: "range" });
  }
  // The first member's pattern is matched alone; ten seconds later come those of all.
  test.advance(10_001);
  test.heartbeat({ memberId: "m0", memberEpoch: 1 });
  let pieces = 0;
  const { timers } = test.runtime.context;
  const schedule = timers.schedule.bind(timers);
  timers.schedule = (key, delayMs, command) => {
    if (key.startsWith("consumer-patterns")) pieces++;
    schedule(key, delayMs, command);
  };
  test.advance(0);
  assertEquals(pieces, Math.floor((40 * 301) / 5000));
  assertEquals(Object.keys(resolvedIn(test)).length, 40);
  assertEquals(resolvedIn(test)["topic-.*39"].length, 3);
});

Deno.test("a group that is gone when its patterns are matched stays gone", () => {
  const test = withTopics();
  joinWith(test, "a", "orders-.*");
  test.runtime.run({ records: test.group().tombstones(), response: undefined });
  const records = test.runtime.records.length;
  test.advance(0);
  assertEquals(test.runtime.records.length, records);
  assertEquals(test.store.size, 0);
});
