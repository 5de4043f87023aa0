/**
 * Members of classic groups that do nothing but live: each on a connection of its own, with a
 * heartbeat at a fixed interval, joining again when its group rebalances.
 */
import { ClientConnection } from "../../client/connection.ts";
import { ErrorCode, errorName } from "../../protocol/errors.ts";
import { FindCoordinator } from "../../protocol/messages/10_find_coordinator.ts";
import { Heartbeat } from "../../protocol/messages/12_heartbeat.ts";
import { JoinGroup } from "../../protocol/messages/11_join_group.ts";
import { SyncGroup } from "../../protocol/messages/14_sync_group.ts";
import type { Broker } from "../brokers/broker.ts";
import { ProgramError } from "../programs.ts";

const SESSION_TIMEOUT_MS = 45_000;
const REBALANCE_TIMEOUT_MS = 60_000;

/** Members that join at one time. */
const JOINING_MAX = 50;

const VERSIONS = { find: 3, join: 7, sync: 5, heartbeat: 4 } as const;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

class Member {
  private generationId = -1;
  private memberId = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private intervalMs = 0;
  private stopped = false;
  heartbeats = 0;
  failure: Error | null = null;

  constructor(
    private readonly connection: ClientConnection,
    private readonly groupId: string,
    private readonly instanceId: string,
  ) {}

  /** Joins and gets its assignment. Throws `ProgramError` for what is no rebalance. */
  async join(): Promise<void> {
    const { groupId, instanceId: groupInstanceId } = this;
    for (;;) {
      const joined = await this.connection.request(JoinGroup, VERSIONS.join, {
        groupId,
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
        rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
        memberId: this.memberId,
        groupInstanceId,
        protocolType: "consumer",
        protocols: [{ name: "range", metadata: new Uint8Array(20) }],
      });
      this.memberId = joined.memberId;
      if (this.mustJoinAgain(joined.errorCode)) continue;
      this.generationId = joined.generationId;
      const { errorCode } = await this.connection.request(SyncGroup, VERSIONS.sync, {
        groupId,
        generationId: this.generationId,
        memberId: this.memberId,
        groupInstanceId,
        protocolType: "consumer",
        protocolName: "range",
        assignments: joined.members.map(({ memberId }) => ({
          memberId,
          assignment: new Uint8Array(20),
        })),
      });
      if (!this.mustJoinAgain(errorCode)) return;
    }
  }

  private mustJoinAgain(errorCode: number): boolean {
    if (errorCode === ErrorCode.NONE) return false;
    const again = [
      ErrorCode.REBALANCE_IN_PROGRESS,
      ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
      ErrorCode.ILLEGAL_GENERATION,
    ];
    if (again.includes(errorCode)) return true;
    throw new ProgramError(`${this.instanceId} of ${this.groupId}: ${errorName(errorCode)}`);
  }

  /** From now on sends a heartbeat every `intervalMs`, the first one after `delayMs`. */
  live(delayMs: number, intervalMs: number): void {
    this.intervalMs = intervalMs;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.beat().then(
        () => this.stopped || this.live(this.intervalMs, this.intervalMs),
        (error) => this.failure = error,
      );
    }, delayMs);
  }

  private async beat(): Promise<void> {
    const { errorCode } = await this.connection.request(Heartbeat, VERSIONS.heartbeat, {
      groupId: this.groupId,
      generationId: this.generationId,
      memberId: this.memberId,
      groupInstanceId: this.instanceId,
    });
    this.heartbeats++;
    if (this.mustJoinAgain(errorCode)) await this.join();
  }

  close(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.connection.close();
  }
}

/** Waits until the coordinator's topic is there. */
async function requireCoordinator(broker: Broker): Promise<void> {
  const connection = await connect(broker);
  try {
    for (;;) {
      const { errorCode } = await connection.request(FindCoordinator, VERSIONS.find, { key: "g" });
      if (errorCode === ErrorCode.NONE) return;
      await pause(100);
    }
  } finally {
    connection.close();
  }
}

function connect(broker: Broker): Promise<ClientConnection> {
  return ClientConnection.connect({
    host: "127.0.0.1",
    port: broker.port,
    clientId: "takhin-bench",
    requestTimeoutMs: 2 * REBALANCE_TIMEOUT_MS,
  });
}

export interface GroupLoad {
  readonly groups: number;
  readonly membersPerGroup: number;
  readonly heartbeatIntervalMs: number;
}

/**
 * Brings all groups up, lets `use` run while their members live, and closes them.
 * Returns what `use` does, and how many heartbeats were answered meanwhile.
 */
export async function withGroups<T>(
  broker: Broker,
  load: GroupLoad,
  use: () => Promise<T>,
): Promise<{ result: T; heartbeats: number }> {
  await requireCoordinator(broker);
  const members: Member[] = [];
  try {
    const { groups, membersPerGroup, heartbeatIntervalMs } = load;
    const waiting: Member[] = [];
    for (let i = 0; i < groups * membersPerGroup; i++) {
      const group = `bench-${Math.floor(i / membersPerGroup)}`;
      const member = new Member(await connect(broker), group, `member-${i % membersPerGroup}`);
      members.push(member);
      waiting.push(member);
    }
    const joinAll = async () => {
      for (let member = waiting.pop(); member !== undefined; member = waiting.pop()) {
        await member.join();
        // From now on it must live, or its group will wait for it when the next one joins.
        member.live(100 + Math.random() * 100, heartbeatIntervalMs / 10);
      }
    };
    await Promise.all(Array.from({ length: JOINING_MAX }, joinAll));
    for (const [i, member] of members.entries()) {
      member.live((i / members.length) * heartbeatIntervalMs, heartbeatIntervalMs);
    }
    await pause(2 * heartbeatIntervalMs);
    const count = () => members.reduce((sum, { heartbeats }) => sum + heartbeats, 0);
    const before = count();
    const result = await use();
    const failed = members.find(({ failure }) => failure !== null);
    if (failed !== undefined) throw failed.failure;
    return { result, heartbeats: count() - before };
  } finally {
    for (const member of members) member.close();
  }
}
