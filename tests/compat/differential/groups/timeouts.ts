/** What happens to members that say nothing any more. These conversations wait, side by side. */
import { JoinGroup } from "../../../../protocol/messages/11_join_group.ts";
import { ConsumerGroupDescribe } from "../../../../protocol/messages/69_consumer_group_describe.ts";
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import type { Conversation, Peer } from "../conversation.ts";
import {
  ClassicMember,
  joining,
  protocols,
  rebalance,
  settleAlone,
  someAssignments,
  untilState,
} from "./classic_member.ts";
import { ConsumerMember, describe, settle } from "./consumer_member.ts";
import { configure, untilInterval } from "./group_configs.ts";
import { CONSUMER_LEVELS, LATEST, SOME_LEVELS } from "./levels.ts";
import { SESSION_MS_MIN } from "./node_configs.ts";
import { subscription } from "./requests.ts";
import { TOPIC_A } from "./setup.ts";

/** Gone soon. */
const SHORT = { sessionTimeoutMs: SESSION_MS_MIN };
/** Waited for only a little. */
const IMPATIENT = { rebalanceTimeoutMs: SESSION_MS_MIN };

async function lonelySession(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId, SHORT);
  await untilState(peer, groupId, "Empty", 0);
  await one.heartbeat("too late");
  await one.join("join with the old id");
}

async function sessions(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId);
  const two = new ClassicMember(peer, "two", groupId, SHORT);
  await rebalance("two of them", one, { come: [two] });
  await untilState(peer, groupId, "PreparingRebalance", 1);
  await two.heartbeat("two is too late");
  await one.heartbeat("one is told");
  await one.join("one joins again");
}

/** Others wait for one that has been given an id, but only for its session. */
async function pending(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId);
  const body = joining(groupId, SHORT);
  const { memberId } = await peer.ask("somebody gets an id", JoinGroup, body);
  await one.join("one joins again and waits for it");
  await peer.ask("it joins too late", JoinGroup, { ...body, memberId });
}

async function absentees(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId, IMPATIENT);
  const two = new ClassicMember(peer, "two", groupId, IMPATIENT);
  await two.join("two joins, one does not");
  await one.heartbeat("one is out");
  await two.sync("two leads", someAssignments(two));
  await two.heartbeat("two is there");
}

/** Static members stay though they do not join again, until their session ends. */
async function staticAbsentees(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId, { ...IMPATIENT, groupInstanceId: "a" });
  const two = new ClassicMember(peer, "two", groupId, { ...IMPATIENT, groupInstanceId: "b" });
  await rebalance("two static ones", one, { come: [two] });
  await one.join("one joins, two does not");
  await two.heartbeat("two is still a member");
  await one.sync("one gives two something", someAssignments(one, two));
  await two.sync("two takes it");
}

/** A leader that never gives out assignments. */
async function noAssignments(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId, IMPATIENT);
  const two = new ClassicMember(peer, "two", groupId, IMPATIENT);
  const second = two.join("two joins");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await one.join("one joins again");
  await second;
  await two.sync("two waits for assignments");
  await one.sync("one has been removed");
  await two.join("two joins again");
  await two.sync("two leads", someAssignments(two));
}

/** Lets the members of a group be gone after the shortest session there is. */
async function hurry(member: ConsumerMember): Promise<void> {
  await configure(member.peer, "short sessions", member.groupId, {
    "consumer.heartbeat.interval.ms": "600",
    "consumer.session.timeout.ms": String(SESSION_MS_MIN),
  });
  await untilInterval(member, 600);
}

function untilMembers(peer: Peer, groupId: string, count: number): Promise<unknown> {
  return peer.until(
    `until there are ${count}`,
    ConsumerGroupDescribe,
    { groupIds: [groupId] },
    ({ groups: [group] }) => group?.members.length === count,
  );
}

async function consumerSessions(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId);
  await one.join("join");
  await hurry(one);
  await one.heartbeat("the last heartbeat");
  await untilMembers(peer, groupId, 0);
  await one.heartbeat("too late");
  await one.join("join again");
}

async function staticConsumerSessions(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId, { instanceId: "i" });
  await one.join("join");
  await hurry(one);
  await one.leave("leave for a while", -2);
  await untilMembers(peer, groupId, 0);
  await one.join("come back too late");
}

/** Whoever does not give up partitions in time is out. */
async function unrevoked(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId, { rebalanceTimeoutMs: 300 });
  const two = new ConsumerMember(peer, "two", groupId);
  await one.join("one joins");
  await two.join("two joins");
  await one.heartbeat("one is told to give up half");
  const { memberEpoch } = one;
  await peer.until(
    "one is out",
    ConsumerGroupHeartbeat,
    { groupId, memberId: "one", memberEpoch },
    ({ errorCode }) => errorCode !== 0,
    { as: "one" },
  );
  await settle([two]);
  await describe(peer, "two has all", groupId);
}

/** Classic members of consumer groups have sessions of their own, and must join again in time. */
async function classicInConsumerGroup(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const consumer = new ConsumerMember(peer, "consumer", groupId, { serverAssignor: "range" });
  await consumer.join("a consumer joins");
  const classic = new ClassicMember(peer, "classic", groupId, {
    ...SHORT,
    protocols: protocols(["range"], subscription([TOPIC_A])),
  });
  classic.memberId = "classic";
  await classic.join("a classic one joins");
  await untilMembers(peer, groupId, 1);
  await classic.heartbeat("the classic one is too late");
  await settle([consumer]);
  await describe(peer, "the consumer is left", groupId);
}

export const TIMEOUTS: readonly Conversation[] = [
  { title: "lonely session", levels: SOME_LEVELS, talk: lonelySession },
  { title: "sessions", levels: SOME_LEVELS, talk: sessions },
  { title: "pending", levels: [4, 9], talk: pending },
  // Below version 1 the time to join again is that of the session.
  { title: "absentees", levels: [1, 4, 9], talk: absentees },
  { title: "static absentees", levels: [5, 9], talk: staticAbsentees },
  { title: "no assignments", levels: [1, 4, 9], talk: noAssignments },
  { title: "consumer sessions", levels: CONSUMER_LEVELS, talk: consumerSessions },
  { title: "static consumer sessions", levels: CONSUMER_LEVELS, talk: staticConsumerSessions },
  { title: "unrevoked", levels: CONSUMER_LEVELS, talk: unrevoked },
  { title: "classic in a consumer group", levels: LATEST, talk: classicInConsumerGroup },
];
