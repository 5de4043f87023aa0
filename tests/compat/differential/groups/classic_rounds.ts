/** Rebalances of a classic group with several members: who waits, who is told to join again. */
import { JoinGroup } from "../../../../protocol/messages/11_join_group.ts";
import { Heartbeat } from "../../../../protocol/messages/12_heartbeat.ts";
import { LeaveGroup } from "../../../../protocol/messages/13_leave_group.ts";
import { SyncGroup } from "../../../../protocol/messages/14_sync_group.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import type { Conversation, Peer } from "../conversation.ts";
import {
  ClassicMember,
  joining,
  leaving,
  protocols,
  rebalance,
  settleAlone,
  someAssignments,
  untilState,
} from "./classic_member.ts";
import { ALL_LEVELS, SOME_LEVELS } from "./levels.ts";
import { around, subscription } from "./requests.ts";

const OTHER_METADATA = subscription(["another-topic"], { version: 0 });

async function twoMembers(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const describe = (label: string) => peer.ask(label, DescribeGroups, { groups: [groupId] });
  const one = await settleAlone(peer, "one", groupId);
  const two = new ClassicMember(peer, "two", groupId);
  const second = two.join("two joins");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await one.heartbeat("one is told to join again");
  await one.sync("one syncs while preparing", someAssignments(one));
  await one.join("one joins again");
  await second;
  await describe("describe while completing");
  await one.heartbeat("one's heartbeat while completing");
  await two.heartbeat("two's heartbeat while completing");
  const synced = two.sync("two syncs and waits");
  await one.sync("one syncs", someAssignments(one, two));
  await synced;
  await describe("describe with two");
  await two.join("two joins again with the same metadata");
  await two.sync("two syncs again");
  await one.heartbeat("one has not noticed");

  const changed = two.join("two joins again with other metadata", {
    protocols: protocols(["range"], OTHER_METADATA),
  });
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await one.heartbeat("one is told of two's other metadata");
  await one.join("one joins for two");
  await changed;
  const waiting = two.sync("two waits for assignments that do not come");
  await one.join("one joins again while completing, unchanged");
  const again = one.join("one joins again while completing, changed", {
    protocols: protocols(["range"], OTHER_METADATA),
  });
  await waiting;
  await two.heartbeat("two is told to join");
  await two.join("two joins after that");
  await again;
  await one.sync("one syncs without assignments");
  await two.sync("two syncs late");
  await describe("describe without assignments");

  const led = one.join("the leader joins again, unchanged");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await two.heartbeat("two is told that the leader wants a round");
  await two.leave("two leaves instead");
  await led;
  await one.sync("one syncs alone again", someAssignments(one));
  await describe("describe in the end");
}

async function refusedSyncs(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId);
  const protocol = peer.level < 5 ? {} : { protocolType: "consumer", protocolName: "range" };
  const ask = (label: string, rest: object) =>
    peer.ask(label, SyncGroup, {
      groupId,
      generationId: one.generationId,
      memberId: one.memberId,
      ...protocol,
      ...rest,
    });
  for (const state of ["stable", "completing"]) {
    await ask(`${state}: empty group id`, { groupId: "" });
    await ask(`${state}: unknown group`, { groupId: peer.own("none") });
    await ask(`${state}: empty member id`, { memberId: "" });
    await ask(`${state}: unknown member`, { memberId: "nobody" });
    for (const [name, generationId] of around(one.generationId, -1, 99).slice(1)) {
      await ask(`${state}: generation ${name}`, { generationId });
      await ask(`${state}: unknown member, generation ${name}`, {
        memberId: "nobody",
        generationId,
      });
    }
    if (peer.level >= 3) await ask(`${state}: unknown instance`, { groupInstanceId: "i" });
    if (peer.level >= 5) {
      await ask(`${state}: another type`, { protocolType: "connect" });
      await ask(`${state}: another name`, { protocolName: "uniform" });
      await ask(`${state}: no type`, { protocolType: null });
      await ask(`${state}: no name`, { protocolName: null });
      await ask(`${state}: neither`, { protocolType: null, protocolName: null });
      await ask(`${state}: empty type and name`, { protocolType: "", protocolName: "" });
      await ask(`${state}: another type, unknown member`, {
        protocolType: "x",
        memberId: "nobody",
      });
    }
    await one.heartbeat(`${state}: nothing has happened`);
    if (state === "stable") await one.join("a new round");
  }
  await ask("assignments for strangers", {
    assignments: [
      { memberId: "nobody", assignment: new Uint8Array([1]) },
      { memberId: one.memberId, assignment: new Uint8Array([2]) },
      { memberId: one.memberId, assignment: new Uint8Array([3]) },
    ],
  });
}

