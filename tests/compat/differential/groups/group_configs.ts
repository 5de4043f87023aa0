/** Configs of groups (resource type GROUP): what they change, and where groups are listed by them. */
import { ListGroups } from "../../../../protocol/messages/16_list_groups.ts";
import { DescribeConfigs } from "../../../../protocol/messages/32_describe_configs.ts";
import { IncrementalAlterConfigs } from "../../../../protocol/messages/44_incremental_alter_configs.ts";
import { ConsumerGroupHeartbeat } from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import { ListConfigResources } from "../../../../protocol/messages/74_list_config_resources.ts";
import type { Conversation, Peer } from "../conversation.ts";
import { settleAlone } from "./classic_member.ts";
import { ConsumerMember, describe } from "./consumer_member.ts";
import { LATEST } from "./levels.ts";

/** Kafka's ConfigResource type, and its operations. */
const GROUP = 32;
const SET = 0;
const DELETE = 1;

/** The heartbeat interval of both nodes, which is Kafka's default. */
const INTERVAL_MS = 5_000;

/** Sets configs of a group; null takes one back. */
export async function configure(
  peer: Peer,
  label: string,
  groupId: string,
  configs: Readonly<Record<string, string | null>>,
): Promise<void> {
  await peer.ask(label, IncrementalAlterConfigs, {
    resources: [{
      resourceType: GROUP,
      resourceName: groupId,
      configs: Object.entries(configs).map(([name, value]) => ({
        name,
        configOperation: value === null ? DELETE : SET,
        value,
      })),
    }],
  });
}

/** Waits until the coordinator has heard of a group's heartbeat interval, and with it of all else. */
export function untilInterval(member: ConsumerMember, wanted: number): Promise<unknown> {
  const { peer, groupId, memberId, memberEpoch, traits: { instanceId = null } } = member;
  return peer.until(
    `heartbeats every ${wanted} ms`,
    ConsumerGroupHeartbeat,
    { groupId, memberId, memberEpoch, instanceId },
    ({ heartbeatIntervalMs }) => heartbeatIntervalMs === wanted,
    { as: member.name },
  );
}

async function effects(peer: Peer): Promise<void> {
  const groupId = peer.own("group");
  const one = new ConsumerMember(peer, "one", groupId);
  const described = (label: string) =>
    peer.every(label, DescribeConfigs, {
      resources: [{
        resourceType: GROUP,
        resourceName: groupId,
        configurationKeys: [
          "consumer.heartbeat.interval.ms",
          "consumer.session.timeout.ms",
          "consumer.assignment.interval.ms",
        ],
      }],
      includeSynonyms: true,
    }, { from: 1 });
  const listed = async (label: string) => {
    for (const resourceTypes of [[], [GROUP], [2], [GROUP, 16]]) {
      await peer.ask(`${label}: types ${resourceTypes}`, ListConfigResources, { resourceTypes });
    }
  };
  await described("before there is a group");
  await listed("before there is a group");
  await one.join("join");
  await described("without configs");
  await listed("without configs");
  const interval = { "consumer.heartbeat.interval.ms": "7000" };
  await configure(peer, "set", groupId, {
    ...interval,
    "consumer.session.timeout.ms": "46000",
  });
  await untilInterval(one, 7_000);
  await described("with configs");
  await listed("with configs");
  await configure(peer, "one out of bounds", groupId, {
    "consumer.heartbeat.interval.ms": "499",
    "consumer.session.timeout.ms": "47000",
  });
  await configure(peer, "longer than the session", groupId, {
    "consumer.heartbeat.interval.ms": "15000",
    "consumer.session.timeout.ms": "15000",
  });
  await one.heartbeat("nothing has happened");
  await one.leave("leave");
  await listed("configs of an empty group");
  await one.join("join again");
  await configure(peer, "take back", groupId, {
    "consumer.heartbeat.interval.ms": null,
    "consumer.session.timeout.ms": null,
  });
  await untilInterval(one, INTERVAL_MS);
  await described("in the end");
  const classic = await settleAlone(peer, "classic", peer.own("classic"));
  await configure(peer, "configs of a classic group", classic.groupId, interval);
  await classic.heartbeat("the classic one is there");
}

/** A group that waits between two assignments is assigning for as long. */
async function assigning(peer: Peer): Promise<void> {
  const groupId = peer.own("assigning");
  const one = new ConsumerMember(peer, "one", groupId);
  const two = new ConsumerMember(peer, "two", groupId);
  await one.join("one joins");
  await configure(peer, "wait between assignments", groupId, {
    "consumer.heartbeat.interval.ms": "6000",
    "consumer.assignment.interval.ms": "15000",
  });
  await untilInterval(one, 6_000);
  await two.join("two joins");
  await describe(peer, "described", groupId);
  await one.heartbeat("one is not told anything");
  await two.heartbeat("two is not given anything");
  const other = peer.own("reconciling");
  await new ConsumerMember(peer, "three", other).join("three joins");
  await new ConsumerMember(peer, "four", other).join("four joins");
  await new ConsumerMember(peer, "five", peer.own("stable")).join("five joins");
  await settleAlone(peer, "classic", peer.own("classic"));
  await peer.every("all", ListGroups, {});
  for (const statesFilter of [["Assigning"], ["reconciling"], ["Stable"], ["Assigning", "Empty"]]) {
    await peer.every(`states ${statesFilter}`, ListGroups, { statesFilter }, { from: 4 });
    for (const typesFilter of [["consumer"], ["Consumer", "share"], ["classic"]]) {
      const body = { statesFilter, typesFilter };
      await peer.ask(`states ${statesFilter}, types ${typesFilter}`, ListGroups, body);
    }
  }
  await configure(peer, "do not wait any more", groupId, {
    "consumer.heartbeat.interval.ms": null,
    "consumer.assignment.interval.ms": "0",
  });
  await untilInterval(one, INTERVAL_MS);
  await one.heartbeat("one is told to give up half");
  await describe(peer, "described in the end", groupId);
}

export const GROUP_CONFIGS: readonly Conversation[] = [
  { title: "group configs", levels: LATEST, talk: effects },
  { title: "assigning", levels: LATEST, talk: assigning },
];
