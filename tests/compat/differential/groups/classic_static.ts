/** Static members of a classic group (KIP-345): they come back, are replaced, fenced and removed. */
import { OffsetCommit } from "../../../../protocol/messages/08_offset_commit.ts";
import { JoinGroup } from "../../../../protocol/messages/11_join_group.ts";
import { Heartbeat } from "../../../../protocol/messages/12_heartbeat.ts";
import { LeaveGroup } from "../../../../protocol/messages/13_leave_group.ts";
import { SyncGroup } from "../../../../protocol/messages/14_sync_group.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
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
import { INSTANCE_LEVELS, LATEST } from "./levels.ts";
import { committed, subscription } from "./requests.ts";
import { TOPIC_A, topicIds } from "./setup.ts";

const OTHER_METADATA = subscription(["another-topic"], { version: 0 });

/** Everything that a member may ask for, with an id that has been taken over or never was one. */
async function askFenced(
  peer: Peer,
  label: string,
  groupId: string,
  member: { memberId: string; groupInstanceId: string; generationId: number },
): Promise<void> {
  const { memberId, groupInstanceId } = member;
  const full = { groupId, ...member };
  await peer.every(label, Heartbeat, full, { from: 3 });
  await peer.every(label, SyncGroup, (version) => ({
    ...full,
    ...(version < 5 ? {} : { protocolType: "consumer", protocolName: "range" }),
  }), { from: 3 });
  await peer.ask(label, JoinGroup, joining(groupId, { memberId, groupInstanceId }));
  await peer.ask(`${label}, no protocols`, JoinGroup, {
    ...joining(groupId, { memberId, groupInstanceId }),
    protocols: [],
  });
  const ids = await topicIds(peer.target);
  await peer.every(label, OffsetCommit, (version) => ({
    groupId,
    memberId,
    groupInstanceId,
    generationIdOrMemberEpoch: member.generationId,
    topics: committed(version, ids, { [TOPIC_A]: [{ partition: 0 }] }),
  }), { from: 7 });
  await peer.every(label, LeaveGroup, {
    groupId,
    members: [{ memberId, groupInstanceId }],
  }, { from: 3 });
}

async function replaced(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const describe = (label: string) => peer.ask(label, DescribeGroups, { groups: [groupId] });
  const leader = await settleAlone(peer, "leader", groupId, { groupInstanceId: "a" });
  const follower = new ClassicMember(peer, "follower", groupId, { groupInstanceId: "b" });
  await rebalance("two static ones", leader, { come: [follower] });
  await describe("describe two static ones");

  const { memberId, generationId } = follower;
  const old = { memberId, generationId, groupInstanceId: "b" };
  follower.memberId = "";
  await follower.join("the follower comes back");
  await leader.heartbeat("the leader has not noticed");
  await describe("describe with the follower replaced");
  await askFenced(peer, "the old follower", groupId, old);
  await askFenced(peer, "a stranger", groupId, { ...old, memberId: "nobody" });
  await askFenced(peer, "unknown instance", groupId, { ...old, groupInstanceId: "c" });
  await follower.sync("the follower syncs");
  await follower.heartbeat("the follower is there");

  leader.memberId = "";
  await leader.join("the leader comes back");
  await leader.sync("the leader syncs", someAssignments(leader, follower));
  await leader.heartbeat("the leader is there");
  await follower.heartbeat("the follower has not noticed");
  await describe("describe with both replaced");

  const back = leader.join("the leader joins with its id");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await follower.heartbeat("the follower is told");
  await follower.join("the follower joins for the leader");
  await back;
  await describe("describe in the end");
}

/** A member comes back without its id and says something else than before. */
async function replacedOtherwise(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId, {
    groupInstanceId: "a",
    protocols: protocols(["range", "sticky"]),
  });
  const two = new ClassicMember(peer, "two", groupId, {
    groupInstanceId: "b",
    protocols: protocols(["range", "sticky"]),
  });
  await rebalance("two static ones", one, { come: [two] });
  two.memberId = "";
  await two.join("two comes back with other metadata", {
    protocols: protocols(["range", "sticky"], OTHER_METADATA),
  });
  await one.heartbeat("one has not noticed");
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
  two.memberId = "";
  await peer.ask("two comes back with a misfit", JoinGroup, {
    ...joining(groupId, { groupInstanceId: "b", protocols: protocols(["uniform"]) }),
  }, { as: "two" });
  const changed = two.join("two comes back with fewer protocols", {
    protocols: protocols(["sticky"]),
  });
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await one.heartbeat("one is told");
  await one.join("one joins again");
  await changed;
  await peer.ask("describe in the end", DescribeGroups, { groups: [groupId] });
}

