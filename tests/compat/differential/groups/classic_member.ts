/** One member of a classic group in a conversation: it remembers its id and its generation. */
import { JoinGroup, type JoinGroupRequest } from "../../../../protocol/messages/11_join_group.ts";
import { Heartbeat, type HeartbeatRequest } from "../../../../protocol/messages/12_heartbeat.ts";
import { LeaveGroup } from "../../../../protocol/messages/13_leave_group.ts";
import { SyncGroup, type SyncGroupRequest } from "../../../../protocol/messages/14_sync_group.ts";
import { DescribeGroups } from "../../../../protocol/messages/15_describe_groups.ts";
import type { AskOptions, Peer } from "../conversation.ts";
import { subscription } from "./requests.ts";

type Fields<T> = Partial<Omit<T, "unknownTaggedFields">>;
type JoinFields = Fields<JoinGroupRequest>;

/** Long enough for every conversation that does not wait for it. */
const SESSION_MS = 30_000;

const MEMBER_ID_REQUIRED_VERSION = 4;
const PROTOCOL_VERSION = 5;

export const SOME_METADATA = subscription(["some-topic"], { version: 0 });

/** Protocols of the given names, all with the same metadata. */
export function protocols(names: readonly string[], metadata = SOME_METADATA) {
  return names.map((name) => ({ name, metadata }));
}

/** JoinGroup of somebody who is not a member yet, unless it says otherwise. */
export function joining(groupId: string, rest: JoinFields = {}) {
  const { groupInstanceId = null, ...others } = rest;
  return {
    groupId,
    sessionTimeoutMs: SESSION_MS,
    rebalanceTimeoutMs: SESSION_MS,
    memberId: "",
    protocolType: "consumer",
    protocols: protocols(["range"]),
    ...(groupInstanceId === null ? {} : { groupInstanceId }),
    ...others,
  };
}

/** LeaveGroup of one member. */
export function leaving(version: number, groupId: string, memberId: string) {
  return version < 3 ? { groupId, memberId } : { groupId, members: [{ memberId }] };
}

export class ClassicMember {
  memberId = "";
  generationId = -1;
  /** Whether it has asked to join: it is not asked what the broker has answered. */
  private hasJoined = false;

  constructor(
    readonly peer: Peer,
    /** Its connection and its client id. */
    readonly name: string,
    readonly groupId: string,
    readonly traits: JoinFields = {},
  ) {}

  /** Joins; in versions that want to know the member's id, twice. */
  async join(label: string, rest: JoinFields & AskOptions = {}): Promise<void> {
    const { version = this.peer.version(JoinGroup), as = this.name, timeoutMs, ...fields } = rest;
    const traits = { ...this.traits, ...fields };
    const options = { version, as, timeoutMs };
    const isKnown = this.hasJoined || this.memberId !== "" ||
      typeof traits.groupInstanceId === "string";
    this.hasJoined = true;
    if (version >= MEMBER_ID_REQUIRED_VERSION && !isKnown) {
      const answer = await this.peer.ask(
        `${label}, without an id`,
        JoinGroup,
        joining(this.groupId, traits),
        options,
      );
      this.memberId = answer.memberId;
    }
    const body = joining(this.groupId, { memberId: this.memberId, ...traits });
    const answer = await this.peer.ask(label, JoinGroup, body, options);
    if (answer.errorCode !== 0) return;
    this.memberId = answer.memberId;
    this.generationId = answer.generationId;
  }

  /** Syncs. `assignments` are those that a leader gives, by the member's id. */
  async sync(
    label: string,
    assignments: Readonly<Record<string, Uint8Array>> = {},
    rest: Fields<SyncGroupRequest> & AskOptions = {},
  ): Promise<Uint8Array> {
    const { version = this.peer.version(SyncGroup), as = this.name, ...fields } = rest;
    const { traits: { groupInstanceId = null, protocolType = "consumer", protocols } } = this;
    const body = {
      groupId: this.groupId,
      generationId: this.generationId,
      memberId: this.memberId,
      ...(groupInstanceId === null ? {} : { groupInstanceId }),
      ...(version < PROTOCOL_VERSION
        ? {}
        : { protocolType, protocolName: protocols?.[0]?.name ?? "range" }),
      assignments: Object.entries(assignments).map(([memberId, assignment]) => ({
        memberId,
        assignment,
      })),
      ...fields,
    };
    return (await this.peer.ask(label, SyncGroup, body, { version, as })).assignment;
  }

  async heartbeat(label: string, rest: Fields<HeartbeatRequest> & AskOptions = {}): Promise<void> {
    const { version, as = this.name, ...fields } = rest;
    const { traits: { groupInstanceId = null } } = this;
    await this.peer.ask(label, Heartbeat, {
      groupId: this.groupId,
      generationId: this.generationId,
      memberId: this.memberId,
      ...(groupInstanceId === null ? {} : { groupInstanceId }),
      ...fields,
    }, { version, as });
  }

  async leave(label: string): Promise<void> {
    const version = this.peer.version(LeaveGroup);
    const body = leaving(version, this.groupId, this.memberId);
    await this.peer.ask(label, LeaveGroup, body, { as: this.name });
  }
}

/** Every member gets two bytes of its own: which, tells who has been given what. */
export function someAssignments(...members: readonly ClassicMember[]): Record<string, Uint8Array> {
  return Object.fromEntries(members.map(({ memberId }, i) => [memberId, new Uint8Array([i, 7])]));
}

/**
 * Describes a group once it is in a state with so many members. A member that waits for the others
 * is counted, one that has only been given an id is not.
 */
export async function untilState(
  peer: Peer,
  groupId: string,
  state: string,
  memberCount: number,
): Promise<void> {
  await peer.until(
    `in ${state} with ${memberCount}`,
    DescribeGroups,
    { groups: [groupId] },
    ({ groups: [group] }) => group?.groupState === state && group.members.length === memberCount,
  );
}

/** The ways of a member that is alone in its group, up to the point where it is stable. */
export async function settleAlone(
  peer: Peer,
  name: string,
  groupId: string,
  traits: JoinFields = {},
): Promise<ClassicMember> {
  const member = new ClassicMember(peer, name, groupId, traits);
  await member.join(`${name} joins alone`);
  await member.sync(`${name} syncs alone`, someAssignments(member));
  return member;
}

/**
 * Lets members rebalance together: newcomers join, then those who are there already, last the
 * leader. All are stable after it.
 */
export async function rebalance(
  label: string,
  leader: ClassicMember,
  { stay = [], come = [] }: { stay?: readonly ClassicMember[]; come?: readonly ClassicMember[] },
): Promise<void> {
  const { peer, groupId } = leader;
  const joins: Promise<void>[] = [];
  for (const [i, member] of come.entries()) {
    joins.push(member.join(`${label}: ${member.name} comes`));
    await untilState(peer, groupId, "PreparingRebalance", stay.length + i + 2);
  }
  for (const member of [...stay, leader]) {
    joins.push(member.join(`${label}: ${member.name} joins again`));
  }
  await Promise.all(joins);
  const followers = [...stay, ...come];
  const syncs = followers.map((member) => member.sync(`${label}: ${member.name} syncs`));
  syncs.push(leader.sync(`${label}: leader syncs`, someAssignments(leader, ...followers)));
  await Promise.all(syncs);
}
