/**
 * Groups in states that no client stays in: their members answer only as much as keeps them there.
 *
 * | group         | state               | because                                                 |
 * | ------------- | ------------------- | ------------------------------------------------------- |
 * | `rebalancing` | PreparingRebalance  | its first member does not join again for the second     |
 * | `completing`  | CompletingRebalance | its leader does not send the assignment                 |
 * | `assigning`   | Assigning           | it waits long between assignments (KIP-848)             |
 * | `reconciling` | Reconciling         | its first member does not give partitions up (KIP-848)  |
 * | `workers`     | Stable              | it is one of Kafka Connect's, not of consumers          |
 */
import { ClusterClient, requireNoError } from "../../../client/cluster.ts";
import { encodeBytes } from "../../../protocol/codec/codec.ts";
import { ConsumerProtocolAssignment } from "../../../protocol/data/consumer_protocol_assignment.ts";
import { ConsumerProtocolSubscription } from "../../../protocol/data/consumer_protocol_subscription.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import { JoinGroup } from "../../../protocol/messages/11_join_group.ts";
import { LeaveGroup } from "../../../protocol/messages/13_leave_group.ts";
import { SyncGroup } from "../../../protocol/messages/14_sync_group.ts";
import { ConsumerGroupHeartbeat } from "../../../protocol/messages/68_consumer_group_heartbeat.ts";

/** How long the groups stay as they are, in milliseconds: longer than all commands take. */
export const HELD_MS = 600_000;

const TOPIC = "trades";

/** ConsumerGroupHeartbeat's epochs of one who joins and of one who leaves. */
const JOINS = 0;
const LEAVES = -1;

/** What a consumer sends its assignor, and what that sends back: a version (int16) before the data. */
const embedded = (data: Uint8Array) => new Uint8Array([0, 0, ...data]);
const SUBSCRIPTION = embedded(encodeBytes(ConsumerProtocolSubscription, 0, { topics: [TOPIC] }));
const ASSIGNMENT = embedded(encodeBytes(ConsumerProtocolAssignment, 0, {
  assignedPartitions: [{ topic: TOPIC, partitions: [0, 1, 2, 3] }],
}));

interface Protocol {
  readonly type: string;
  readonly name: string;
  readonly metadata: Uint8Array;
}

const CONSUMER: Protocol = { type: "consumer", name: "range", metadata: SUBSCRIPTION };
const CONNECT: Protocol = { type: "connect", name: "compatible", metadata: new Uint8Array([1]) };

export class HeldGroups {
  private readonly leaving: (() => Promise<unknown>)[] = [];

  private constructor(private readonly bootstrapServers: string) {}

  /** Brings the groups into their states. Throws `KafkaError` where the broker refuses. */
  static async on(bootstrapServers: string): Promise<HeldGroups> {
    const groups = new HeldGroups(bootstrapServers);
    const first = await groups.join("rebalancing", CONSUMER);
    await first.sync(ASSIGNMENT);
    await groups.joinInVain("rebalancing", CONSUMER);
    await groups.join("completing", CONSUMER);
    await (await groups.join("workers", CONNECT)).sync(new Uint8Array([2]));
    for (const group of ["assigning", "reconciling"]) {
      await groups.heartbeat(group, "member-that-keeps");
      await groups.heartbeat(group, "member-that-waits");
    }
    return groups;
  }

  /** All leave, the last first. */
  async leave(): Promise<void> {
    for (const leave of this.leaving.reverse()) await leave();
  }

  private client(clientId: string): ClusterClient {
    const { bootstrapServers } = this;
    return new ClusterClient({ bootstrapServers, clientId, requestTimeoutMs: HELD_MS });
  }

  /** Asks for a member id, and joins with it. The answer to the latter may be long in coming. */
  private async begin(groupId: string, { type, name, metadata }: Protocol) {
    const client = this.client(`held-${groupId}`);
    const ask = (memberId: string) =>
      client.retrying(() =>
        client.askCoordinator(groupId, JoinGroup, {
          groupId,
          sessionTimeoutMs: HELD_MS,
          rebalanceTimeoutMs: HELD_MS,
          memberId,
          protocolType: type,
          protocols: [{ name, metadata }],
        })
      );
    const { errorCode, memberId } = await ask("");
    if (errorCode !== ErrorCode.MEMBER_ID_REQUIRED) requireNoError(errorCode);
    this.leaving.push(async () => {
      const other = this.client("held");
      await other.askCoordinator(groupId, LeaveGroup, { groupId, members: [{ memberId }] });
      other.close();
      client.close();
    });
    return { client, memberId, joined: ask(memberId) };
  }

  private async join(groupId: string, protocol: Protocol) {
    const { client, memberId, joined } = await this.begin(groupId, protocol);
    const { errorCode, generationId } = await joined;
    requireNoError(errorCode);
    const sync = async (assignment: Uint8Array) => {
      const answer = await client.askCoordinator(groupId, SyncGroup, {
        groupId,
        generationId,
        memberId,
        protocolType: protocol.type,
        protocolName: protocol.name,
        assignments: [{ memberId, assignment }],
      });
      requireNoError(answer.errorCode);
    };
    return { sync };
  }

  /** Joins without waiting for the others, who will not come. */
  private async joinInVain(groupId: string, protocol: Protocol): Promise<void> {
    const { joined } = await this.begin(groupId, protocol);
    joined.catch(() => {}); // It ends with the connection.
  }

  private async heartbeat(groupId: string, memberId: string): Promise<void> {
    const client = this.client(`held-${groupId}`);
    const send = async (memberEpoch: number) => {
      const { errorCode, errorMessage } = await client.askCoordinator(
        groupId,
        ConsumerGroupHeartbeat,
        {
          groupId,
          memberId,
          memberEpoch,
          rebalanceTimeoutMs: HELD_MS,
          subscribedTopicNames: [TOPIC],
          topicPartitions: [],
        },
      );
      requireNoError(errorCode, errorMessage);
    };
    await client.retrying(() => send(JOINS));
    this.leaving.push(async () => {
      await send(LEAVES);
      client.close();
    });
  }
}
