/** OffsetFetch and OffsetDelete: what is committed, who may ask, and what may be taken away. */
import { OffsetCommit } from "../../../../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../../../../protocol/messages/09_offset_fetch.ts";
import { JoinGroup } from "../../../../protocol/messages/11_join_group.ts";
import { DeleteGroups } from "../../../../protocol/messages/42_delete_groups.ts";
import { OffsetDelete } from "../../../../protocol/messages/47_offset_delete.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { deleteTopics } from "../topics_setup.ts";
import {
  ClassicMember,
  joining,
  protocols,
  settleAlone,
  someAssignments,
  untilState,
} from "./classic_member.ts";
import { FETCH_LEVELS, LATEST } from "./levels.ts";
import { committed, type FetchDraft, fetched, type OffsetDraft, subscription } from "./requests.ts";
import { TOPIC_A, TOPIC_B, topicIds } from "./setup.ts";

type Offsets = Record<string, readonly OffsetDraft[]>;

/** Commits as nobody does, without a member. */
async function make(peer: Peer, groupId: string, offsets: Offsets): Promise<void> {
  const topics = committed(9, new Map(), offsets);
  await peer.quietly(OffsetCommit, { groupId, topics }, { version: 9 });
}

const SOME_OFFSETS: Offsets = {
  [TOPIC_A]: [
    { partition: 0, offset: 5, leaderEpoch: 0, metadata: "five" },
    { partition: 1, offset: 0, metadata: null },
    { partition: 3, offset: Infinity },
  ],
  [TOPIC_B]: [{ partition: 1, offset: 7 }],
};

async function fetches(peer: Peer): Promise<void> {
  const version = peer.version(OffsetFetch);
  const ids = await topicIds(peer.target);
  const groupId = peer.own("simple");
  await make(peer, groupId, SOME_OFFSETS);
  const ask = (label: string, topics: FetchDraft["topics"], rest: Partial<FetchDraft> = {}) =>
    peer.ask(label, OffsetFetch, fetched(version, ids, [{ groupId, topics, ...rest }]));
  await ask("one", { [TOPIC_A]: [0] });
  await ask("all of two topics", { [TOPIC_A]: [0, 1, 2, 3], [TOPIC_B]: [0, 1] });
  await ask("not committed", { [TOPIC_A]: [2] });
  await ask("partition that there is not", { [TOPIC_A]: [9, 0, -1] });
  await ask("partition twice", { [TOPIC_A]: [0, 0] });
  await ask("unknown topic", { "groups-none": [0] });
  await ask("known and unknown topic", { "groups-none": [0, 1], [TOPIC_B]: [1] });
  await ask("no partitions", { [TOPIC_A]: [] });
  await ask("no topics", {});
  if (version < 10) await ask("impossible topic", { "a b": [0], "": [1] });
  for (const unknown of ["", peer.own("none")]) {
    const label = unknown === "" ? "empty group id" : "unknown group";
    await ask(label, { [TOPIC_A]: [0, 1] }, { groupId: unknown });
    await ask(`${label}, unknown topic`, { "groups-none": [0] }, { groupId: unknown });
    if (version >= 2) await ask(`${label}, everything`, null, { groupId: unknown });
  }
  if (version >= 2) await ask("everything", null);
  if (version >= 7) {
    const drafts: FetchDraft["topics"][] = [null, { [TOPIC_A]: [0, 2] }, { "groups-none": [0] }];
    for (const topics of drafts) {
      const body = fetched(version, ids, [{ groupId, topics }], true);
      await peer.ask(`stable, ${topics === null ? "all" : Object.keys(topics)}`, OffsetFetch, body);
    }
  }
  if (version >= 8) await askSeveral(peer, version, ids, groupId);
  const members = version < 9 ? [] : [
    { memberId: "nobody" },
    { memberId: "nobody", memberEpoch: 0 },
    { memberId: "", memberEpoch: 0 },
    { memberId: null, memberEpoch: 5 },
  ];
  for (const [i, member] of members.entries()) {
    await ask(`as member ${i} of a simple group`, { [TOPIC_A]: [0] }, member);
    await ask(`as member ${i} of no group`, { [TOPIC_A]: [0] }, {
      ...member,
      groupId: peer.own("none"),
    });
  }
  await peer.ask("deleted", DeleteGroups, { groupsNames: [groupId] });
  await ask("after deletion", { [TOPIC_A]: [0] });
  if (version >= 2) await ask("everything after deletion", null);
}

