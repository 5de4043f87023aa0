/** Joining a consumer group: one member's whole life, requests that lack something, wrong epochs. */
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../../../../protocol/messages/16_list_groups.ts";
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import { ConsumerGroupDescribe } from "../../../../protocol/messages/69_consumer_group_describe.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { UNKNOWN_ID } from "../target.ts";
import { settleAlone } from "./classic_member.ts";
import { ConsumerMember, describe, firstHeartbeat } from "./consumer_member.ts";
import { CONSUMER_LEVELS } from "./levels.ts";
import { GROUP_SIZE_MAX } from "./node_configs.ts";
import { around } from "./requests.ts";
import { TOPIC_A, TOPIC_B, topicIds } from "./setup.ts";

/** The newest version of ListGroups. */
const LIST_VERSION = 5;

async function oneConsumer(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const list = (label: string) => peer.ask(label, ListGroups, {}, { version: LIST_VERSION });
  const one = new ConsumerMember(peer, "one", groupId, { serverAssignor: "uniform", rackId: "r" });
  await describe(peer, "describe before", groupId);
  await one.heartbeat("heartbeat before", { memberEpoch: 1 });
  await one.leave("leave before");
  await one.join("join");
  await describe(peer, "describe joined", groupId);
  await list("list joined");
  await one.heartbeat("heartbeat");
  await one.acknowledge("acknowledge");
  await one.full("say everything");
  await describe(peer, "describe stable", groupId);
  await list("list stable");
  const latest = { groups: [groupId] };
  await peer.every("as a classic group", DescribeGroups, latest);
  await one.join("join again");
  await one.acknowledge("acknowledge again");
  await one.heartbeat("other client id", { as: "another" });
  await describe(peer, "describe from another client", groupId);
  await one.leave("leave");
  await describe(peer, "describe empty", groupId);
  await list("list empty");
  await peer.every("as a classic group, empty", DescribeGroups, latest);
  await one.heartbeat("heartbeat when gone");
  await one.leave("leave twice");
  await one.join("join after leave");
  await describe(peer, "describe in the end", groupId);
}

/** In version 0 a member may leave it to the coordinator to choose its id. */
async function memberIds(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId, {}, "");
  await one.join("join without an id");
  await one.heartbeat("heartbeat");
  await describe(peer, "describe", groupId);
  await one.leave("leave");
  for (const memberId of ["m".repeat(300), "a b", "ä", UNKNOWN_ID]) {
    const other = new ConsumerMember(peer, "other", groupId, {}, memberId);
    await other.join(`join as ${memberId.slice(0, 4)}`);
    await other.leave(`leave as ${memberId.slice(0, 4)}`);
  }
  for (const memberEpoch of [-1, -2, 1, 5]) {
    await one.heartbeat(`epoch ${memberEpoch} without an id`, { memberId: "", memberEpoch });
  }
}

/** What is missing or wrong in the first heartbeat. */
async function refusedJoins(peer: Peer): Promise<void> {
  const ids = await topicIds(peer.target);
  const owned = [{ topicId: ids.get(TOPIC_A)!, partitions: [0] }];
  const changes: Record<string, Parameters<typeof firstHeartbeat>[2]> = {
    "nothing": {},
    "no rebalance timeout": { rebalanceTimeoutMs: -1 },
    "rebalance timeout 0": { rebalanceTimeoutMs: 0 },
    "rebalance timeout -2": { rebalanceTimeoutMs: -2 },
    "owned partitions null": { topicPartitions: null },
    "owned partitions": { topicPartitions: owned },
    "no subscription": { subscribedTopicNames: null },
    "empty subscription": { subscribedTopicNames: [] },
    "unknown topic": { subscribedTopicNames: ["groups-none"] },
    "impossible topic": { subscribedTopicNames: ["a b", ""] },
    "topic twice": { subscribedTopicNames: [TOPIC_A, TOPIC_A] },
    "two topics": { subscribedTopicNames: [TOPIC_B, TOPIC_A], serverAssignor: "range" },
    "empty instance": { instanceId: "" },
    "instance": { instanceId: "i" },
    "empty rack": { rackId: "" },
    "uniform": { serverAssignor: "uniform" },
    "range": { serverAssignor: "range" },
    "unknown assignor": { serverAssignor: "sticky" },
    "empty assignor": { serverAssignor: "" },
    "assignor in capitals": { serverAssignor: "Range" },
    "no timeout, bad assignor": { rebalanceTimeoutMs: -1, serverAssignor: "x" },
    "epoch 1": { memberEpoch: 1 },
    "epoch 1, nothing else": {
      memberEpoch: 1,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: null,
      topicPartitions: null,
    },
    "epoch -1": { memberEpoch: -1 },
    "epoch -2": { memberEpoch: -2 },
    "epoch -2 with instance": { memberEpoch: -2, instanceId: "i" },
    "epoch -3": { memberEpoch: -3 },
    "epoch -3, bad assignor": { memberEpoch: -3, serverAssignor: "x" },
    "epoch 1, bad assignor": { memberEpoch: 1, serverAssignor: "x" },
  };
  for (const [label, rest] of Object.entries(changes)) {
    const groupId = peer.own(label);
    await peer.ask(label, ConsumerGroupHeartbeat, firstHeartbeat(groupId, "m", rest));
    await describe(peer, `${label}: described`, groupId);
    await peer.ask(`${label}, no group`, ConsumerGroupHeartbeat, firstHeartbeat("", "m", rest));
    const memberId = rest?.memberEpoch === undefined ? null : "";
    if (memberId !== null) {
      const body = firstHeartbeat(groupId, memberId, rest);
      await peer.ask(`${label}, no member id`, ConsumerGroupHeartbeat, body);
    }
  }
}

