/** Brokers with topics and groups, as a test tells them; commits and deletions take effect. */
import { encodeBytes } from "../../protocol/codec/codec.ts";
import { ConsumerProtocolAssignment } from "../../protocol/data/consumer_protocol_assignment.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { ListOffsets } from "../../protocol/messages/02_list_offsets.ts";
import { Metadata } from "../../protocol/messages/03_metadata.ts";
import { OffsetCommit } from "../../protocol/messages/08_offset_commit.ts";
import { OffsetFetch } from "../../protocol/messages/09_offset_fetch.ts";
import { FindCoordinator } from "../../protocol/messages/10_find_coordinator.ts";
import { DescribeGroups } from "../../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../../protocol/messages/16_list_groups.ts";
import { DeleteGroups } from "../../protocol/messages/42_delete_groups.ts";
import { ConsumerGroupDescribe } from "../../protocol/messages/69_consumer_group_describe.ts";
import { ClusterClient } from "../cluster.ts";
import { FakeBroker } from "./fake_broker.ts";
import { hurriedClock } from "./hurried_clock.ts";

const LATEST = -1;
const EARLIEST = -2;

export interface FakePartition {
  readonly start?: number;
  readonly end: number;
  /** Index of the broker that leads it, or -1. */
  readonly leader?: number;
}

type Assignment = Readonly<Record<string, readonly number[]>>;

export interface FakeMember {
  readonly memberId: string;
  readonly clientId?: string;
  readonly groupInstanceId?: string;
  readonly assignment?: Assignment;
  /** In place of an assignment that is encoded. */
  readonly assignmentBytes?: Uint8Array;
  readonly targetAssignment?: Assignment;
  readonly memberEpoch?: number;
  readonly memberType?: number;
}

export interface FakeGroup {
  /** In lower case, as brokers list it. */
  readonly type?: string;
  readonly state?: string;
  readonly protocolType?: string;
  readonly assignor?: string;
  readonly groupEpoch?: number;
  readonly assignmentEpoch?: number;
  readonly members?: readonly FakeMember[];
  /** Committed offsets, by topic and partition. */
  committed?: Record<string, Record<number, number>>;
  /** Index of the broker that coordinates it. */
  coordinator?: number;
}

export interface FakeClusterOptions {
  readonly brokerCount?: number;
  readonly topics?: Readonly<Record<string, readonly FakePartition[]>>;
  readonly groups?: Record<string, FakeGroup>;
}

/** An assignment as members get it in the classic protocol. */
export function assignmentBytes(assignment: Assignment, version = 3): Uint8Array {
  const body = encodeBytes(ConsumerProtocolAssignment, Math.min(version, 3), {
    assignedPartitions: Object.entries(assignment)
      .map(([topic, partitions]) => ({ topic, partitions: [...partitions] })),
  });
  return Uint8Array.of(version >> 8, version & 0xff, ...body);
}

/** An assignment as ConsumerGroupDescribe has it. */
function described(assignment: Assignment = {}) {
  return {
    topicPartitions: Object.entries(assignment)
      .map(([topicName, partitions]) => ({ topicName, partitions: [...partitions] })),
  };
}

export class FakeCluster implements AsyncDisposable {
  readonly brokers: readonly FakeBroker[];
  readonly groups: Record<string, FakeGroup>;
  private readonly topics: Readonly<Record<string, readonly FakePartition[]>>;

  constructor({ brokerCount = 1, topics = {}, groups = {} }: FakeClusterOptions) {
    this.topics = topics;
    this.groups = groups;
    this.brokers = Array.from({ length: brokerCount }, () => FakeBroker.listen());
    for (const [index, broker] of this.brokers.entries()) this.serve(broker, index);
  }

  get address(): string {
    return this.brokers[0].address;
  }

  private serve(broker: FakeBroker, index: number): void {
    this.serveTopics(broker);
    this.serveGroups(broker, index);
    this.serveOffsets(broker, index);
  }