async function askSeveral(
  peer: Peer,
  version: number,
  ids: ReadonlyMap<string, string>,
  groupId: string,
): Promise<void> {
  const other = peer.own("other");
  await make(peer, other, { [TOPIC_B]: [{ partition: 0, offset: 1 }] });
  const ask = (label: string, ...groups: FetchDraft[]) =>
    peer.ask(`groups: ${label}`, OffsetFetch, fetched(version, ids, groups));
  const all = { groupId, topics: null };
  await ask("none");
  await ask("two", all, { groupId: other, topics: { [TOPIC_B]: [0, 1] } });
  await ask("one twice", all, { groupId, topics: { [TOPIC_A]: [0] } });
  await ask("unknown ones", { groupId: peer.own("none"), topics: null }, all, {
    groupId: "",
    topics: { [TOPIC_A]: [0] },
  });
}

/** What members of a group in each state may fetch; everybody may ask. */
async function memberFetches(peer: Peer): Promise<void> {
  const version = peer.version(OffsetFetch);
  const ids = await topicIds(peer.target);
  const groupId = peer.own("group");
  const fetch = (label: string, rest: Partial<FetchDraft> = {}) =>
    peer.ask(
      label,
      OffsetFetch,
      fetched(version, ids, [{ groupId, topics: { [TOPIC_A]: [0] }, ...rest }]),
    );
  const one = new ClassicMember(peer, "one", groupId);
  await one.join("join");
  await fetch("while completing");
  await one.sync("sync");
  await peer.quietly(OffsetCommit, {
    groupId,
    memberId: one.memberId,
    generationIdOrMemberEpoch: one.generationId,
    topics: committed(9, ids, { [TOPIC_A]: [{ partition: 0, offset: 6 }] }),
  }, { version: 9 });
  await fetch("when stable");
  if (version >= 9) {
    await fetch("as a member", { memberId: one.memberId, memberEpoch: one.generationId });
    await fetch("as a member in another generation", { memberId: one.memberId, memberEpoch: 9 });
    await fetch("as somebody", { memberId: "nobody", memberEpoch: 1 });
  }
  const two = new ClassicMember(peer, "two", groupId);
  const second = two.join("two joins");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await fetch("while preparing");
  await one.join("one joins again");
  await second;
  await two.leave("two leaves");
  await one.leave("one leaves");
  await fetch("when empty");
}