/** Heartbeats with epochs that are not the member's. */
async function epochs(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId);
  await one.join("join");
  await one.join("join with another subscription", { subscribedTopicNames: [TOPIC_A, TOPIC_B] });
  await one.full("say everything");
  const { memberEpoch: current, assigned } = one;
  for (const [name, memberEpoch] of around(current, 99, 2_147_483_647).slice(1)) {
    await one.heartbeat(`epoch ${name}`, { memberEpoch });
    await one.heartbeat(`epoch ${name}, owning what it has`, {
      memberEpoch,
      topicPartitions: assigned,
    });
    await one.heartbeat(`epoch ${name}, owning nothing`, {
      memberEpoch,
      topicPartitions: [],
    });
    await one.heartbeat(`epoch ${name}, owning too much`, {
      memberEpoch,
      topicPartitions: [...assigned, { topicId: UNKNOWN_ID, partitions: [0] }],
    });
  }
  await one.heartbeat("unknown member", { memberId: "nobody" });
  await one.heartbeat("unknown member, epoch -1", { memberId: "nobody", memberEpoch: -1 });
  await one.heartbeat("owning what it has not", {
    topicPartitions: [{ topicId: UNKNOWN_ID, partitions: [0, 1] }],
  });
  await one.heartbeat("an instance id that it has not", { instanceId: "i" });
  await one.heartbeat("the right epoch");
  const before = { memberEpoch: current };
  await one.heartbeat("the epoch before, owning who knows what", before);
  await one.heartbeat("the epoch before, owning nothing", { ...before, topicPartitions: [] });
  await one.heartbeat("the epoch before, owning what it has", {
    ...before,
    topicPartitions: assigned,
  });
  await describe(peer, "describe", groupId);
}

async function fullGroup(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  for (let i = 0; i < GROUP_SIZE_MAX; i++) {
    await new ConsumerMember(peer, `member ${i}`, groupId).join(`join ${i}`);
  }
  const late = new ConsumerMember(peer, "late", groupId);
  await late.join("one too many");
  await late.heartbeat("one too many, epoch 1", { memberEpoch: 1 });
  await late.leave("one too many leaves");
  await new ConsumerMember(peer, "member 0", groupId).join("a member joins again");
  await new ConsumerMember(peer, "member 1", groupId).leave("a member leaves");
  await late.join("one that fits", { counted: true });
}

async function described(peer: Peer): Promise<void> {
  const none = peer.own("none");
  const classic = peer.own("classic");
  const consumer = peer.own("consumer");
  await settleAlone(peer, "classic", classic);
  await new ConsumerMember(peer, "one", consumer).join("join");
  const ask = (label: string, groupIds: string[], includeAuthorizedOperations = false) =>
    peer.ask(label, ConsumerGroupDescribe, { groupIds, includeAuthorizedOperations });
  await ask("unknown", [none]);
  await ask("classic", [classic]);
  await ask("consumer", [consumer]);
  await ask("none at all", []);
  await ask("empty id", [""]);
  await ask("one twice", [consumer, consumer]);
  await ask("several", [none, classic, consumer, ""]);
  await ask("with operations", [none, classic, consumer], true);
}

export const CONSUMER_JOIN: readonly Conversation[] = [
  { title: "one consumer", levels: CONSUMER_LEVELS, talk: oneConsumer },
  { title: "consumers' ids", levels: CONSUMER_LEVELS, talk: memberIds },
  { title: "refused consumers", levels: CONSUMER_LEVELS, talk: refusedJoins },
  { title: "consumers' epochs", levels: CONSUMER_LEVELS, talk: epochs },
  { title: "full of consumers", levels: CONSUMER_LEVELS, talk: fullGroup },
  { title: "described consumers", levels: CONSUMER_LEVELS, talk: described },
];
