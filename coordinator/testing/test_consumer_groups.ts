/**
 * Consumer groups for tests: on a clock and metadata that the test owns, with members to play. Beside
 * them are classic groups, so that groups may turn from one protocol to the other.
 */
import type { ImageChanges } from "../../cluster/image/apply.ts";
import {
  configResourceKey,
  ConfigResourceType,
  type TopicImage,
} from "../../cluster/image/metadata_image.ts";
import { BrokerConfig } from "../../config/broker_config.ts";
import { type GroupRecord, groupRecords } from "../../protocol/group_records/mod.ts";
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from "../../protocol/messages/68_consumer_group_heartbeat.ts";
import { randomUuid } from "../../protocol/codec/uuid.ts";
import { ClassicGroup } from "../group/classic/classic_group.ts";
import { ClassicGroups } from "../group/classic/classic_groups.ts";
import { ConsumerGroup } from "../group/consumer/consumer_group.ts";
import { ConsumerGroups } from "../group/consumer/consumer_groups.ts";
import type { ConsumerGroupRecord } from "../group/consumer/replay.ts";
import type { Group, RequestOrigin } from "../group/group.ts";
import { GroupSettings } from "../group/group_settings.ts";
import { type GroupEnvironment, GroupStore } from "../group/group_store.ts";
import { connectProtocols } from "../group/migration/migration.ts";
import { imageOf, topicImage } from "./images.ts";
import { TestRuntime } from "./test_runtime.ts";

/** What a test says of a heartbeat; the rest is left out of the request. */
export type HeartbeatFields =
  & Partial<ConsumerGroupHeartbeatRequest>
  & { readonly memberId: string };

export const GROUP_ID = "group";

const NO_CHANGES: ImageChanges = {
  topics: new Set(),
  removedTopics: new Map(),
  configs: new Set(),
  brokers: false,
  features: false,
};

export class TestConsumerGroups {
  readonly runtime: TestRuntime<GroupRecord>;
  store!: GroupStore;
  groups!: ConsumerGroups;
  classic!: ClassicGroups;
  private readonly config: BrokerConfig;
  private readonly groupConfigs = new Map<string, ReadonlyMap<string, string>>();
  private readonly topics = new Map<string, TopicImage>();
  private racks: readonly (string | null)[] = [];

  /** `onStart` is called whenever groups begin without state: a test may change them there. */
  constructor(
    config: Readonly<Record<string, string>> = {},
    seed = 1,
    private readonly onStart: (test: TestConsumerGroups) => void = () => {},
  ) {
    this.config = new BrokerConfig(new Map(Object.entries(config)));
    this.runtime = new TestRuntime(seed);
    this.start();
  }

  /** Groups without any state, on the same clock. */
  private start(): void {
    const { runtime } = this;
    runtime.context.timers.cancelAll();
    this.store = new GroupStore();
    const environment: GroupEnvironment = {
      context: runtime.context,
      settings: new GroupSettings(this.config, () => runtime.image),
      groups: this.store,
    };
    this.groups = new ConsumerGroups(environment);
    this.classic = new ClassicGroups(environment);
    connectProtocols(environment, this.classic, this.groups);
    runtime.replay = (record) => {
      if (record.type === "GroupMetadata") this.classic.replay(record);
      else this.groups.replay(record as ConsumerGroupRecord);
    };
    this.onStart(this);
  }

  /** Leaves of the records what the cleaner would: the last one of each key that is no tombstone. */
  compact(): void {
    const { records } = this.runtime;
    const last = new Map(
      records.map((record) => [`${record.type} ${JSON.stringify(record.key)}`, record]),
    );
    const kept = records.filter((record) => record.value !== null && isLast(record));
    function isLast(record: GroupRecord): boolean {
      return last.get(`${record.type} ${JSON.stringify(record.key)}`) === record;
    }
    records.splice(0, records.length, ...kept);
  }