async function deletions(peer: Peer): Promise<void> {
  const ids = await topicIds(peer.target);
  const ask = (label: string, groupId: string, topics: Record<string, number[]>) =>
    peer.ask(label, OffsetDelete, {
      groupId,
      topics: Object.entries(topics).map(([name, indexes]) => ({
        name,
        partitions: indexes.map((partitionIndex) => ({ partitionIndex })),
      })),
    });
  const left = (label: string, groupId: string) => {
    const body = fetched(10, ids, [{ groupId, topics: null }]);
    return peer.ask(`${label}: what is left`, OffsetFetch, body, { version: 10 });
  };
  const simple = peer.own("simple");
  await make(peer, simple, SOME_OFFSETS);
  await ask("unknown group", peer.own("none"), { [TOPIC_A]: [0] });
  await ask("unknown group, unknown topic", peer.own("none"), { "groups-none": [0] });
  await ask("empty group id", "", { [TOPIC_A]: [0] });
  await ask("no topics", simple, {});
  await ask("no topics of an unknown group", peer.own("none"), {});
  await ask("no partitions", simple, { [TOPIC_A]: [] });
  await ask("unknown topic", simple, { "groups-none": [0, 1] });
  await ask("partitions that there are not", simple, { [TOPIC_A]: [9, -1] });
  await ask("not committed", simple, { [TOPIC_A]: [2] });
  await ask("good and bad", simple, { [TOPIC_A]: [0, 9], "groups-none": [0] });
  await ask("deleted already", simple, { [TOPIC_A]: [0] });
  await ask("partition twice", simple, { [TOPIC_A]: [1, 1] });
  await left("simple", simple);
  await ask("all that is left", simple, { [TOPIC_A]: [0, 1, 2, 3], [TOPIC_B]: [0, 1] });
  await left("nothing", simple);

  for (const protocolType of ["consumer", "connect"]) {
    const groupId = peer.own(protocolType);
    await make(peer, groupId, SOME_OFFSETS);
    const one = new ClassicMember(peer, `one ${protocolType}`, groupId, {
      protocolType,
      protocols: protocols(["range"], subscription([TOPIC_A], { version: 1 })),
    });
    const both = { [TOPIC_A]: [0], [TOPIC_B]: [1] };
    await one.join(`${protocolType}: join`);
    await ask(`${protocolType}, completing: both topics`, groupId, both);
    await one.sync(`${protocolType}: sync`, someAssignments(one));
    await ask(`${protocolType}, stable: both topics`, groupId, both);
    await ask(`${protocolType}, stable: unknown topic`, groupId, { "groups-none": [0] });
    peer.quietly(JoinGroup, joining(groupId, { protocolType }), {
      as: `late ${protocolType}`,
      version: 0,
    });
    await untilState(peer, groupId, "PreparingRebalance", 2);
    await ask(`${protocolType}, preparing: both topics`, groupId, { [TOPIC_A]: [1] });
    await left(protocolType, groupId);
    await one.leave(`${protocolType}: leave`);
  }
  const odd = peer.own("odd");
  await make(peer, odd, SOME_OFFSETS);
  const member = await settleAlone(peer, "odd", odd, {
    protocols: protocols(["range"], new Uint8Array([0])),
  });
  await ask("metadata that is no subscription", odd, { [TOPIC_A]: [0], [TOPIC_B]: [1] });
  await member.leave("odd leaves");
  await ask("metadata that is no subscription, empty", odd, { [TOPIC_A]: [0], [TOPIC_B]: [1] });
}

/** With a topic, its offsets go. */
async function deletedTopics(peer: Peer): Promise<void> {
  const name = await peer.topic("gone", 2);
  const ids = await topicIds(peer.target);
  const groupId = peer.own("simple");
  await make(peer, groupId, {
    [name]: [{ partition: 0, offset: 1 }, { partition: 1, offset: 2 }],
    [TOPIC_A]: [{ partition: 0, offset: 3 }],
  });
  await deleteTopics(peer.target, [name]);
  const fetch = fetched(9, ids, [{ groupId, topics: null }]);
  await peer.until(
    "offsets of a deleted topic go",
    OffsetFetch,
    fetch,
    ({ groups: [group] }) => group?.topics.length === 1,
    { version: 9 },
  );
  const named = fetched(9, ids, [{ groupId, topics: { [name]: [0] } }]);
  await peer.ask("of a deleted topic", OffsetFetch, named, { version: 9 });
  const commit = committed(9, ids, { [name]: [{ partition: 0 }] });
  await peer.ask("commit to a deleted topic", OffsetCommit, { groupId, topics: commit }, {
    version: 9,
  });
  const alone = peer.own("alone");
  const other = await peer.topic("gone-too", 1);
  await make(peer, alone, { [other]: [{ partition: 0 }] });
  await deleteTopics(peer.target, [other]);
  await peer.until(
    "the last offsets of a group go",
    OffsetFetch,
    fetched(9, ids, [{ groupId: alone, topics: null }]),
    ({ groups: [group] }) => group?.topics.length === 0,
    { version: 9 },
  );
}

export const OFFSET_FETCHES: readonly Conversation[] = [
  { title: "fetches", levels: FETCH_LEVELS, talk: fetches },
  { title: "members' fetches", levels: FETCH_LEVELS, talk: memberFetches },
  { title: "deletions", levels: LATEST, talk: deletions },
  { title: "deleted topics", levels: LATEST, talk: deletedTopics },
];
