/** The classic groups of one shard, for tests: clients ask, the test moves the clock. */
import { BrokerConfig } from "../../../../config/broker_config.ts";
import { assert, assertThrows } from "../../../../lib/assert.ts";
import { KafkaError } from "../../../../protocol/errors.ts";
import type { GroupRecord } from "../../../../protocol/group_records/mod.ts";
import type { JoinGroupResponse } from "../../../../protocol/messages/11_join_group.ts";
import type { LeaveGroupResponse } from "../../../../protocol/messages/13_leave_group.ts";
import type { SyncGroupResponse } from "../../../../protocol/messages/14_sync_group.ts";
import { TestRuntime } from "../../../testing/test_runtime.ts";
import type { CommitOrigin } from "../../group.ts";
import { GroupSettings } from "../../group_settings.ts";
import { GroupStore } from "../../group_store.ts";
import { ClassicGroup } from "../classic_group.ts";
import { ClassicGroups } from "../classic_groups.ts";
import type { Result } from "../rebalances.ts";

export const GROUP = "group";
export const INITIAL_DELAY_MS = 3000;
export const SESSION_MS = 10_000;
export const REBALANCE_MS = 60_000;

/** The newest versions of JoinGroup and LeaveGroup. */
const JOIN_VERSION = 9;
const LEAVE_VERSION = 5;

const encoder = new TextEncoder();
export const bytes = (text: string): Uint8Array => encoder.encode(text);
export const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);

/** What a client says when it joins; the rest is as most clients have it. */
export interface JoinDraft {
  readonly groupId?: string;
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly version?: number;
  readonly clientId?: string;
  readonly protocolType?: string;
  /** Names with metadata, in order of preference. */
  readonly protocols?: readonly (readonly [name: string, metadata: string])[];
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
}

export interface SyncDraft {
  readonly groupId?: string;
  readonly memberId: string;
  readonly generation: number;
  readonly instanceId?: string | null;
  readonly protocolType?: string | null;
  readonly protocolName?: string | null;
  /** By member id. */
  readonly assignments?: Readonly<Record<string, string>>;
}

/** A request that is answered in its own time. */
export class Asked<R> {
  readonly responses: R[] = [];
  readonly answer = (response: R): void => void this.responses.push(response);

  get isWaiting(): boolean {
    return this.responses.length === 0;
  }

  /** The one response. */
  get response(): R {
    assert(this.responses.length === 1, `answered ${this.responses.length} times`);
    return this.responses[0];
  }
}

export class TestClassicGroups {
  readonly runtime: TestRuntime<GroupRecord>;
  readonly settings: GroupSettings;
  groups = new GroupStore();
  classic: ClassicGroups;

  constructor(config: Readonly<Record<string, string>> = {}, seed = 1) {
    this.runtime = new TestRuntime<GroupRecord>(seed);
    const given = { "group.initial.rebalance.delay.ms": `${INITIAL_DELAY_MS}`, ...config };
    this.settings = new GroupSettings(
      new BrokerConfig(new Map(Object.entries(given))),
      () => this.runtime.image,
    );
    this.classic = this.make();
  }

  private make(): ClassicGroups {
    const { runtime: { context }, settings, groups } = this;
    const classic = new ClassicGroups({ context, settings, groups });
    this.runtime.replay = (record) => {
      if (record.type === "GroupMetadata") classic.replay(record);
    };
    return classic;
  }

  /** A second state of what was recorded, beside the one at work. */
  replayed(): GroupStore {
    const { runtime: { context, records }, settings } = this;
    const groups = new GroupStore();
    const classic = new ClassicGroups({ context, settings, groups });
    for (const record of records) {
      if (record.type === "GroupMetadata") classic.replay({ ...record });
    }
    return groups;
  }

  /** The coordinator dies; another one loads what was committed. */
  crash(): void {
    this.runtime.crash();
    this.groups = new GroupStore();
    this.classic = this.make();
    for (const record of this.runtime.records) this.runtime.replay({ ...record }, 0, -1);
    this.classic.onLoaded();
  }

  /** The coordinator is given up in order, and loaded elsewhere. */
  move(error: KafkaError): void {
    this.classic.onUnloaded(error);
    this.crash();
  }

  advance(ms: number): void {
    this.runtime.clock.advance(ms);
  }

  group(groupId = GROUP): ClassicGroup {
    const group = this.groups.find(groupId);
    assert(group instanceof ClassicGroup, `no classic group ${groupId}`);
    return group;
  }

  join(draft: JoinDraft = {}): Asked<JoinGroupResponse> {
    const asked = new Asked<JoinGroupResponse>();
    this.runtime.run(this.askJoin(draft, asked));
    return asked;
  }