  private serveTopics(broker: FakeBroker): void {
    broker
      .on(Metadata, ({ topics }) => ({
        brokers: this.brokers.map(({ port }, nodeId) => ({ nodeId, host: "127.0.0.1", port })),
        topics: (topics ?? []).map(({ name }) => {
          const partitions = this.topics[name!];
          if (partitions === undefined) {
            return { name, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
          }
          return {
            name,
            partitions: partitions.map(({ leader: leaderId = 0 }, partitionIndex) => ({
              partitionIndex,
              leaderId,
            })),
          };
        }),
      }))
      .on(ListOffsets, ({ topics }) => ({
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex, timestamp }) => {
            const { start = 0, end } = this.topics[name][partitionIndex];
            // Offsets are their own timestamps here.
            const found = timestamp < end ? Math.max(start, timestamp) : -1;
            const offset = timestamp === LATEST ? end : timestamp === EARLIEST ? start : found;
            return { partitionIndex, offset };
          }),
        })),
      }));
  }

  /** The group's error at a broker: it may be another one's, or none at all. */
  private errorOf(groupId: string, index: number, type?: string): number {
    const group = this.groups[groupId];
    if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND;
    if ((group.coordinator ?? 0) !== index) return ErrorCode.NOT_COORDINATOR;
    const isOther = type !== undefined && (group.type ?? "classic") !== type;
    return isOther ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.NONE;
  }

  private serveGroups(broker: FakeBroker, index: number): void {
    broker
      .on(FindCoordinator, ({ coordinatorKeys }) => ({
        coordinators: coordinatorKeys.map((key) => {
          const nodeId = this.groups[key]?.coordinator ?? 0;
          return { key, nodeId, host: "127.0.0.1", port: this.brokers[nodeId].port };
        }),
      }))
      .on(ListGroups, ({ statesFilter, typesFilter }) => ({
        groups: Object.entries(this.groups)
          .map(([groupId, group]) => ({
            groupId,
            protocolType: group.protocolType ?? "consumer",
            groupState: group.state ?? "Empty",
            groupType: group.type ?? "classic",
          }))
          .filter(({ groupId, groupState, groupType }) =>
            (this.groups[groupId].coordinator ?? 0) === index &&
            (statesFilter.length === 0 || statesFilter.includes(groupState)) &&
            (typesFilter.length === 0 ||
              typesFilter.some((type) => type.toLowerCase() === groupType))
          ),
      }))
      .on(DescribeGroups, ({ groups: [groupId] }) => {
        const errorCode = this.errorOf(groupId, index, "classic");
        if (errorCode !== ErrorCode.NONE) {
          return { groups: [{ groupId, errorCode, groupState: "Dead" }] };
        }
        const { state = "Empty", protocolType = "consumer", assignor = "", members = [] } =
          this.groups[groupId];
        return {
          groups: [{
            groupId,
            groupState: state,
            protocolType,
            protocolData: assignor,
            members: members.map((member) => ({
              memberId: member.memberId,
              groupInstanceId: member.groupInstanceId ?? null,
              clientId: member.clientId ?? "client",
              clientHost: "/10.0.0.1",
              memberMetadata: new Uint8Array(0),
              memberAssignment: member.assignmentBytes ?? assignmentBytes(member.assignment ?? {}),
            })),
          }],
        };
      })
      .on(ConsumerGroupDescribe, ({ groupIds: [groupId] }) => {
        const errorCode = this.errorOf(groupId, index, "consumer");
        if (errorCode !== ErrorCode.NONE) {
          const errorMessage = errorCode === ErrorCode.GROUP_ID_NOT_FOUND
            ? `Group ${groupId} is not a consumer group.`
            : null;
          return { groups: [{ groupId, errorCode, errorMessage }] };
        }
        const { state = "Empty", assignor = "", members = [], ...group } = this.groups[groupId];
        return {
          groups: [{
            groupId,
            groupState: state,
            groupEpoch: group.groupEpoch ?? 0,
            assignmentEpoch: group.assignmentEpoch ?? 0,
            assignorName: assignor,
            members: members.map((member) => ({
              memberId: member.memberId,
              instanceId: member.groupInstanceId ?? null,
              memberEpoch: member.memberEpoch ?? 0,
              clientId: member.clientId ?? "client",
              clientHost: "/10.0.0.1",
              subscribedTopicNames: Object.keys(member.assignment ?? {}),
              assignment: described(member.assignment),
              targetAssignment: described(member.targetAssignment ?? member.assignment),
              memberType: member.memberType ?? -1,
            })),
          }],
        };
      })
      .on(DeleteGroups, ({ groupsNames: [groupId] }) => {
        const { members = [] } = this.groups[groupId] ?? {};
        const errorCode = this.errorOf(groupId, index) ||
          (members.length > 0 ? ErrorCode.NON_EMPTY_GROUP : ErrorCode.NONE);
        if (errorCode === ErrorCode.NONE) delete this.groups[groupId];
        return { results: [{ groupId, errorCode }] };
      });
  }

  private serveOffsets(broker: FakeBroker, index: number): void {
    broker
      .on(OffsetFetch, ({ groups: [{ groupId }] }) => {
        const { committed = {}, coordinator = 0 } = this.groups[groupId] ?? {};
        const errorCode = coordinator === index ? ErrorCode.NONE : ErrorCode.NOT_COORDINATOR;
        const topics = Object.entries(committed).map(([name, offsets]) => ({
          name,
          partitions: Object.entries(offsets).map(([partition, committedOffset]) => ({
            partitionIndex: Number(partition),
            committedOffset,
            metadata: "",
          })),
        }));
        return { groups: [{ groupId, errorCode, topics: errorCode === 0 ? topics : [] }] };
      })
      .on(OffsetCommit, ({ groupId, topics }) => {
        const group = this.groups[groupId] ??= {};
        const errorCode = (group.coordinator ?? 0) !== index
          ? ErrorCode.NOT_COORDINATOR
          : (group.members ?? []).length > 0
          ? ErrorCode.UNKNOWN_MEMBER_ID
          : ErrorCode.NONE;
        for (const { name, partitions } of errorCode === ErrorCode.NONE ? topics : []) {
          const offsets = (group.committed ??= {})[name] ??= {};
          for (const p of partitions) offsets[p.partitionIndex] = p.committedOffset;
        }
        return {
          topics: topics.map(({ name, partitions }) => ({
            name,
            partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
          })),
        };
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const broker of this.brokers) await broker[Symbol.asyncDispose]();
  }
}

/** Such brokers, and a client of theirs that pauses for no time before it tries again. */
export function clusterOf(options: FakeClusterOptions) {
  const fake = new FakeCluster(options);
  const { clock, pauses } = hurriedClock();
  const client = new ClusterClient({ bootstrapServers: fake.address, clock });
  return {
    fake,
    client,
    pauses,
    async [Symbol.asyncDispose]() {
      client.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}
