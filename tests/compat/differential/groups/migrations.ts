/** Groups that turn from the classic protocol to the new one and back while they have members. */
import { OffsetCommit } from "../../../../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../../../../protocol/messages/09_offset_fetch.ts";
import { JoinGroup } from "../../../../protocol/messages/11_join_group.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../../../../protocol/messages/16_list_groups.ts";
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import type { Conversation, Peer } from "../conversation.ts";
import {
  ClassicMember,
  joining,
  protocols,
  settleAlone,
  someAssignments,
} from "./classic_member.ts";
import { ConsumerMember, describe, firstHeartbeat, settle } from "./consumer_member.ts";
import { ALL_LEVELS, INSTANCE_LEVELS, LATEST } from "./levels.ts";
import { around, assignment, committed, fetched, subscription } from "./requests.ts";
import { TOPIC_A, TOPIC_B, topicIds } from "./setup.ts";

/** A consumer of the classic protocol, as the new one wants it: a real subscription. */
const consuming = (
  topics: string[] = [TOPIC_A],
  rest: Parameters<typeof subscription>[1] = {},
) => ({
  protocols: protocols(["range"], subscription(topics, rest)),
});

const LATEST_HEARTBEAT = { version: 1 };

/** Describes a group by both APIs, since only one of them knows it. */
async function see(peer: Peer, label: string, groupId: string): Promise<void> {
  await describe(peer, label, groupId, { version: 1 });
  await peer.ask(label, DescribeGroups, { groups: [groupId] }, { version: 6 });
}

async function upgrade(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const classic = new ClassicMember(peer, "classic", groupId, consuming());
  await classic.join("join");
  await classic.sync("sync", { [classic.memberId]: assignment(TOPIC_A, [0, 1, 2, 3]) });
  const consumer = new ConsumerMember(peer, "consumer", groupId, { serverAssignor: "range" });
  await consumer.join("a consumer joins the classic group", LATEST_HEARTBEAT);
  await see(peer, "upgraded", groupId);
  await classic.heartbeat("the classic one is told");
  await classic.sync("the classic one syncs in the old generation");
  await classic.join(
    "the classic one joins again",
    consuming([TOPIC_A], {
      ownedPartitions: [{ topic: TOPIC_A, partitions: [0, 1, 2, 3] }],
    }),
  );
  await classic.heartbeat("it must give up something");
  await classic.sync("it is given less");
  await classic.join(
    "it has given up",
    consuming([TOPIC_A], {
      ownedPartitions: [{ topic: TOPIC_A, partitions: [0, 1] }],
    }),
  );
  await classic.sync("it syncs again");
  await classic.heartbeat("it is there");
  await consumer.heartbeat("the consumer is given the rest", LATEST_HEARTBEAT);
  await consumer.acknowledge("the consumer has taken it", LATEST_HEARTBEAT);
  await see(peer, "both are stable", groupId);
  await classic.heartbeat("the classic one is stable");
  await classic.heartbeat("another generation", { generationId: classic.generationId + 5 });
  await classic.heartbeat("unknown member", { memberId: "nobody" });
  await classic.heartbeat("the consumer by the classic protocol", { memberId: "consumer" });
  await consumer.leave("the consumer leaves");
  await see(peer, "downgraded", groupId);
  await classic.heartbeat("the classic one is told of the downgrade");
  await classic.join("the classic one joins the classic group");
  await classic.sync("the classic one leads", someAssignments(classic));
  await see(peer, "classic again", groupId);
}

