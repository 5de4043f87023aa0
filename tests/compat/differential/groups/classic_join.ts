/** Joining a classic group: the first member's whole life, and every way to be refused. */
import { JoinGroup } from "../../../../protocol/messages/11_join_group.ts";
import { Heartbeat } from "../../../../protocol/messages/12_heartbeat.ts";
import { LeaveGroup } from "../../../../protocol/messages/13_leave_group.ts";
import { SyncGroup } from "../../../../protocol/messages/14_sync_group.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../../../../protocol/messages/16_list_groups.ts";
import type { Conversation, Peer } from "../conversation.ts";
import {
  ClassicMember,
  joining,
  leaving,
  protocols,
  rebalance,
  settleAlone,
  someAssignments,
} from "./classic_member.ts";
import { ALL_LEVELS, MEMBER_ID_LEVELS } from "./levels.ts";
import { GROUP_SIZE_MAX, SESSION_MS_MAX, SESSION_MS_MIN } from "./node_configs.ts";

async function oneMember(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ClassicMember(peer, "one", groupId);
  const describe = (label: string) => peer.ask(label, DescribeGroups, { groups: [groupId] });
  const list = (label: string) => peer.ask(label, ListGroups, {});
  await describe("describe before");
  await one.join("join");
  await describe("describe while completing");
  await list("list while completing");
  await one.heartbeat("heartbeat while completing");
  await one.join("join again while completing");
  await one.sync("sync", someAssignments(one));
  await describe("describe when stable");
  await list("list when stable");
  await one.heartbeat("heartbeat when stable");
  await one.sync("sync again", someAssignments(one));
  await one.sync("sync again with another assignment", { [one.memberId]: new Uint8Array([9, 9]) });
  await one.sync("sync again with nothing");
  await one.join("join again when stable");
  await describe("describe while completing again");
  await one.sync("sync the second generation");
  await describe("describe with an empty assignment");
  await one.leave("leave");
  await describe("describe when empty");
  await list("list when empty");
  await one.leave("leave twice");
  await one.heartbeat("heartbeat when gone");
  await one.sync("sync when gone");
  await one.join("join with the old id");
  const heir = new ClassicMember(peer, "heir", groupId);
  await heir.join("somebody else joins the empty group");
  await heir.sync("somebody else syncs", someAssignments(heir));
  await describe("describe in the end");
}

async function timeouts(peer: Peer): Promise<void> {
  for (const sessionTimeoutMs of [-1, 0, SESSION_MS_MIN - 1, SESSION_MS_MAX + 1, 2_147_483_647]) {
    const groupId = peer.own(`session ${sessionTimeoutMs}`);
    const body = joining(groupId, { sessionTimeoutMs });
    await peer.ask(`session timeout ${sessionTimeoutMs}`, JoinGroup, body);
    await peer.ask(`described, ${sessionTimeoutMs}`, DescribeGroups, { groups: [groupId] });
  }
  for (const sessionTimeoutMs of [SESSION_MS_MIN, SESSION_MS_MAX]) {
    const groupId = peer.own(`session ${sessionTimeoutMs}`);
    const body = joining(groupId, { sessionTimeoutMs });
    await peer.ask(`session timeout ${sessionTimeoutMs}`, JoinGroup, body);
  }
  for (const rebalanceTimeoutMs of [-1, 0, 1, 2_147_483_647]) {
    const groupId = peer.own(`rebalance ${rebalanceTimeoutMs}`);
    await peer.ask(
      `rebalance timeout ${rebalanceTimeoutMs}`,
      JoinGroup,
      joining(groupId, { rebalanceTimeoutMs }),
    );
  }
}

async function refusedJoins(peer: Peer): Promise<void> {
  const ask = (label: string, rest: Parameters<typeof joining>[1]) =>
    peer.ask(label, JoinGroup, joining(peer.own(label), rest));
  await peer.ask("empty group id", JoinGroup, joining(""));
  await peer.ask("empty group id and bad timeout", JoinGroup, joining("", { sessionTimeoutMs: 1 }));
  await ask("empty group id with a member", { groupId: "", memberId: "x" });
  await ask("no protocols", { protocols: [] });
  await ask("no protocol type", { protocolType: "" });
  await ask("neither protocols nor type", { protocolType: "", protocols: [] });
  await ask("empty metadata", { protocols: [{ name: "range", metadata: new Uint8Array() }] });
  await ask("empty protocol name", { protocols: protocols([""]) });
  await ask("another type", { protocolType: "connect", protocols: protocols(["sessioned"]) });
  await ask("unknown member", { memberId: "nobody" });
  await ask("unknown member, no protocols", { memberId: "nobody", protocols: [] });
  if (peer.level >= 8) {
    for (const reason of ["", "because", "r".repeat(300)]) {
      await ask(`reason of ${reason.length}`, { reason });
    }
  }
  if (peer.level < 5) return;
  for (const groupInstanceId of ["", ".", "..", "a b", "i".repeat(249), "i".repeat(250), "ä"]) {
    await ask(`instance ${groupInstanceId.slice(0, 4)} of ${groupInstanceId.length}`, {
      groupInstanceId,
    });
  }
  await ask("unknown member with instance", { memberId: "nobody", groupInstanceId: "i" });
}