  /** Loads everything anew from the bytes of the records. */
  restart(): void {
    this.start();
    for (const record of this.runtime.records) {
      const { key, value } = groupRecords.encode(record);
      this.runtime.replay(groupRecords.decode(key, value), 0, -1);
    }
    this.classic.onLoaded();
    this.groups.onLoaded();
  }

  /** Moves time on, and with it whatever is to be done by then. */
  advance(ms: number): void {
    this.runtime.clock.advance(ms);
  }

  // Metadata.

  inRacks(...racks: (string | null)[]): void {
    this.racks = racks;
  }

  topicId(name: string): string {
    return this.topics.get(name)!.id;
  }

  topicNames(): string[] {
    return [...this.topics.keys()];
  }

  partitionCount(name: string): number {
    return this.topics.get(name)?.partitions.length ?? 0;
  }

  /** Makes a topic, or gives it more partitions. Partition p is on the broker p of all, in turn. */
  setTopic(name: string, partitions: number): void {
    const id = this.topics.get(name)?.id ?? randomUuid(this.runtime.context.random);
    const brokers = Math.max(1, this.racks.length);
    const replicas = Array.from({ length: partitions }, (_, p) => [p % brokers]);
    this.topics.set(name, topicImage(name, id, replicas));
    this.tell({ topics: new Set([id]) });
  }

  deleteTopic(name: string): void {
    const topic = this.topics.get(name)!;
    this.topics.delete(name);
    this.tell({ removedTopics: new Map([[topic.id, topic]]) });
  }

  /** Configs of a group (`IncrementalAlterConfigs` on GROUP). */
  setGroupConfigs(groupId: string, values: Readonly<Record<string, string>>): void {
    const key = configResourceKey(ConfigResourceType.GROUP, groupId);
    this.groupConfigs.set(key, new Map(Object.entries(values)));
    this.tell({ configs: new Set([key]) });
  }

  private tell(changes: Partial<ImageChanges>): void {
    const { runtime } = this;
    const image = imageOf([...this.topics.values()], this.racks, runtime.image.offset + 1);
    runtime.image = { ...image, configs: new Map(this.groupConfigs) };
    this.groups.onImage(runtime.image, { ...NO_CHANGES, ...changes });
  }

  // Members.

  /** Sends a heartbeat, to `GROUP_ID` where the fields do not say another group. */
  heartbeat(
    fields: HeartbeatFields,
    origin: Partial<RequestOrigin> = {},
  ): ConsumerGroupHeartbeatResponse {
    const request: ConsumerGroupHeartbeatRequest = {
      groupId: GROUP_ID,
      memberEpoch: 0,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: null,
      ...fields,
    };
    const from = { clientId: "client", clientHost: "/127.0.0.1", version: 1, ...origin };
    return this.runtime.run(this.groups.heartbeat(from, request));
  }

  join(memberId: string, fields: Partial<HeartbeatFields> = {}): ConsumerGroupHeartbeatResponse {
    return this.heartbeat({
      memberId,
      memberEpoch: 0,
      rebalanceTimeoutMs: 60_000,
      topicPartitions: [],
      subscribedTopicNames: fields.subscribedTopicRegex === undefined ? ["topic"] : null,
      ...fields,
    });
  }

  /** The group in whatever state; throws where there is none. */
  group(groupId: string = GROUP_ID): ConsumerGroup {
    const group: Group = this.store.require(groupId);
    if (group instanceof ConsumerGroup) return group;
    throw new Error(`${groupId} is a ${group.kind} group`);
  }

  /** The same for a classic group. */
  classicGroup(groupId: string = GROUP_ID): ClassicGroup {
    const group: Group = this.store.require(groupId);
    if (group instanceof ClassicGroup) return group;
    throw new Error(`${groupId} is a ${group.kind} group`);
  }
}

/** Partitions of an answer's assignment by topic id, or null where it has none. */
export function assignedIn(
  response: ConsumerGroupHeartbeatResponse,
): Record<string, readonly number[]> | null {
  const topics = response.assignment?.topicPartitions;
  if (topics === undefined) return null;
  return Object.fromEntries(topics.map(({ topicId, partitions }) => [topicId!, partitions!]));
}
