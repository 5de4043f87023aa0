/** Offsets of consumer groups: members commit and fetch in their epochs, others may not. */
import { OffsetCommit } from "../../../../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../../../../protocol/messages/09_offset_fetch.ts";
import { DeleteGroups } from "../../../../protocol/messages/42_delete_groups.ts";
import { OffsetDelete } from "../../../../protocol/messages/47_offset_delete.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { ConsumerMember, describe, settle } from "./consumer_member.ts";
import { COMMIT_LEVELS, FETCH_LEVELS, LATEST } from "./levels.ts";
import { around, committed, type FetchDraft, fetched } from "./requests.ts";
import { TOPIC_A, TOPIC_B, topicIds } from "./setup.ts";

/** The newest heartbeat, whatever version of the offsets' APIs a conversation is about. */
const LATEST_HEARTBEAT = { version: 1 };

async function commits(peer: Peer): Promise<void> {
  const ids = await topicIds(peer.target);
  const version = peer.version(OffsetCommit);
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId);
  const commit = (label: string, rest: object, topic = TOPIC_A, partition = 0) =>
    peer.ask(label, OffsetCommit, {
      groupId,
      memberId: one.memberId,
      generationIdOrMemberEpoch: one.memberEpoch,
      topics: committed(version, ids, { [topic]: [{ partition, offset: 7 }] }),
      ...rest,
    });
  await one.join("join", LATEST_HEARTBEAT);
  const { memberEpoch } = one;
  await commit("in the right epoch", {});
  await commit("a topic that it has not", {}, TOPIC_B, 1);
  await commit("an unknown topic", {}, "groups-none");
  for (const [name, epoch] of around(memberEpoch, -2, -1, 0, 99)) {
    const generationIdOrMemberEpoch = epoch;
    await commit(`epoch ${name}`, { generationIdOrMemberEpoch });
    await commit(`unknown member, epoch ${name}`, {
      memberId: "nobody",
      generationIdOrMemberEpoch,
    });
    await commit(`empty member, epoch ${name}`, {
      memberId: "",
      generationIdOrMemberEpoch,
    });
  }
  if (version >= 7) await commit("with an instance id", { groupInstanceId: "i" });
  // It keeps what it has; only its epoch goes on.
  const subscribedTopicNames = [TOPIC_A, TOPIC_B];
  await one.heartbeat("one topic more", { subscribedTopicNames, ...LATEST_HEARTBEAT });
  await commit("in the next epoch", {});
  await commit("in the epoch before, of what it had", { generationIdOrMemberEpoch: memberEpoch });
  const before = { generationIdOrMemberEpoch: memberEpoch };
  await commit("in the epoch before, of what it got since", before, TOPIC_B, 0);
  await commit("in an epoch before it had anything", { generationIdOrMemberEpoch: 1 });
  await one.heartbeat("leave", { memberEpoch: -1, ...LATEST_HEARTBEAT });
  await commit("when gone", {});
  await commit("by nobody when empty", { memberId: "", generationIdOrMemberEpoch: -1 });
  await commit("by somebody when empty", { memberId: "x", generationIdOrMemberEpoch: -1 });
  await peer.ask("what is left", OffsetFetch, fetched(10, ids, [{ groupId, topics: null }]), {
    version: 10,
  });
}

async function fetches(peer: Peer): Promise<void> {
  const ids = await topicIds(peer.target);
  const version = peer.version(OffsetFetch);
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId);
  await one.join("join", LATEST_HEARTBEAT);
  await peer.quietly(OffsetCommit, {
    groupId,
    memberId: one.memberId,
    generationIdOrMemberEpoch: one.memberEpoch,
    topics: committed(9, ids, { [TOPIC_A]: [{ partition: 0, offset: 7 }] }),
  }, { version: 9 });
  const fetch = (label: string, rest: Partial<FetchDraft> = {}, requireStable?: boolean) =>
    peer.ask(
      label,
      OffsetFetch,
      fetched(version, ids, [{ groupId, topics: { [TOPIC_A]: [0, 1] }, ...rest }], requireStable),
    );
  await fetch("by nobody");
  if (version >= 2) await fetch("everything", { topics: null });
  if (version >= 7) await fetch("stable ones", {}, true);
  if (version >= 9) {
    const { memberId } = one;
    for (const [name, memberEpoch] of around(one.memberEpoch, -1, 0)) {
      await fetch(`member, epoch ${name}`, { memberId, memberEpoch });
      await fetch(`member, epoch ${name}, all`, { memberId, memberEpoch, topics: null });
      await fetch(`unknown member, epoch ${name}`, { memberId: "nobody", memberEpoch });
      await fetch(`empty member, epoch ${name}`, { memberId: "", memberEpoch });
      await fetch(`no member, epoch ${name}`, { memberId: null, memberEpoch });
      await fetch(`unknown topic, epoch ${name}`, {
        memberId,
        memberEpoch,
        topics: { "groups-none": [0] },
      });
    }
  }
  await one.heartbeat("leave", { memberEpoch: -1, ...LATEST_HEARTBEAT });
  await fetch("when empty");
  if (version >= 9) await fetch("as one that is gone", { memberId: "one", memberEpoch: 2 });
}

async function deletions(peer: Peer): Promise<void> {
  const ids = await topicIds(peer.target);
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId);
  const two = new ConsumerMember(peer, "two", groupId);
  const remove = (label: string, ...names: string[]) =>
    peer.ask(label, OffsetDelete, {
      groupId,
      topics: names.map((name) => ({ name, partitions: [{ partitionIndex: 0 }] })),
    });
  const left = (label: string) =>
    peer.ask(`${label}: left`, OffsetFetch, fetched(10, ids, [{ groupId, topics: null }]), {
      version: 10,
    });
  await one.join("join");
  await peer.quietly(OffsetCommit, {
    groupId,
    memberId: one.memberId,
    generationIdOrMemberEpoch: one.memberEpoch,
    topics: committed(10, ids, { [TOPIC_A]: [{ partition: 0 }], [TOPIC_B]: [{ partition: 0 }] }),
  });
  await remove("subscribed and others", TOPIC_A, TOPIC_B, "groups-none");
  await left("subscribed and others");
  await peer.ask("delete a stable group", DeleteGroups, { groupsNames: [groupId] });
  await two.join("two joins");
  await peer.ask("delete a reconciling group", DeleteGroups, { groupsNames: [groupId] });
  await settle([one, two]);
  await one.leave("one leaves");
  await two.leave("two leaves");
  await remove("when empty", TOPIC_A);
  await left("when empty");
  await peer.ask("delete an empty group", DeleteGroups, { groupsNames: [groupId] });
  await peer.ask("delete it again", DeleteGroups, { groupsNames: [groupId] });
  await describe(peer, "describe when deleted", groupId);
  await one.heartbeat("heartbeat when deleted", { memberEpoch: 3 });
  await left("when deleted");
  await one.join("join a group that was deleted");
}

export const CONSUMER_OFFSETS: readonly Conversation[] = [
  { title: "consumers' commits", levels: COMMIT_LEVELS, talk: commits },
  { title: "consumers' fetches", levels: FETCH_LEVELS, talk: fetches },
  { title: "consumers' deletions", levels: LATEST, talk: deletions },
];