/** What an existing group makes of those that do not fit. */
async function misfits(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId, {
    protocols: protocols(["range", "sticky"]),
  });
  const ask = (label: string, rest: Parameters<typeof joining>[1]) =>
    peer.ask(label, JoinGroup, joining(groupId, rest), { as: "misfit" });
  await ask("another type", { protocolType: "connect" });
  await ask("empty type", { protocolType: "" });
  await ask("type in capitals", { protocolType: "Consumer" });
  await ask("another protocol", { protocols: protocols(["uniform"]) });
  await ask("no protocols", { protocols: [] });
  await ask("unknown member", { memberId: "nobody" });
  await ask("unknown member of another type", { memberId: "nobody", protocolType: "x" });
  await one.join("the member with another protocol", { protocols: protocols(["uniform"]) });
  await one.join("the member with another type", { protocolType: "connect" });
  await one.heartbeat("nothing has happened to it");
  await one.leave("leave");
  const other = new ClassicMember(peer, "other", groupId, {
    protocolType: "connect",
    protocols: protocols(["sessioned"]),
  });
  await other.join("another type joins the empty group");
  await other.sync("it syncs", someAssignments(other));
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
  await peer.ask("list", ListGroups, {});
}

/** A member that has been given its id, but has not joined with it. */
async function pendingMembers(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const describe = (label: string) => peer.ask(label, DescribeGroups, { groups: [groupId] });
  const idOf = async (label: string, as: string) =>
    (await peer.ask(label, JoinGroup, joining(groupId), { as })).memberId;
  const memberId = await idOf("first id", "one");
  await idOf("second id", "two");
  await describe("describe with pending members");
  await peer.ask("list", ListGroups, {});
  await peer.ask("heartbeat", Heartbeat, { groupId, memberId, generationId: 0 });
  await peer.ask("heartbeat, generation -1", Heartbeat, { groupId, memberId, generationId: -1 });
  const protocol = peer.level < 5 ? {} : { protocolType: "consumer", protocolName: "range" };
  await peer.ask("sync", SyncGroup, { groupId, memberId, generationId: 0, ...protocol });
  await peer.ask("misfit", JoinGroup, joining(groupId, { memberId, protocols: [] }));
  if (peer.level >= 5) {
    const withInstance = joining(groupId, { memberId, groupInstanceId: "i" });
    await peer.ask("join with an instance id", JoinGroup, withInstance);
  }
  await peer.ask("join", JoinGroup, joining(groupId, { memberId }), { as: "one" });
  await describe("describe once joined");
  const third = await idOf("third id", "three");
  const version = peer.version(LeaveGroup);
  await peer.ask("leave, pending", LeaveGroup, leaving(version, groupId, third));
  await peer.ask("leave, pending, twice", LeaveGroup, leaving(version, groupId, third));
  await peer.ask("join after leave", JoinGroup, joining(groupId, { memberId: third }));
}

/** As many members as a group may have, and one more. */
async function fullGroup(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId);
  const others = Array.from(
    { length: GROUP_SIZE_MAX - 1 },
    (_, i) => new ClassicMember(peer, `other ${i}`, groupId),
  );
  await rebalance("fill", one, { come: others });
  const late = new ClassicMember(peer, "late", groupId);
  await peer.ask("one too many", JoinGroup, joining(groupId), { as: "late" });
  await peer.ask("unknown member", JoinGroup, joining(groupId, { memberId: "nobody" }));
  await others[0].join("a member joins again");
  await others[1].leave("a member leaves");
  await rebalance("one that fits", one, { stay: [others[0], others[2]], come: [late] });
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
}

export const CLASSIC_JOIN: readonly Conversation[] = [
  { title: "one member", levels: ALL_LEVELS, talk: oneMember },
  { title: "timeouts", levels: ALL_LEVELS, talk: timeouts },
  { title: "refused joins", levels: ALL_LEVELS, talk: refusedJoins },
  { title: "misfits", levels: ALL_LEVELS, talk: misfits },
  { title: "pending members", levels: MEMBER_ID_LEVELS, talk: pendingMembers },
  { title: "full group", levels: [2, 4, 9], talk: fullGroup },
];
