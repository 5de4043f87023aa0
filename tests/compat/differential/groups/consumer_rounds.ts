/** Consumer groups with several members: how partitions go from one to another, epoch by epoch. */
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { UNKNOWN_ID } from "../target.ts";
import { deleteTopics } from "../topics_setup.ts";
import { ConsumerMember, describe, settle } from "./consumer_member.ts";
import { CONSUMER_LEVELS } from "./levels.ts";
import { TOPIC_A, TOPIC_B, untilCoordinatorsKnow } from "./setup.ts";

async function twoConsumers(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const see = (label: string) => describe(peer, label, groupId);
  const one = new ConsumerMember(peer, "one", groupId);
  const two = new ConsumerMember(peer, "two", groupId);
  await one.join("one joins");
  await two.join("two joins");
  await see("two waits for one");
  await two.heartbeat("two is not given anything yet");
  const { assigned: before } = one;
  await one.heartbeat("one is told to give up half");
  await see("one has not given up yet");
  await one.heartbeat("one says nothing of what it owns");
  await one.heartbeat("one still owns all", { topicPartitions: before });
  await two.heartbeat("two still waits");
  await one.acknowledge("one has given up half");
  await see("two may have the other half");
  await two.heartbeat("two is given the other half");
  await two.acknowledge("two has taken it");
  await one.heartbeat("one is stable");
  await see("both are stable");
  const { memberEpoch } = one;
  await one.acknowledge("the epoch before, with what it owns", { memberEpoch: memberEpoch - 1 });
  await one.heartbeat("the epoch before, with what it owned", {
    memberEpoch: memberEpoch - 1,
    topicPartitions: before,
  });
  await two.leave("two leaves");
  await see("two has left");
  await one.heartbeat("one is given all");
  await one.acknowledge("one has taken all");
  await see("one has all");
}

async function threeConsumers(peer: Peer): Promise<void> {
  for (const serverAssignor of ["range", "uniform"]) {
    const groupId = peer.own(serverAssignor);
    const topic = await peer.topic(`six-${serverAssignor}`, 6);
    await untilCoordinatorsKnow(peer.target, { [topic]: 6 });
    const traits = { serverAssignor, subscribedTopicNames: [topic] };
    const names = ["a", "b", "c"].map((name) => `${name} ${serverAssignor}`);
    const members = names.map((name) => new ConsumerMember(peer, name, groupId, traits));
    for (const member of members) {
      await member.join(`${member.name} joins`);
      await settle(members.slice(0, members.indexOf(member) + 1));
      await member.full(`${member.name} is settled`);
    }
    await describe(peer, `${serverAssignor}, three`, groupId);
    await members[1].leave(`${members[1].name} leaves`);
    await settle([members[0], members[2]]);
    const counted = { counted: serverAssignor === "uniform" };
    await describe(peer, `${serverAssignor}, two are left`, groupId, counted);
    await members[1].join(`${members[1].name} comes back`);
    await settle(members);
    await describe(peer, `${serverAssignor}, three again`, groupId, counted);
  }
}

/** Members of one group that subscribe to different topics. */
async function subscriptions(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const traits = { serverAssignor: "range" };
  const one = new ConsumerMember(peer, "one", groupId, traits);
  const two = new ConsumerMember(peer, "two", groupId, {
    ...traits,
    subscribedTopicNames: [TOPIC_B],
  });
  await one.join("one joins for A");
  await two.join("two joins for B");
  await settle([one, two]);
  await describe(peer, "each has its own", groupId);
  await one.heartbeat("one subscribes to B as well", { subscribedTopicNames: [TOPIC_A, TOPIC_B] });
  await settle([one, two]);
  await describe(peer, "one has A and shares B", groupId);
  await one.heartbeat("one subscribes in another order", {
    subscribedTopicNames: [TOPIC_B, TOPIC_A],
  });
  await one.heartbeat("one gives up A", { subscribedTopicNames: [TOPIC_B] });
  await describe(peer, "A is not given up yet", groupId);
  await settle([one, two]);
  await describe(peer, "both share B", groupId);
  await one.heartbeat("one subscribes to nothing", { subscribedTopicNames: [] });
  await settle([one, two]);
  await describe(peer, "one has nothing", groupId);
  await one.heartbeat("one subscribes to what there is not", {
    subscribedTopicNames: ["groups-none"],
  });
  await settle([one, two]);
  await one.full("one says everything", { subscribedTopicNames: [TOPIC_A] });
  await settle([one, two]);
  await describe(peer, "one is back at A", groupId);
}