/** A member comes back while the group is between two generations. */
async function replacedMidway(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId, { groupInstanceId: "a" });
  const two = new ClassicMember(peer, "two", groupId, { groupInstanceId: "b" });
  const waiting = two.join("two joins");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  const twin = new ClassicMember(peer, "twin", groupId, { groupInstanceId: "b" });
  const other = twin.join("two's twin joins while two waits");
  await waiting;
  await one.join("one joins again");
  await other;
  const synced = twin.sync("the twin waits");
  const third = new ClassicMember(peer, "third", groupId, { groupInstanceId: "b" });
  const back = third.join("another twin comes while completing");
  await synced;
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await twin.heartbeat("the twin is fenced");
  await one.heartbeat("one is told");
  await one.join("one joins for the other twin");
  await back;
  const last = third.sync("the other twin syncs");
  await one.sync("one syncs", someAssignments(one, third));
  await last;
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
}

/** Who leads is the one that comes back while completing. */
async function leaderReplacedMidway(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ClassicMember(peer, "one", groupId, { groupInstanceId: "a" });
  await one.join("one joins");
  const { memberId, generationId } = one;
  one.memberId = "";
  await one.join("one comes back while completing");
  const old = { memberId, generationId, groupInstanceId: "a" };
  await askFenced(peer, "the old leader", groupId, old);
  await one.sync("one syncs", someAssignments(one));
  await one.sync("one syncs with the old generation", {}, { generationId });
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
}

/** Several members leave with one request, by member id or by instance id, right and wrong ones. */
async function leavingTogether(peer: Peer): Promise<void> {
  for (const version of [3, 4, 5]) {
    const groupId = peer.own(`group ${version}`);
    const name = (role: string) => `${role}${version}`;
    const one = await settleAlone(peer, name("one"), groupId, { groupInstanceId: "a" });
    const two = new ClassicMember(peer, name("two"), groupId, { groupInstanceId: "b" });
    const three = new ClassicMember(peer, name("three"), groupId);
    const four = new ClassicMember(peer, name("four"), groupId);
    await rebalance(`four, ${version}`, one, { come: [two, three, four] });
    const leave = (
      label: string,
      ...members: { memberId: string; groupInstanceId?: string | null; reason?: string }[]
    ) => peer.ask(label, LeaveGroup, { groupId, members }, { version });
    await leave("nobody");
    await leave("only strangers", { memberId: "nobody" }, {
      memberId: "",
      groupInstanceId: "z",
    }, { memberId: "" });
    await one.heartbeat(`nothing has happened, ${version}`);
    await leave(
      "strangers, fenced ones and right ones",
      { memberId: "nobody" },
      { memberId: "nobody", groupInstanceId: "a" },
      { memberId: three.memberId, groupInstanceId: "a" },
      { memberId: three.memberId, groupInstanceId: "z" },
      { memberId: "", groupInstanceId: "b" },
      { memberId: "", groupInstanceId: "b" },
      { memberId: three.memberId },
      { memberId: four.memberId, groupInstanceId: null, reason: "enough" },
    );
    await one.heartbeat(`one is told, ${version}`);
    await one.join(`one joins again, ${version}`);
    await leave("a static one by its member id", { memberId: one.memberId });
    await peer.ask(`describe, ${version}`, DescribeGroups, { groups: [groupId] });
  }
}

export const CLASSIC_STATIC: readonly Conversation[] = [
  { title: "replaced", levels: INSTANCE_LEVELS, talk: replaced },
  { title: "replaced otherwise", levels: INSTANCE_LEVELS, talk: replacedOtherwise },
  { title: "replaced midway", levels: INSTANCE_LEVELS, talk: replacedMidway },
  { title: "leader replaced midway", levels: INSTANCE_LEVELS, talk: leaderReplacedMidway },
  { title: "leaving together", levels: LATEST, talk: leavingTogether },
];