/** Classic members that come to a group of the new protocol. */
async function classicJoiners(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const consumer = new ConsumerMember(peer, "consumer", groupId, { serverAssignor: "range" });
  await consumer.join("a consumer joins", LATEST_HEARTBEAT);
  const ask = (label: string, rest: Parameters<typeof joining>[1]) =>
    peer.ask(label, JoinGroup, joining(groupId, { ...consuming(), ...rest }), { as: "misfit" });
  await ask("another type", { protocolType: "connect" });
  await ask("empty type", { protocolType: "" });
  await ask("no protocols", { protocols: [] });
  await ask("metadata that is no subscription", {
    protocols: protocols(["range"], new Uint8Array([0])),
  });
  await ask("empty metadata", { protocols: protocols(["range"], new Uint8Array()) });
  await see(peer, "only the consumer", groupId);
  if (peer.level >= 4) await ask("without an id", {});
  const classic = new ClassicMember(peer, "classic", groupId, consuming());
  classic.memberId = "classic";
  await classic.join("a classic one joins");
  await see(peer, "with a classic one", groupId);
  await classic.sync("it is given nothing yet");
  await classic.heartbeat("it waits");
  await consumer.heartbeat("the consumer is told to give up", LATEST_HEARTBEAT);
  await consumer.acknowledge("the consumer has given up", LATEST_HEARTBEAT);
  await classic.heartbeat("the classic one is told");
  await classic.join("the classic one joins again");
  await classic.sync("the classic one is given its share");
  await classic.sync("with another protocol", {}, peer.level < 5 ? {} : { protocolName: "x" });
  await classic.heartbeat("the classic one is there");
  await see(peer, "both", groupId);
  const other = new ClassicMember(peer, "other", groupId, {
    protocols: protocols(["roundrobin"], subscription([TOPIC_A])),
  });
  await other.join("a protocol that the classic one has not");
  await classic.leave("the classic one leaves");
  await settle([consumer]);
  await see(peer, "the consumer is left", groupId);
  await consumer.heartbeat("the consumer leaves", { memberEpoch: -1, ...LATEST_HEARTBEAT });
  const heir = new ClassicMember(peer, "heir", groupId, consuming());
  await heir.join("a classic one joins the empty group");
  await heir.sync("it leads", someAssignments(heir));
  await see(peer, "classic", groupId);
}

/** Classic members with ids that the group does not know, or knows as those of others. */
async function strangeIds(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const consumer = new ConsumerMember(peer, "consumer", groupId, { serverAssignor: "range" });
  await consumer.join("a consumer joins", LATEST_HEARTBEAT);
  const nobody = new ClassicMember(peer, "nobody", groupId, consuming());
  nobody.memberId = "nobody";
  await nobody.join("an unknown id joins");
  await see(peer, "with an unknown id", groupId);
  await consumer.heartbeat("the unknown one by the new protocol", {
    memberId: "nobody",
    memberEpoch: nobody.generationId,
    ...LATEST_HEARTBEAT,
  });
  await nobody.heartbeat("the unknown one by the classic protocol");
  await see(peer, "with two of the new protocol", groupId);
  await nobody.leave("it leaves");
  const thief = new ClassicMember(peer, "thief", groupId, consuming());
  thief.memberId = "consumer";
  await thief.join("the consumer joins by the classic protocol");
  await see(peer, "with the consumer's id", groupId);
  await thief.heartbeat("a classic heartbeat");
  await consumer.heartbeat("the consumer's heartbeat", LATEST_HEARTBEAT);
  await see(peer, "in the end", groupId);
}

/** Groups that a consumer cannot turn into one of its kind, and one that is turned when empty. */
async function misfits(peer: Peer): Promise<void> {
  const groups: Record<string, Parameters<typeof joining>[1]> = {
    "connect": { protocolType: "connect" },
    "no subscription": { protocols: protocols(["range"], new Uint8Array([0])) },
    "custom data": { protocols: protocols(["own"], subscription([TOPIC_A], { userData: BYTES })) },
    "unknown topic": consuming(["groups-none"]),
    "old subscription": consuming([TOPIC_A], { version: 0 }),
    "two topics": consuming([TOPIC_A, TOPIC_B]),
  };
  for (const [label, traits] of Object.entries(groups)) {
    const groupId = peer.own(label);
    const member = new ClassicMember(peer, label, groupId, traits);
    await member.join(`${label}: join`);
    await member.sync(`${label}: sync`, { [member.memberId]: assignment(TOPIC_A, [0, 1, 2, 3]) });
    const body = firstHeartbeat(groupId, "consumer", { serverAssignor: "range" });
    await peer.ask(`${label}: a consumer joins`, ConsumerGroupHeartbeat, body);
    await see(peer, label, groupId);
    await member.heartbeat(`${label}: the member is there`);
    await member.leave(`${label}: the member leaves`);
    await see(peer, `${label} in the end`, groupId);
  }
  const odd = { "no assignment": BYTES, "user data": assignment(TOPIC_A, [0], BYTES) };
  for (const [label, given] of Object.entries(odd)) {
    const groupId = peer.own(label);
    const member = new ClassicMember(peer, label, groupId, consuming());
    await member.join(`${label}: join`);
    await member.sync(`${label}: sync`, { [member.memberId]: given });
    const body = firstHeartbeat(groupId, "consumer");
    await peer.ask(`${label}: a consumer joins`, ConsumerGroupHeartbeat, body);
  }
  const simple = peer.own("simple");
  const ids = await topicIds(peer.target);
  const topics = committed(10, ids, { [TOPIC_A]: [{ partition: 0, offset: 5 }] });
  await peer.ask("simple: commit", OffsetCommit, { groupId: simple, topics });
  const consumer = new ConsumerMember(peer, "consumer", simple);
  await consumer.heartbeat("simple: epoch 1", { memberEpoch: 1 });
  await consumer.join("simple: join");
  await see(peer, "simple", simple);
  await peer.ask(
    "offsets are kept",
    OffsetFetch,
    fetched(10, ids, [{
      groupId: simple,
      topics: null,
    }]),
  );
  const empty = peer.own("empty");
  const leaver = await settleAlone(peer, "leaver", empty);
  await leaver.leave("leave");
  await new ConsumerMember(peer, "heir", empty).join("empty: join");
  await see(peer, "empty", empty);
  await peer.ask("list", ListGroups, {});
}

