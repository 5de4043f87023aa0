/** What everybody may ask of groups: find, describe, list and delete them, in every state. */
import { OffsetCommit } from "../../../../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../../../../protocol/messages/09_offset_fetch.ts";
import { FindCoordinator } from "../../../../protocol/messages/10_find_coordinator.ts";
import { JoinGroup } from "../../../../protocol/messages/11_join_group.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../../../../protocol/messages/16_list_groups.ts";
import { DeleteGroups } from "../../../../protocol/messages/42_delete_groups.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { ClassicMember, joining, protocols, settleAlone, untilState } from "./classic_member.ts";
import { LATEST } from "./levels.ts";
import { committed, fetched } from "./requests.ts";
import { TOPIC_A, TOPIC_B } from "./setup.ts";

const GROUP = 0;

/** How long somebody waits whom nobody is going to answer. */
const WAIT_MS = 60_000;

/** Groups in every state that a classic group may be in, by the name of the state. */
async function groupsInAllStates(peer: Peer, suffix = ""): Promise<Record<string, string>> {
  const states = ["none", "simple", "empty", "preparing", "completing", "stable", "connect"];
  const ids = Object.fromEntries(states.map((state) => [state, peer.own(state + suffix)]));
  await peer.quietly(OffsetCommit, {
    groupId: ids.simple,
    topics: committed(9, new Map(), { [TOPIC_A]: [{ partition: 0 }, { partition: 1 }] }),
  }, { version: 9 });
  const leaver = await settleAlone(peer, "leaver", ids.empty);
  await leaver.leave("leave");
  await new ClassicMember(peer, "completer", ids.completing).join("join");
  await settleAlone(peer, "worker", ids.connect, {
    protocolType: "connect",
    protocols: protocols(["sessioned"]),
  });
  for (const id of [ids.stable, ids.preparing]) {
    const member = await settleAlone(peer, `member`, id, { groupInstanceId: "i" });
    await peer.quietly(OffsetCommit, {
      groupId: id,
      memberId: member.memberId,
      generationIdOrMemberEpoch: member.generationId,
      topics: committed(9, new Map(), { [TOPIC_B]: [{ partition: 0 }] }),
    }, { version: 9 });
  }
  // It waits until the end of the conversation.
  peer.quietly(JoinGroup, joining(ids.preparing), {
    as: `waiter${suffix}`,
    version: 3,
    timeoutMs: WAIT_MS,
  });
  await untilState(peer, ids.preparing, "PreparingRebalance", 2);
  return ids;
}

async function describing(peer: Peer): Promise<void> {
  const ids = await groupsInAllStates(peer);
  for (const [state, id] of Object.entries(ids)) {
    await peer.every(state, DescribeGroups, { groups: [id] });
    await peer.every(`${state}, with operations`, DescribeGroups, {
      groups: [id],
      includeAuthorizedOperations: true,
    }, { from: 3 });
  }
  await peer.every("none at all", DescribeGroups, { groups: [] });
  await peer.every("empty id", DescribeGroups, { groups: [""] });
  await peer.every("all", DescribeGroups, { groups: Object.values(ids) });
  await peer.every("one twice", DescribeGroups, { groups: [ids.stable, ids.stable, ids.none] });
}

async function listing(peer: Peer): Promise<void> {
  await groupsInAllStates(peer);
  await peer.every("all", ListGroups, {});
  const states = [
    ["Stable"],
    ["stable"],
    [" STABLE "],
    ["Empty", "CompletingRebalance"],
    ["PreparingRebalance"],
    ["preparingrebalance"],
    ["preparing_rebalance"],
    ["Dead"],
    ["Assigning", "Reconciling"],
    ["nonsense"],
    [""],
    ["Stable", "Stable", "nonsense"],
  ];
  for (const statesFilter of states) {
    await peer.every(`states ${statesFilter}`, ListGroups, { statesFilter }, { from: 4 });
  }
  const types = [
    ["classic"],
    ["Classic"],
    [" CLASSIC "],
    ["consumer"],
    ["share"],
    ["streams"],
    ["unknown"],
    ["nonsense"],
    [""],
    ["consumer", "classic"],
    ["nonsense", "classic"],
  ];
  for (const typesFilter of types) {
    await peer.every(`types ${typesFilter}`, ListGroups, { typesFilter }, { from: 5 });
    await peer.every(`types ${typesFilter}, stable`, ListGroups, {
      typesFilter,
      statesFilter: ["Stable"],
    }, { from: 5 });
  }
}

async function deleting(peer: Peer): Promise<void> {
  const fetch = (groupId: string) => fetched(9, new Map(), [{ groupId, topics: null }]);
  for (const version of [0, 1, 2]) {
    const ids = await groupsInAllStates(peer, ` ${version}`);
    const ask = (label: string, ...groupsNames: string[]) =>
      peer.ask(`${label}, ${version}`, DeleteGroups, { groupsNames }, { version });
    await ask("none at all");
    await ask("empty id", "");
    for (const [state, id] of Object.entries(ids)) {
      await ask(state, id);
      await ask(`${state} again`, id);
      await peer.ask(`describe ${state}, ${version}`, DescribeGroups, { groups: [id] });
      await peer.ask(`fetch ${state}, ${version}`, OffsetFetch, fetch(id), { version: 9 });
    }
    const again = await groupsInAllStates(peer, ` ${version} again`);
    await ask("all", ...Object.values(again));
    await ask("one twice", again.none, again.none, again.stable);
  }
}

async function finding(peer: Peer): Promise<void> {
  const body = (version: number, keys: string[], keyType: number) => ({
    ...(version < 4 ? { key: keys[0] } : { coordinatorKeys: keys }),
    ...(version === 0 ? {} : { keyType }),
  });
  for (const key of ["some group", "", "g".repeat(300), "ä/☃"]) {
    await peer.every(
      `group ${key.slice(0, 9)}`,
      FindCoordinator,
      (version) => body(version, [key], GROUP),
    );
  }
  await peer.every("two groups", FindCoordinator, (version) => body(version, ["a", "b"], GROUP), {
    from: 4,
  });
  await peer.every("one twice", FindCoordinator, (version) => body(version, ["a", "a"], GROUP), {
    from: 4,
  });
  await peer.every("none", FindCoordinator, (version) => body(version, [], GROUP), { from: 4 });
}

export const CLASSIC_ADMIN: readonly Conversation[] = [
  { title: "describing", levels: LATEST, talk: describing },
  { title: "listing", levels: LATEST, talk: listing },
  { title: "deleting", levels: LATEST, talk: deleting },
  { title: "finding", levels: LATEST, talk: finding },
];
