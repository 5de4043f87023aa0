/** OffsetCommit: by nobody, by members, with right and wrong generations, for all kinds of partitions. */
import { OffsetCommit } from "../../../../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../../../../protocol/messages/09_offset_fetch.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import { DeleteGroups } from "../../../../protocol/messages/42_delete_groups.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { ClassicMember, settleAlone, untilState } from "./classic_member.ts";
import { COMMIT_LEVELS, LATEST } from "./levels.ts";
import { around, committed, fetched, type OffsetDraft } from "./requests.ts";
import { TOPIC_A, TOPIC_B, topicIds } from "./setup.ts";

/** `offset.metadata.max.bytes` of both nodes: Kafka's default. */
const METADATA_MAX = 4096;

type Offsets = Record<string, readonly OffsetDraft[]>;

/** How one commits at the level of a conversation, and looks at what that has left. */
async function committing(peer: Peer) {
  const ids = await topicIds(peer.target);
  const version = peer.version(OffsetCommit);
  const commit = (label: string, groupId: string, offsets: Offsets, rest: object = {}) =>
    peer.ask(label, OffsetCommit, { groupId, topics: committed(version, ids, offsets), ...rest });
  const left = (label: string, groupId: string) => {
    const body = fetched(10, ids, [{ groupId, topics: null }]);
    return peer.ask(`${label}: what is left`, OffsetFetch, body, { version: 10 });
  };
  return { version, commit, left };
}

async function simpleCommits(peer: Peer): Promise<void> {
  const { version, commit, left } = await committing(peer);
  const groupId = peer.own("simple");
  await commit("first", groupId, { [TOPIC_A]: [{ partition: 0, offset: 5 }] });
  await peer.ask("described", DescribeGroups, { groups: [groupId] });
  await left("first", groupId);
  const partitions: Record<string, OffsetDraft[]> = {
    "several": [0, 1, 2, 3].map((partition) => ({ partition, offset: partition * 10 })),
    "lower": [{ partition: 3, offset: 1 }],
    "partition that there is not": [{ partition: 4 }],
    "partition -1": [{ partition: -1 }],
    "good and bad": [{ partition: 0, offset: 8 }, { partition: 9 }],
    "partition twice": [{ partition: 0, offset: 8 }, { partition: 0, offset: 9 }],
    "no partitions": [],
    "offset -1": [{ partition: 1, offset: -1 }],
    "offset -2": [{ partition: 1, offset: -2 }],
    "largest offset": [{ partition: 2, offset: Infinity }],
    "null metadata": [{ partition: 0, metadata: null }],
    "metadata": [{ partition: 0, metadata: "some ☃" }],
    "metadata of the largest size": [{ partition: 0, metadata: "m".repeat(METADATA_MAX) }],
    "metadata too large": [{ partition: 0, metadata: "m".repeat(METADATA_MAX + 1) }],
    "metadata too large in bytes": [{ partition: 0, metadata: "ä".repeat(METADATA_MAX - 1) }],
    "one metadata too large": [
      { partition: 1, metadata: "x".repeat(METADATA_MAX + 1) },
      { partition: 2, offset: 77 },
    ],
    ...(version < 6 ? {} : {
      "leader epoch 0": [{ partition: 0, leaderEpoch: 0 }],
      "leader epoch 7": [{ partition: 0, leaderEpoch: 7 }],
      "leader epoch -2": [{ partition: 0, leaderEpoch: -2 }],
    }),
  };
  for (const [label, drafts] of Object.entries(partitions)) {
    await commit(label, groupId, { [TOPIC_A]: drafts });
    await left(label, groupId);
  }
  const one = [{ partition: 0, offset: 3 }];
  await commit("no topics", groupId, {});
  await commit("two topics", groupId, { [TOPIC_A]: one, [TOPIC_B]: one });
  await commit("unknown topic", groupId, { "groups-none": one });
  await commit("known and unknown topic", groupId, { "groups-none": one, [TOPIC_B]: one });
  await commit("impossible topic", groupId, { "a b": one });
  await commit("empty topic", groupId, { "": one });
  await commit("partition that there is not, unknown topic", groupId, {
    "groups-none": [{ partition: 9 }],
  });
  if (version <= 4) {
    for (const retentionTimeMs of [-1, 0, 1_000_000, -2]) {
      await commit(`retention ${retentionTimeMs}`, peer.own("kept"), { [TOPIC_A]: one }, {
        retentionTimeMs,
      });
    }
  }
  await left("in the end", groupId);
}

