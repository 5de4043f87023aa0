import { assertEquals } from "../../../lib/assert.ts";
import { type ConsumerMember, newMember } from "./member.ts";
import { type ResolvedPattern, Subscriptions, type SubscriptionType } from "./subscriptions.ts";

const member = (names: readonly string[], pattern = ""): ConsumerMember => ({
  ...newMember("m"),
  subscribedTopicNames: new Set(names),
  subscribedTopicRegex: pattern,
});

const resolved = (...topics: string[]): ResolvedPattern => ({
  topics: new Set(topics),
  version: 1,
  timestamp: 1,
});

function typeOf(
  members: readonly ConsumerMember[],
  patterns: Readonly<Record<string, ResolvedPattern>> = {},
): SubscriptionType {
  const subscriptions = new Subscriptions();
  for (const one of members) subscriptions.replace(null, one);
  for (const [pattern, topics] of Object.entries(patterns)) {
    subscriptions.setResolved(pattern, topics);
  }
  return subscriptions.type(members.length);
}

Deno.test("members that name the same topics are homogeneous, others are not", () => {
  assertEquals(typeOf([]), "homogeneous");
  assertEquals(typeOf([member(["a", "b"]), member(["b", "a"])]), "homogeneous");
  assertEquals(typeOf([member(["a", "b"]), member(["a"])]), "heterogeneous");
  assertEquals(typeOf([member(["a"]), member([])]), "heterogeneous");
});

Deno.test("members of one pattern are homogeneous, unless somebody names topics or has another", () => {
  const a = { "a.*": resolved("a1", "a2") };
  assertEquals(typeOf([member([], "a.*"), member([], "a.*")], a), "homogeneous");
  assertEquals(typeOf([member([], "a.*"), member(["a1"])], a), "heterogeneous");
  assertEquals(typeOf([member(["b"], "a.*"), member([], "a.*")], a), "heterogeneous");
  assertEquals(typeOf([member([], "a.*"), member([], "b.*")], a), "heterogeneous");
});

Deno.test("a topic is wanted as long as a name or a pattern stands for it", () => {
  const subscriptions = new Subscriptions();
  const named = member(["a1"]);
  subscriptions.replace(null, named);
  subscriptions.setResolved("a.*", resolved("a1", "a2"));
  subscriptions.replace(named, null);
  assertEquals([...subscriptions.topicNames].sort(), ["a1", "a2"]);
  subscriptions.setResolved("a.*", resolved("a2"));
  assertEquals([...subscriptions.topicNames], ["a2"]);
  subscriptions.setResolved("a.*", null);
  assertEquals([...subscriptions.topicNames], []);
});

Deno.test("a copy goes its own way", () => {
  const subscriptions = new Subscriptions();
  subscriptions.replace(null, member(["a"], "x"));
  const copy = subscriptions.copy();
  copy.replace(member(["a"], "x"), null);
  assertEquals([subscriptions.hasTopic("a"), subscriptions.membersOf("x")], [true, 1]);
  assertEquals([copy.hasTopic("a"), copy.membersOf("x"), copy.patternCount], [false, 0, 0]);
});

Deno.test("topics are looked up from whichever side is smaller", () => {
  const subscriptions = new Subscriptions();
  subscriptions.replace(null, member(["a", "b", "c"]));
  assertEquals(subscriptions.hasTopicOf(new Set(["c"])), true);
  assertEquals(subscriptions.hasTopicOf(new Set(["d"])), false);
  assertEquals(subscriptions.hasTopicOf(new Set(["c", "d", "e", "f"])), true);
  assertEquals(subscriptions.hasTopicOf(new Set(["d", "e", "f", "g"])), false);
});
