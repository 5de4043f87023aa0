/** Static members of a consumer group: leave for a while, come back, are in use, fenced. */
import { LeaveGroup } from "../../../../protocol/messages/13_leave_group.ts";
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { ConsumerMember, describe, firstHeartbeat, settle } from "./consumer_member.ts";
import { CONSUMER_LEVELS, LATEST } from "./levels.ts";
import { TOPIC_A, TOPIC_B } from "./setup.ts";

async function comingBack(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const see = (label: string) => describe(peer, label, groupId);
  const one = new ConsumerMember(peer, "one", groupId, { instanceId: "a" });
  const two = new ConsumerMember(peer, "two", groupId, { instanceId: "b" });
  await one.join("one joins");
  await two.join("two joins");
  await settle([one, two]);
  await see("two static ones");
  await one.join("one joins again");
  await one.acknowledge("one is still there");

  const twin = new ConsumerMember(peer, "twin", groupId, { instanceId: "a" });
  await twin.join("a twin of one joins");
  await twin.heartbeat("a twin in epoch 1", { memberEpoch: 1 });
  await twin.leave("a twin leaves");
  await twin.leave("a twin leaves for a while", -2);
  await one.heartbeat("one without its instance id", { instanceId: null });
  await one.heartbeat("one with another instance id", { instanceId: "c" });

  await one.leave("one leaves for a while", -2);
  await see("one is away");
  await two.heartbeat("two has not noticed");
  await one.heartbeat("one's old id", { memberEpoch: two.memberEpoch });
  await one.leave("one leaves for a while again", -2);
  await twin.join("the twin comes back for one");
  await twin.acknowledge("the twin has taken it");
  await see("the twin is there");
  await two.heartbeat("two has not noticed the twin");
  await one.heartbeat("one is fenced", { memberEpoch: twin.memberEpoch });
  await one.leave("one leaves, though it is fenced");
  await one.join("one wants to join again");

  await twin.leave("the twin leaves for good");
  await two.heartbeat("two is given all");
  await see("two is left");
}

/** Whoever comes back may have changed what it wants. */
async function comingBackOtherwise(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const traits = { instanceId: "a", serverAssignor: "range" };
  const one = new ConsumerMember(peer, "one", groupId, traits);
  const other = new ConsumerMember(peer, "other", groupId, { serverAssignor: "range" });
  await one.join("one joins");
  await other.join("another joins");
  await settle([one, other]);
  await one.leave("one leaves for a while", -2);
  const heir = new ConsumerMember(peer, "heir", groupId, {
    ...traits,
    subscribedTopicNames: [TOPIC_A, TOPIC_B],
    rackId: "r",
  });
  await heir.join("it comes back with one topic more");
  await settle([heir, other]);
  await describe(peer, "with one topic more", groupId);
  await heir.leave("the heir leaves for a while", -2);
  const same = new ConsumerMember(peer, "heir", groupId, traits);
  await same.join("it comes back with the same id");
  await settle([same, other]);
  await describe(peer, "with the same id", groupId);
  await other.leave("the other one leaves for a while, without an instance", -2);
  await same.leave("the static one leaves for a while", -2);
  await other.leave("the other one leaves");
  await describe(peer, "only one that is away", groupId);
}

/** Leaving by instance id, which only static members can. */
async function instances(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId, { instanceId: "a" });
  await one.join("join");
  for (const memberEpoch of [-1, -2, 0, 1, 2]) {
    await one.heartbeat(`unknown instance, epoch ${memberEpoch}`, {
      ...firstHeartbeat(groupId, "one"),
      instanceId: "z",
      memberEpoch,
    });
    await peer.ask(`wrong member, epoch ${memberEpoch}`, ConsumerGroupHeartbeat, {
      ...firstHeartbeat(groupId, "nobody"),
      instanceId: "a",
      memberEpoch,
    });
  }
  await describe(peer, "described", groupId);
}

/** Administrators remove members by LeaveGroup, which knows consumer groups as well. */
async function removed(peer: Peer): Promise<void> {
  for (const version of [0, 2, 3, 5]) {
    const groupId = peer.own(`group ${version}`);
    const one = new ConsumerMember(peer, `one ${version}`, groupId, { instanceId: "a" });
    const two = new ConsumerMember(peer, `two ${version}`, groupId);
    await one.join(`one joins ${version}`);
    await two.join(`two joins ${version}`);
    if (version < 3) {
      const leave = { groupId, memberId: two.memberId };
      await peer.ask("a member", LeaveGroup, leave, { version });
      await peer.ask("a member again", LeaveGroup, leave, { version });
    } else {
      const members = [
        { memberId: "", groupInstanceId: "z" },
        { memberId: "nobody", groupInstanceId: "a" },
        { memberId: "", groupInstanceId: null },
        { memberId: "nobody", groupInstanceId: null },
        { memberId: "", groupInstanceId: "a" },
        { memberId: two.memberId, groupInstanceId: null },
      ];
      await peer.ask("members", LeaveGroup, { groupId, members }, { version });
      await peer.ask("members again", LeaveGroup, { groupId, members }, { version });
    }
    await describe(peer, `described ${version}`, groupId);
  }
}

export const CONSUMER_STATIC: readonly Conversation[] = [
  { title: "coming back", levels: CONSUMER_LEVELS, talk: comingBack },
  { title: "coming back otherwise", levels: CONSUMER_LEVELS, talk: comingBackOtherwise },
  { title: "instances", levels: CONSUMER_LEVELS, talk: instances },
  { title: "removed", levels: LATEST, talk: removed },
];