  /** The same where the records are refused. */
  joinRefused(draft: JoinDraft): Asked<JoinGroupResponse> {
    const asked = new Asked<JoinGroupResponse>();
    const result = this.askJoin(draft, asked);
    assertThrows(() => this.runtime.run(result), KafkaError);
    return asked;
  }

  private askJoin(draft: JoinDraft, asked: Asked<JoinGroupResponse>): Result {
    const { version = JOIN_VERSION, clientId = "client", protocols = [["range", "r"]] } = draft;
    return this.classic.join(
      { clientId, clientHost: "/127.0.0.1", version },
      {
        groupId: draft.groupId ?? GROUP,
        memberId: draft.memberId ?? "",
        groupInstanceId: draft.instanceId ?? null,
        protocolType: draft.protocolType ?? "consumer",
        protocols: protocols.map(([name, metadata]) => ({ name, metadata: bytes(metadata) })),
        sessionTimeoutMs: draft.sessionTimeoutMs ?? SESSION_MS,
        rebalanceTimeoutMs: draft.rebalanceTimeoutMs ?? REBALANCE_MS,
        reason: null,
      },
      asked.answer,
    );
  }

  /** The id that a dynamic client is given before it joins. */
  newId(draft: JoinDraft = {}): string {
    return this.join(draft).response.memberId!;
  }

  sync(draft: SyncDraft): Asked<SyncGroupResponse> {
    const asked = new Asked<SyncGroupResponse>();
    this.runtime.run(this.askSync(draft, asked));
    return asked;
  }

  /** The same where the records are refused. */
  syncRefused(draft: SyncDraft): Asked<SyncGroupResponse> {
    const asked = new Asked<SyncGroupResponse>();
    const result = this.askSync(draft, asked);
    assertThrows(() => this.runtime.run(result), KafkaError);
    return asked;
  }

  private askSync(draft: SyncDraft, asked: Asked<SyncGroupResponse>): Result {
    const { memberId, generation, assignments = {} } = draft;
    return this.classic.sync(
      { clientId: "client", clientHost: "/127.0.0.1", version: 5 },
      {
        groupId: draft.groupId ?? GROUP,
        memberId,
        generationId: generation,
        groupInstanceId: draft.instanceId ?? null,
        protocolType: draft.protocolType ?? null,
        protocolName: draft.protocolName ?? null,
        assignments: Object.entries(assignments).map(([memberId, assignment]) => ({
          memberId,
          assignment: bytes(assignment),
        })),
      },
      asked.answer,
    );
  }

  /** Returns the error code; throws what the command throws. */
  heartbeat(memberId: string, generation: number, instanceId: string | null = null): number {
    const result = this.classic.heartbeat(
      { clientId: "client", clientHost: "/127.0.0.1", version: 4 },
      { groupId: GROUP, memberId, generationId: generation, groupInstanceId: instanceId },
    );
    return this.runtime.run(result).errorCode!;
  }

  leave(
    members: readonly (readonly [memberId: string, instanceId?: string])[],
    version = LEAVE_VERSION,
  ): LeaveGroupResponse {
    const result = this.classic.leave({ clientId: "client", clientHost: "/127.0.0.1", version }, {
      groupId: GROUP,
      memberId: version < 3 ? members[0][0] : "",
      members: version < 3 ? [] : members.map(([memberId, groupInstanceId = null]) => ({
        memberId,
        groupInstanceId,
        reason: null,
      })),
    });
    return this.runtime.run(result);
  }

  /**
   * A stable group of members that joined one after the other; the first one leads. The assignment of
   * member `m` is `to m`. Returns the members' ids.
   */
  stable(...drafts: JoinDraft[]): string[] {
    const joins = drafts.map((draft) =>
      this.join({ ...draft, memberId: draft.instanceId ? "" : this.newId(draft) })
    );
    while (this.group().isInitialRebalance) this.advance(INITIAL_DELAY_MS);
    const ids = joins.map(({ response }) => response.memberId!);
    this.syncAll(ids);
    return ids;
  }

  /** All members ask for their assignment, the leader first. */
  syncAll(ids: readonly string[]): void {
    const { generation, leaderId } = this.group();
    const assignments = Object.fromEntries(ids.map((id) => [id, `to ${id}`]));
    const order = [...ids].sort((a, b) => Number(b === leaderId) - Number(a === leaderId));
    for (const memberId of order) {
      this.sync({ memberId, generation, assignments: memberId === leaderId ? assignments : {} });
    }
  }
}

/** A commit, as the offsets' part sees it. */
export function commit(
  memberId: string,
  generationOrEpoch: number,
  rest: Partial<CommitOrigin> = {},
): CommitOrigin {
  return {
    memberId,
    instanceId: null,
    generationOrEpoch,
    isTransactional: false,
    version: 9,
    ...rest,
  };
}