const BYTES = new Uint8Array([1, 2, 3]);

/** Classic members of a group that is in the middle of a rebalance when it is upgraded. */
async function midway(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const classic = new ClassicMember(peer, "classic", groupId, consuming());
  await classic.join("join");
  const consumer = new ConsumerMember(peer, "consumer", groupId, { serverAssignor: "range" });
  await consumer.join("a consumer joins while completing", LATEST_HEARTBEAT);
  await classic.sync("the classic one syncs too late", someAssignments(classic));
  await classic.heartbeat("it is told");
  await classic.join("it joins again");
  await classic.sync("it syncs");
  await settle([consumer]);
  await classic.heartbeat("it is there");
  await see(peer, "both", groupId);
  await classic.leave("the classic one leaves");
  await settle([consumer]);
  await see(peer, "the consumer is left", groupId);
}

/** A static member that goes from one protocol to the other. */
async function staticMember(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const traits = { ...consuming(), groupInstanceId: "i" };
  const classic = new ClassicMember(peer, "classic", groupId, traits);
  await classic.join("join");
  await classic.sync("sync", { [classic.memberId]: assignment(TOPIC_A, [0, 1, 2, 3]) });
  const consumer = new ConsumerMember(peer, "consumer", groupId, {
    instanceId: "i",
    serverAssignor: "range",
  });
  await consumer.join("it comes back by the new protocol", LATEST_HEARTBEAT);
  await see(peer, "upgraded", groupId);
  await classic.heartbeat("its old self is fenced");
  await consumer.acknowledge("it is there", LATEST_HEARTBEAT);
  classic.memberId = "";
  await classic.join("it comes back by the classic protocol");
  await see(peer, "downgraded", groupId);
  await consumer.heartbeat("its newer self is fenced", LATEST_HEARTBEAT);
  await classic.sync("sync again", someAssignments(classic));
  await see(peer, "in the end", groupId);
}

/** Offsets of classic members in a consumer group. */
async function offsets(peer: Peer): Promise<void> {
  const ids = await topicIds(peer.target);
  const groupId = peer.own("group");
  const consumer = new ConsumerMember(peer, "consumer", groupId, { serverAssignor: "range" });
  await consumer.join("a consumer joins");
  const classic = new ClassicMember(peer, "classic", groupId, consuming());
  await classic.join("a classic one joins");
  for (const version of [2, 6, 9, 10]) {
    for (const [name, epoch] of around(classic.generationId, -1, 0, 99)) {
      await peer.ask(`epoch ${name}`, OffsetCommit, {
        groupId,
        memberId: classic.memberId,
        generationIdOrMemberEpoch: epoch,
        topics: committed(version, ids, { [TOPIC_A]: [{ partition: 0 }] }),
      }, { version });
    }
  }
  for (const [name, memberEpoch] of around(classic.generationId, -1)) {
    const draft = { groupId, memberId: classic.memberId, memberEpoch, topics: { [TOPIC_A]: [0] } };
    await peer.ask(`epoch ${name}`, OffsetFetch, fetched(10, ids, [draft]));
  }
}

export const MIGRATIONS: readonly Conversation[] = [
  { title: "upgrade", levels: ALL_LEVELS, talk: upgrade },
  { title: "classic joiners", levels: ALL_LEVELS, talk: classicJoiners },
  { title: "strange ids", levels: ALL_LEVELS, talk: strangeIds },
  { title: "misfit groups", levels: LATEST, talk: misfits },
  { title: "upgraded midway", levels: ALL_LEVELS, talk: midway },
  { title: "static migrant", levels: INSTANCE_LEVELS, talk: staticMember },
  { title: "mixed offsets", levels: LATEST, talk: offsets },
];