async function refusedHeartbeats(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId);
  const questions: [string, object][] = [
    ["empty group id", { groupId: "" }],
    ["unknown group", { groupId: peer.own("none") }],
    ["empty member id", { memberId: "" }],
    ["unknown member", { memberId: "nobody" }],
    ["unknown member, other generation", { memberId: "nobody", generationId: 9 }],
    ["generation -1", { generationId: -1 }],
    ["generation before", { generationId: one.generationId - 1 }],
    ["generation after", { generationId: one.generationId + 1 }],
  ];
  for (const [label, rest] of questions) await one.heartbeat(label, rest);
  if (peer.level >= 3) await one.heartbeat("unknown instance", { groupInstanceId: "i" });
  await one.leave("leave");
  for (const [label, rest] of questions) await one.heartbeat(`empty: ${label}`, rest);
}

async function refusedLeaves(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId);
  const version = peer.version(LeaveGroup);
  const ask = (label: string, group: string, memberId: string) =>
    peer.ask(label, LeaveGroup, leaving(version, group, memberId));
  await ask("empty group id", "", one.memberId);
  await ask("unknown group", peer.own("none"), one.memberId);
  await ask("empty member id", groupId, "");
  await ask("unknown member", groupId, "nobody");
  if (version >= 3) {
    await peer.ask("nobody at all", LeaveGroup, { groupId, members: [] });
    await peer.ask("unknown group, nobody", LeaveGroup, { groupId: peer.own("none"), members: [] });
    const { memberId } = one;
    const instance = { memberId, groupInstanceId: "i" };
    await peer.ask("unknown instance", LeaveGroup, { groupId, members: [instance] });
    await one.heartbeat("still there");
    const twice = [{ memberId }, { memberId: "nobody" }, { memberId }];
    await peer.ask("one twice and a stranger", LeaveGroup, { groupId, members: twice });
  }
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
}

/** Members that leave while others wait for them, and one that leaves while it waits itself. */
async function leavingMidway(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = await settleAlone(peer, "one", groupId);
  const two = new ClassicMember(peer, "two", groupId);
  const three = new ClassicMember(peer, "three", groupId);
  await rebalance("three of them", one, { come: [two, three] });
  await three.leave("three leaves a stable group");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  const waiting = one.join("one waits");
  await two.heartbeat("two is told");
  await two.leave("two leaves while one waits");
  await waiting;
  await one.sync("one syncs", someAssignments(one));

  const guest = new ClassicMember(peer, "guest", groupId);
  const joined = guest.join("a guest joins");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  if (peer.level >= 4) {
    const version = peer.version(LeaveGroup);
    const body = leaving(version, groupId, guest.memberId);
    await peer.ask("the guest leaves while it waits", LeaveGroup, body);
    await joined;
    await one.join("one joins again, alone");
  } else {
    await one.join("one joins again, with the guest");
    await joined;
    await guest.leave("the guest leaves while completing");
    await one.join("one joins after the guest");
  }
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
}