/** Committing without being a member, or as if one were. */
async function strangers(peer: Peer): Promise<void> {
  const { version, commit, left } = await committing(peer);
  const one = { [TOPIC_A]: [{ partition: 0, offset: 4 }] };
  const claims: Record<string, object> = {
    "nobody": {},
    "a member": { memberId: "nobody" },
    "a member in generation 0": { memberId: "nobody", generationIdOrMemberEpoch: 0 },
    "a member in generation 1": { memberId: "nobody", generationIdOrMemberEpoch: 1 },
    "generation 0": { generationIdOrMemberEpoch: 0 },
    "generation 1": { generationIdOrMemberEpoch: 1 },
    "generation -2": { generationIdOrMemberEpoch: -2 },
    ...(version < 7 ? {} : {
      "an instance": { groupInstanceId: "i" },
      "an instance in generation 1": { groupInstanceId: "i", generationIdOrMemberEpoch: 1 },
    }),
  };
  const simple = peer.own("simple");
  await commit("make a simple group", simple, one);
  const empty = peer.own("empty");
  const leaver = await settleAlone(peer, "leaver", empty);
  await leaver.leave("leave");
  const full = peer.own("full");
  await settleAlone(peer, "member", full);
  for (const [label, claim] of Object.entries(claims)) {
    await commit(`${label}, new group`, peer.own(`new ${label}`), one, claim);
    await commit(`${label}, simple group`, simple, one, claim);
    await commit(`${label}, empty group`, empty, one, claim);
    await commit(`${label}, full group`, full, one, claim);
    await commit(`${label}, new group, unknown topic`, peer.own(`newer ${label}`), {
      "groups-none": [{ partition: 0 }],
    }, claim);
    await commit(`${label}, full group, unknown partition`, full, {
      [TOPIC_A]: [{ partition: 9 }],
    }, claim);
  }
  for (const id of [simple, empty, full]) {
    await left("strangers", id);
    await peer.ask("described", DescribeGroups, { groups: [id] });
  }
}

async function members(peer: Peer): Promise<void> {
  const { commit, left } = await committing(peer);
  const groupId = peer.own("group");
  const one = new ClassicMember(peer, "one", groupId);
  const offset = (value: number) => ({ [TOPIC_A]: [{ partition: 0, offset: value }] });
  const commitAs = (label: string, value: number, rest: object = {}) =>
    commit(label, groupId, offset(value), {
      memberId: one.memberId,
      generationIdOrMemberEpoch: one.generationId,
      ...rest,
    });
  await one.join("join");
  await commitAs("while completing", 1);
  await commitAs("while completing, other generation", 2, { generationIdOrMemberEpoch: 5 });
  await commit("by nobody while completing", groupId, offset(3));
  await one.sync("sync");
  await commitAs("when stable", 4);
  for (const [name, generation] of around(one.generationId, -2, -1)) {
    await commitAs(`generation ${name}`, 5, { generationIdOrMemberEpoch: generation });
  }
  await commitAs("unknown member", 6, { memberId: "nobody" });
  await commitAs("empty member", 7, { memberId: "" });
  await left("when stable", groupId);
  const two = new ClassicMember(peer, "two", groupId);
  const second = two.join("two joins");
  await untilState(peer, groupId, "PreparingRebalance", 2);
  await commitAs("while preparing", 8);
  await one.join("one joins again", {});
  await second;
  await commitAs("the next generation, while completing", 9);
  await one.sync("one syncs");
  await commit("one that has not synced", groupId, offset(10), {
    memberId: two.memberId,
    generationIdOrMemberEpoch: two.generationId,
  });
  await left("after the round", groupId);
  await two.leave("two leaves");
  await one.leave("one leaves");
  await commitAs("when gone", 11);
  await commit("by nobody when empty", groupId, offset(12));
  await left("when empty", groupId);
}

/** The group without a name may have offsets, though it may not have members. */
async function namelessGroup(peer: Peer): Promise<void> {
  const { commit, left } = await committing(peer);
  await peer.quietly(DeleteGroups, { groupsNames: [""] });
  const one = { [TOPIC_A]: [{ partition: 0, offset: 4 }] };
  await commit("by nobody", "", one);
  await commit("by a member", "", one, { memberId: "nobody" });
  await commit("in a generation", "", one, { generationIdOrMemberEpoch: 1 });
  await left("by nobody", "");
  await peer.ask("described", DescribeGroups, { groups: [""] });
  await peer.ask("deleted", DeleteGroups, { groupsNames: [""] });
  await left("deleted", "");
}

export const OFFSET_COMMITS: readonly Conversation[] = [
  { title: "simple commits", levels: COMMIT_LEVELS, talk: simpleCommits },
  { title: "strangers", levels: COMMIT_LEVELS, talk: strangers },
  { title: "members' commits", levels: COMMIT_LEVELS, talk: members },
  { title: "group without a name", levels: LATEST, talk: namelessGroup },
];
