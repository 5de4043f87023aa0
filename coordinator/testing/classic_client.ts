/** A consumer of the classic protocol, for tests: it says a real subscription and keeps what it is told. */
import { encode } from "../../protocol/codec/codec.ts";
import { Writer } from "../../protocol/codec/writer.ts";
import { ConsumerProtocolAssignment } from "../../protocol/data/consumer_protocol_assignment.ts";
import { ConsumerProtocolSubscription } from "../../protocol/data/consumer_protocol_subscription.ts";
import { type ErrorName, errorName, KafkaError } from "../../protocol/errors.ts";
import type { JoinGroupRequest, JoinGroupResponse } from "../../protocol/messages/11_join_group.ts";
import type { SyncGroupRequest, SyncGroupResponse } from "../../protocol/messages/14_sync_group.ts";
import { Asked } from "../group/classic/testing/test_classic_groups.ts";
import { readAssignment } from "../group/embedded_protocol.ts";
import type { RequestOrigin } from "../group/group.ts";
import { GROUP_ID, type TestConsumerGroups } from "./test_consumer_groups.ts";

/** Partitions by topic name. */
export type Partitions = Readonly<Record<string, readonly number[]>>;

export interface ClassicTraits {
  readonly memberId?: string;
  readonly instanceId?: string | null;
  /** Assignors, in order of preference. */
  readonly protocols?: readonly string[];
  readonly topics?: readonly string[];
  readonly rackId?: string | null;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  /** In which version the subscription is said. */
  readonly subscriptionVersion?: number;
  readonly joinVersion?: number;
}

const named = (partitions: Partitions) =>
  Object.entries(partitions).map(([topic, numbers]) => ({ topic, partitions: [...numbers] }));

export function subscriptionBytes(
  topics: readonly string[],
  owned: Partitions = {},
  version = 3,
  rackId: string | null = null,
): Uint8Array {
  const writer = new Writer();
  writer.int16(version);
  const value = { topics: [...topics], ownedPartitions: named(owned), rackId };
  encode(ConsumerProtocolSubscription, version, value, writer);
  return writer.finish();
}

export function assignmentBytes(
  partitions: Partitions,
  userData: Uint8Array | null = null,
): Uint8Array {
  const writer = new Writer();
  writer.int16(1);
  encode(
    ConsumerProtocolAssignment,
    1,
    { assignedPartitions: named(partitions), userData },
    writer,
  );
  return writer.finish();
}

export function assignedTopics(bytes: Uint8Array): Partitions {
  const { assignedPartitions } = readAssignment(bytes);
  return Object.fromEntries(assignedPartitions.map(({ topic, partitions }) => [topic, partitions]));
}

export class ClassicClient {
  memberId: string;
  generation = -1;
  /** What it works on. */
  owned: Partitions = {};

  constructor(private readonly test: TestConsumerGroups, readonly traits: ClassicTraits = {}) {
    this.memberId = traits.memberId ?? "";
  }

  private get origin(): RequestOrigin {
    const { joinVersion = 9 } = this.traits;
    return { clientId: "classic", clientHost: "/127.0.0.1", version: joinVersion };
  }

  /** Throws what the coordinator throws. */
  ask(fields: Partial<JoinGroupRequest> = {}): Asked<JoinGroupResponse> {
    const { traits } = this;
    const { topics = ["topic"], protocols = ["range"], subscriptionVersion = 3 } = traits;
    const metadata = subscriptionBytes(topics, this.owned, subscriptionVersion, traits.rackId);
    const asked = new Asked<JoinGroupResponse>();
    const request: JoinGroupRequest = {
      groupId: GROUP_ID,
      memberId: this.memberId,
      groupInstanceId: traits.instanceId ?? null,
      protocolType: "consumer",
      protocols: protocols.map((name) => ({ name, metadata })),
      sessionTimeoutMs: traits.sessionTimeoutMs ?? 10_000,
      rebalanceTimeoutMs: traits.rebalanceTimeoutMs ?? 60_000,
      reason: null,
      ...fields,
    };
    this.test.runtime.run(this.test.classic.join(this.origin, request, asked.answer));
    return asked;
  }

  /** Joins, in two steps where it has no id; the answer may take its time. */
  join(fields: Partial<JoinGroupRequest> = {}): Asked<JoinGroupResponse> {
    const first = this.ask(fields);
    if (first.isWaiting || errorName(first.response.errorCode!) !== "MEMBER_ID_REQUIRED") {
      return first;
    }
    this.memberId = first.response.memberId!;
    return this.ask(fields);
  }

  /** Joins a group that answers at once, and takes over the generation. */
  joined(fields: Partial<JoinGroupRequest> = {}): JoinGroupResponse {
    return this.take(this.join(fields).response);
  }

  take(response: JoinGroupResponse): JoinGroupResponse {
    this.memberId = response.memberId ?? this.memberId;
    this.generation = response.generationId ?? this.generation;
    return response;
  }

  /** Throws what the coordinator throws. */
  sync(fields: Partial<SyncGroupRequest> = {}): Asked<SyncGroupResponse> {
    const asked = new Asked<SyncGroupResponse>();
    const request: SyncGroupRequest = {
      groupId: GROUP_ID,
      memberId: this.memberId,
      generationId: this.generation,
      groupInstanceId: this.traits.instanceId ?? null,
      protocolType: null,
      protocolName: null,
      assignments: [],
      ...fields,
    };
    const origin = { ...this.origin, version: 5 };
    this.test.runtime.run(this.test.classic.sync(origin, request, asked.answer));
    return asked;
  }

  /** Asks for its assignment, works on it, and returns it. */
  synced(fields: Partial<SyncGroupRequest> = {}): Partitions {
    return this.owned = assignedTopics(this.sync(fields).response.assignment!);
  }

  /** The error that it is told, or NONE. */
  heartbeat(fields: { memberId?: string; generationId?: number } = {}): ErrorName {
    const request = {
      groupId: GROUP_ID,
      memberId: this.memberId,
      generationId: this.generation,
      groupInstanceId: this.traits.instanceId ?? null,
      ...fields,
    };
    try {
      const result = this.test.classic.heartbeat({ ...this.origin, version: 4 }, request);
      return errorName(this.test.runtime.run(result).errorCode!);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return error.errorName;
    }
  }

  /** Leaves, or makes others leave. Returns the errors, in order. */
  leave(
    members: readonly (readonly [memberId: string, instanceId: string | null])[] = [
      [this.memberId, this.traits.instanceId ?? null],
    ],
  ): ErrorName[] {
    const result = this.test.classic.leave({ ...this.origin, version: 5 }, {
      groupId: GROUP_ID,
      memberId: "",
      members: members.map(([memberId, groupInstanceId]) => ({
        memberId,
        groupInstanceId,
        reason: null,
      })),
    });
    const response = this.test.runtime.run(result);
    return response.members!.map(({ errorCode }) => errorName(errorCode!));
  }
}