/** Somebody new joins while the others have not synced yet. */
async function joiningMidway(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ClassicMember(peer, "one", groupId);
  await one.join("one joins");
  const two = new ClassicMember(peer, "two", groupId);
  const second = two.join("two joins while completing");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await one.sync("one's sync comes too late", someAssignments(one));
  await one.heartbeat("one is told");
  await one.join("one joins again");
  await second;
  const synced = two.sync("two waits");
  const three = new ClassicMember(peer, "three", groupId);
  const third = three.join("three joins while two waits");
  await synced;
  await untilState(peer, groupId, "PreparingRebalance", 3);
  const joins = [one, two].map((member) => member.join(`${member.name} joins for three`));
  await Promise.all([...joins, third]);
  const syncs = [two, three].map((member) => member.sync(`${member.name} syncs`));
  syncs.push(one.sync("one syncs for all", someAssignments(one, two, three)));
  await Promise.all(syncs);
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
}

/** The protocol is the one that most members prefer among those that all of them have. */
async function votes(peer: Peer): Promise<void> {
  const ballots: Record<string, string[][]> = {
    "all alike": [["a", "b"], ["a", "b"]],
    "one in common": [["a", "b"], ["c", "b"]],
    "nothing preferred in common": [["a", "b", "c"], ["c", "b"], ["b", "c"]],
    "the majority": [["a", "b"], ["b", "a"], ["b", "a"]],
    "last choice of all": [["a", "c"], ["b", "c"]],
  };
  for (const [label, [first, ...others]] of Object.entries(ballots)) {
    const groupId = peer.own(label);
    const traits = (names: readonly string[]) => ({ protocols: protocols(names) });
    const one = await settleAlone(peer, `${label} one`, groupId, traits(first));
    const come = others.map((names, i) =>
      new ClassicMember(peer, `${label} other ${i}`, groupId, traits(names))
    );
    const joins: Promise<void>[] = [];
    for (const [i, member] of come.entries()) {
      joins.push(member.join(`${label}: ${i} joins`));
      await untilState(peer, groupId, "PreparingRebalance", i + 2);
    }
    await one.join(`${label}: one joins again`);
    await Promise.all(joins);
    const misfit = joining(groupId, { protocols: protocols(["d"]) });
    await peer.ask(`${label}: a misfit`, JoinGroup, misfit);
  }
}

/** Consumers that keep their partitions while they rebalance tell of them in their metadata (KIP-429). */
async function cooperative(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const owning = (partitions: number[], generationId = 1) => ({
    protocols: protocols(
      ["cooperative-sticky"],
      subscription(["t"], {
        ownedPartitions: partitions.length === 0 ? [] : [{ topic: "t", partitions }],
        generationId,
        rackId: "r",
      }),
    ),
  });
  const one = await settleAlone(peer, "one", groupId, owning([]));
  const two = new ClassicMember(peer, "two", groupId, owning([]));
  const second = two.join("two joins");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await one.join("one joins again with what it owns", owning([0, 1, 2, 3]));
  await second;
  const named = peer.level < 5 ? {} : { protocolName: "cooperative-sticky" };
  const synced = two.sync("two syncs", {}, named);
  await one.sync("one syncs", someAssignments(one, two), named);
  await synced;
  const revoked = one.join("one joins with less", owning([0, 1], 2));
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await two.heartbeat("two is told");
  await two.join("two joins with the same");
  await revoked;
  await peer.ask("describe", DescribeGroups, { groups: [groupId] });
  await peer.ask("heartbeat", Heartbeat, {
    groupId,
    memberId: two.memberId,
    generationId: two.generationId,
  });
}

export const CLASSIC_ROUNDS: readonly Conversation[] = [
  { title: "two members", levels: ALL_LEVELS, talk: twoMembers },
  { title: "refused syncs", levels: [0, 1, 2, 3, 4, 5], talk: refusedSyncs },
  { title: "refused heartbeats", levels: [0, 1, 2, 3, 4], talk: refusedHeartbeats },
  { title: "refused leaves", levels: [0, 1, 2, 3, 4, 5], talk: refusedLeaves },
  { title: "leaving midway", levels: ALL_LEVELS, talk: leavingMidway },
  { title: "joining midway", levels: SOME_LEVELS, talk: joiningMidway },
  { title: "votes", levels: SOME_LEVELS, talk: votes },
  { title: "cooperative", levels: SOME_LEVELS, talk: cooperative },
];