/** The assignor that most members ask for is taken. */
async function assignors(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const wishes: [string, string | null][] = [
    ["one", "range"],
    ["two", "uniform"],
    ["three", "range"],
    ["four", null],
  ];
  const members: ConsumerMember[] = [];
  for (const [name, serverAssignor] of wishes) {
    const member = new ConsumerMember(peer, name, groupId, { serverAssignor });
    await member.join(`${name} joins`, { counted: true });
    members.push(member);
    await settle(members);
    if (name !== "two") await describe(peer, `with ${name}`, groupId, { counted: true });
  }
  await members[0].heartbeat("one changes its mind", { serverAssignor: "uniform" });
  await settle(members);
  await describe(peer, "one has changed its mind", groupId, { counted: true });
  await members[0].heartbeat("an assignor that there is not", { serverAssignor: "sticky" });
}

/** Fields that change without a rebalance, or with one. */
async function changedTraits(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId, { rackId: "r", serverAssignor: "range" });
  await one.join("join");
  await one.acknowledge("acknowledge");
  for (
    const change of [
      { rackId: "s" },
      { rackId: "" },
      { rebalanceTimeoutMs: 100 },
      { rebalanceTimeoutMs: -1 },
      { serverAssignor: "uniform" },
      { instanceId: "i" },
      { subscribedTopicNames: [TOPIC_A] },
      { topicPartitions: [{ topicId: UNKNOWN_ID, partitions: [1] }] },
    ]
  ) {
    const [[name, value]] = Object.entries(change);
    const label = `${name} ${typeof value === "object" ? "" : value}`;
    await one.heartbeat(label, change);
    await describe(peer, `described, ${label}`, groupId);
  }
}

/** Topics that come and go while somebody is subscribed to them. */
async function changingTopics(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const late = peer.own("late");
  const one = new ConsumerMember(peer, "one", groupId, {
    serverAssignor: "range",
    subscribedTopicNames: [TOPIC_B, late],
  });
  await one.join("join before the topic is there");
  await one.acknowledge("nothing of it yet");
  await peer.topic("late", 2);
  await untilCoordinatorsKnow(peer.target, { [late]: 2 });
  await settle([one]);
  await one.full("the topic is there");
  await describe(peer, "described with the topic", groupId);
  await deleteTopics(peer.target, [late]);
  await untilCoordinatorsKnow(peer.target, { [late]: 0 });
  await settle([one]);
  await one.full("the topic is gone");
  await describe(peer, "described without the topic", groupId);
}

/** A member that vanishes without a word while another takes over what it gives up. */
async function givingUpAll(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId);
  const two = new ConsumerMember(peer, "two", groupId);
  await one.join("one joins");
  await two.join("two joins");
  await one.heartbeat("one is told to give up half");
  await one.leave("one leaves instead");
  await two.heartbeat("two is given all");
  await two.acknowledge("two has taken all");
  await one.join("one comes back");
  await two.heartbeat("two is told to give up half");
  await two.join("two joins again instead, owning nothing");
  await one.heartbeat("one is given half");
  await describe(peer, "described", groupId);
  await peer.ask("one without its partitions", ConsumerGroupHeartbeat, {
    groupId,
    memberId: "one",
    memberEpoch: one.memberEpoch,
    topicPartitions: [],
  }, { as: "one" });
}

export const CONSUMER_ROUNDS: readonly Conversation[] = [
  { title: "two consumers", levels: CONSUMER_LEVELS, talk: twoConsumers },
  { title: "three consumers", levels: CONSUMER_LEVELS, talk: threeConsumers },
  { title: "subscriptions", levels: CONSUMER_LEVELS, talk: subscriptions },
  { title: "assignors", levels: CONSUMER_LEVELS, talk: assignors },
  { title: "changed traits", levels: CONSUMER_LEVELS, talk: changedTraits },
  { title: "changing topics", levels: CONSUMER_LEVELS, talk: changingTopics },
  { title: "giving up all", levels: CONSUMER_LEVELS, talk: givingUpAll },
];
