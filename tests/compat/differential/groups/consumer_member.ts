/** One member of a consumer group (KIP-848) in a conversation: it remembers its epoch and partitions. */
import {
  ConsumerGroupHeartbeat,
  type ConsumerGroupHeartbeatRequest,
} from "../../../../protocol/messages/68_consumer_group_heartbeat.ts";
import { ConsumerGroupDescribe } from "../../../../protocol/messages/69_consumer_group_describe.ts";
import { type AskOptions, pause, type Peer } from "../conversation.ts";
import { TOPIC_A } from "./setup.ts";

type Fields = Partial<Omit<ConsumerGroupHeartbeatRequest, "unknownTaggedFields">>;
type Assignment = NonNullable<ConsumerGroupHeartbeatRequest["topicPartitions"]>;

/** How often all members of a group are asked at most until nothing changes any more. */
const ROUNDS_MAX = 40;

const ATTEMPTS_MAX = 300;
const PAUSE_MS = 10;

/** How long a member may take to give up partitions: longer than a conversation lasts. */
const REBALANCE_MS = 60_000;

/** The heartbeat of somebody who is not a member yet, unless it says otherwise. */
export function firstHeartbeat(groupId: string, memberId: string, rest: Fields = {}) {
  return {
    groupId,
    memberId,
    memberEpoch: 0,
    rebalanceTimeoutMs: REBALANCE_MS,
    subscribedTopicNames: [TOPIC_A],
    topicPartitions: [],
    ...rest,
  };
}

export class ConsumerMember {
  memberEpoch = 0;
  assigned: Assignment = [];

  constructor(
    readonly peer: Peer,
    /** Its connection, its client id and, unless it has got another, its member id. */
    readonly name: string,
    readonly groupId: string,
    readonly traits: Fields = {},
    public memberId: string = name,
  ) {}

  /** Joins, or joins again. */
  join(label: string, rest: Fields & AskOptions = {}): Promise<void> {
    return this.ask(label, firstHeartbeat(this.groupId, this.memberId, this.traits), rest);
  }

  /** A heartbeat that only says that the member is there. */
  heartbeat(label: string, rest: Fields & AskOptions = {}): Promise<void> {
    return this.ask(label, this.short(), rest);
  }

  /** A heartbeat that says what it owns: all that it has been assigned, and nothing else. */
  acknowledge(label: string, rest: Fields & AskOptions = {}): Promise<void> {
    return this.ask(label, { ...this.short(), topicPartitions: this.assigned }, rest);
  }

  /** A heartbeat that says everything; it is answered with what the member is assigned. */
  full(label: string, rest: Fields & AskOptions = {}): Promise<void> {
    const { memberEpoch, assigned: topicPartitions } = this;
    const body = firstHeartbeat(this.groupId, this.memberId, this.traits);
    return this.ask(label, { ...body, memberEpoch, topicPartitions }, rest);
  }

  leave(label: string, memberEpoch = -1): Promise<void> {
    return this.heartbeat(label, { memberEpoch });
  }

  private short(): Fields {
    const { groupId, memberId, memberEpoch, traits: { instanceId = null } } = this;
    return { groupId, memberId, memberEpoch, instanceId };
  }

  private async ask(label: string, body: Fields, rest: Fields & AskOptions): Promise<void> {
    const { as = this.name, version, counted, ...fields } = rest;
    const options = { as, version, counted };
    const request = { ...body, ...fields };
    const answer = await this.peer.ask(label, ConsumerGroupHeartbeat, request, options);
    if (request.memberId === this.memberId) this.take(answer);
  }

  private take(answer: {
    errorCode: number;
    memberId: string | null;
    memberEpoch: number;
    assignment: { topicPartitions: Assignment } | null;
  }): void {
    if (answer.errorCode !== 0) return;
    this.memberId = answer.memberId ?? this.memberId;
    this.memberEpoch = answer.memberEpoch;
    if (answer.assignment !== null) this.assigned = answer.assignment.topicPartitions;
  }

  /** Sends a heartbeat that is not kept. Returns whether it has told anything new. */
  async pulse(): Promise<boolean> {
    const before = JSON.stringify([this.memberEpoch, this.assigned]);
    this.take(
      await this.peer.quietly(
        ConsumerGroupHeartbeat,
        { ...this.short(), topicPartitions: this.assigned },
        { as: this.name },
      ),
    );
    return before !== JSON.stringify([this.memberEpoch, this.assigned]);
  }
}

/** Lets members send heartbeats in turn until none is told anything new any more. */
export async function settle(members: readonly ConsumerMember[]): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let changed = false;
    for (const member of members) changed = await member.pulse() || changed;
    if (!changed) return;
  }
}

/**
 * Lets a member send heartbeats until it has so many partitions, or for long enough: topics that
 * match an expression are looked for in the background.
 */
export async function untilAssigned(member: ConsumerMember, wanted: number): Promise<void> {
  const count = () => member.assigned.reduce((sum, { partitions }) => sum + partitions.length, 0);
  for (let attempt = 0; count() !== wanted && attempt < ATTEMPTS_MAX; attempt++) {
    await member.pulse();
    await pause(PAUSE_MS);
  }
}

/** Describes a consumer group. */
export function describe(
  peer: Peer,
  label: string,
  groupId: string,
  options: AskOptions = {},
): Promise<unknown> {
  return peer.ask(label, ConsumerGroupDescribe, { groupIds: [groupId] }, options);
}
