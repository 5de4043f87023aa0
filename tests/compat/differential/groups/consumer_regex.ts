/** Subscriptions by regular expression (RE2), which only version 1 of the heartbeat has. */
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import type { Conversation, Peer } from "../conversation.ts";
import {
  ConsumerMember,
  describe,
  firstHeartbeat,
  settle,
  untilAssigned,
} from "./consumer_member.ts";
import { LATEST } from "./levels.ts";
import { TOPIC_A, TOPIC_B, untilCoordinatorsKnow } from "./setup.ts";

/** Members whose subscription is an expression. */
function matching(peer: Peer, name: string, groupId: string, regex: string): ConsumerMember {
  return new ConsumerMember(peer, name, groupId, {
    subscribedTopicNames: null,
    subscribedTopicRegex: regex,
    serverAssignor: "range",
  });
}

/** Expressions with the number of partitions that they match of the topics of all conversations. */
const EXPRESSIONS: [regex: string, partitions: number][] = [
  ["groups-a", 4],
  ["groups-.", 6],
  ["groups-[ab]", 6],
  ["groups-(a|none)", 4],
  ["(?i)GROUPS-A", 4],
  ["^groups-b$", 2],
  ["groups", 0],
  ["roups-a", 0],
  ["groups-\\w", 6],
  ["groups-\\Qa\\E", 4],
  ["groups-a|groups-b", 6],
  ["(?P<letter>groups-)a", 4],
  ["groups-none", 0],
];

/** What RE2 does not understand, though Java's own expressions may. */
const MALFORMED = [
  "(",
  "[a",
  "a**",
  "*",
  "a{1001}",
  "(a)\\1",
  "(?=groups)",
  "(?<!x)a",
  "\\",
  "a++",
  "(?x)a",
];

async function expressions(peer: Peer): Promise<void> {
  for (const [i, [regex, partitions]] of EXPRESSIONS.entries()) {
    const member = matching(peer, "member", peer.own(`group ${i}`), regex);
    await member.join(`"${regex}": join`);
    await untilAssigned(member, partitions);
    await describe(peer, `"${regex}": described`, member.groupId);
  }
}

async function malformed(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  for (const regex of MALFORMED) {
    const body = firstHeartbeat(groupId, "m", {
      subscribedTopicNames: null,
      subscribedTopicRegex: regex,
    });
    await peer.ask(`"${regex}"`, ConsumerGroupHeartbeat, body);
  }
  await describe(peer, "described", groupId);
  const member = new ConsumerMember(peer, "m", groupId);
  await member.join("join with names");
  await member.heartbeat("a bad expression later", { subscribedTopicRegex: "(" });
  await member.heartbeat("nothing has happened");
  await describe(peer, "described with names", groupId);
}

/** Names, expressions, both and neither, one after the other. */
async function changes(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = matching(peer, "one", groupId, "groups-a");
  await one.join("join");
  await untilAssigned(one, 4);
  await one.full("resolved");
  await one.heartbeat("names as well", { subscribedTopicNames: [TOPIC_B] });
  await settle([one]);
  await describe(peer, "names as well: described", groupId);
  await one.heartbeat("no expression", { subscribedTopicRegex: "" });
  await settle([one]);
  await describe(peer, "no expression: described", groupId);
  await one.heartbeat("neither", { subscribedTopicNames: [] });
  await settle([one]);
  await describe(peer, "neither: described", groupId);
  await one.leave("leave");

  const both = new ConsumerMember(peer, "both", peer.own("both"), {
    subscribedTopicNames: [TOPIC_A],
    subscribedTopicRegex: "groups-b",
    serverAssignor: "range",
  });
  await both.join("both at once");
  await untilAssigned(both, 6);
  await describe(peer, "both at once: described", both.groupId);
  const empty = matching(peer, "empty", peer.own("empty"), "");
  await empty.join("an empty expression");
  await describe(peer, "an empty expression: described", empty.groupId);
}

/** Two members with one expression, and one with names. */
async function shared(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = matching(peer, "one", groupId, "groups-a");
  await one.join("one joins");
  await untilAssigned(one, 4);
  const two = matching(peer, "two", groupId, "groups-a");
  await two.join("two joins with the same expression");
  await settle([one, two]);
  await describe(peer, "two share", groupId);
  const three = new ConsumerMember(peer, "three", groupId, {
    subscribedTopicNames: [TOPIC_A],
    serverAssignor: "range",
  });
  await three.join("three joins by name");
  await settle([one, two, three]);
  await describe(peer, "three share", groupId);
  await two.leave("two leaves");
  await one.leave("one leaves");
  await settle([three]);
  await describe(peer, "one is left", groupId);
}

/** Topics that come while somebody waits for what matches. */
async function comingTopics(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const prefix = peer.own("some-");
  const one = matching(peer, "one", groupId, `${prefix}.*`);
  const topic = await peer.topic("some-x", 2);
  await untilCoordinatorsKnow(peer.target, { [topic]: 2 });
  await one.join("join");
  await untilAssigned(one, 2);
  await describe(peer, "described", groupId);
}

export const CONSUMER_REGEX: readonly Conversation[] = [
  { title: "expressions", levels: LATEST, talk: expressions },
  { title: "malformed expressions", levels: LATEST, talk: malformed },
  { title: "changed expressions", levels: LATEST, talk: changes },
  { title: "shared expressions", levels: LATEST, talk: shared },
  { title: "coming topics", levels: LATEST, talk: comingTopics },
];
