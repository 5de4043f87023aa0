/** The offsets of one shard with groups that are what a test says, and the log that they come from. */
import { BrokerConfig, checkBrokerConfigs } from "../../../../config/broker_config.ts";
import { ZERO_UUID } from "../../../../protocol/codec/uuid.ts";
import { type ErrorName, KafkaError } from "../../../../protocol/errors.ts";
import { type GroupRecord, groupRecords } from "../../../../protocol/group_records/mod.ts";
import type { OffsetCommitResponse } from "../../../../protocol/messages/08_offset_commit.ts";
import { NO_PRODUCER_ID } from "../../../runtime/shard.ts";
import { TestRuntime } from "../../../testing/test_runtime.ts";
import type {
  CommitOrigin,
  CommitPartitionCheck,
  Group,
  GroupKind,
  ListedGroup,
  OffsetExpiry,
} from "../../group.ts";
import { GroupSettings } from "../../group_settings.ts";
import { GroupStore } from "../../group_store.ts";
import type { FetchedGroup } from "../answers.ts";
import { type OffsetRecord, offsetRecord, offsetTombstone } from "../committed_offset.ts";
import { OffsetManager } from "../offset_manager.ts";

export const GROUP = "g";
export const RETENTION_MS = 60_000;
export const METADATA_BYTES_MAX = 8;
/** The version of OffsetCommit and OffsetFetch that tests ask in where it does not matter. */
const VERSION = 9;

/** A group that admits everybody, and refuses what a test tells it to. At first a simple one. */
export class FakeGroup implements Group {
  kind: GroupKind = "classic";
  stateName = "Empty";
  readonly members = new Set<string>();
  readonly subscriptions = new Set<string>();
  /** Thrown where commits, fetches and deletions are checked. */
  refusal: ErrorName | null = null;
  /** Thrown for this partition of a commit. */
  refusedPartition: { readonly partition: number; readonly error: ErrorName } | null = null;
  expiry: OffsetExpiry | null = {
    baseMs: (commitTimeMs) => commitTimeMs,
    keeps: (topic) => this.subscriptions.has(topic),
  };
  /** What commits came with, and which partitions they asked about. */
  readonly commits: CommitOrigin[] = [];
  readonly checked: (readonly [topic: string, topicId: string, partition: number])[] = [];
  readonly fetches: (readonly [memberId: string | null, memberEpoch: number])[] = [];

  constructor(readonly groupId: string) {}

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  get memberCount(): number {
    return this.members.size;
  }

  hasMember(memberId: string): boolean {
    return this.members.has(memberId);
  }

  asListed(): ListedGroup {
    return { groupId: this.groupId };
  }

  private admit(): void {
    if (this.refusal !== null) throw new KafkaError(this.refusal);
  }

  checkOffsetCommit(origin: CommitOrigin): CommitPartitionCheck {
    this.commits.push(origin);
    this.admit();
    return (topic, topicId, partition) => {
      this.checked.push([topic, topicId, partition]);
      const { refusedPartition } = this;
      if (refusedPartition?.partition === partition) throw new KafkaError(refusedPartition.error);
    };
  }

  checkOffsetFetch(memberId: string | null, memberEpoch: number): void {
    this.fetches.push([memberId, memberEpoch]);
    this.admit();
  }

  checkOffsetDelete(): void {
    this.admit();
  }

  checkDelete(): void {
    this.admit();
  }

  isSubscribedTo(topic: string): boolean {
    return this.subscriptions.has(topic);
  }

  offsetExpiry(): OffsetExpiry | null {
    return this.expiry;
  }

  tombstones(): GroupRecord[] {
    return [];
  }

  cancelTimers(): void {}
}

/** What stands in the log: a record, or the end of a transaction. */
export type LogEntry =
  | { readonly record: OffsetRecord; readonly producerId: number }
  | { readonly producerId: number; readonly committed: boolean };

/** Offsets by topic and partition. */
export type Topics = Readonly<Record<string, Readonly<Record<number, number>>>>;

export interface CommitDraft {
  readonly groupId?: string;
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly generation?: number;
  readonly version?: number;
  readonly retentionTimeMs?: number;
  readonly leaderEpoch?: number;
  readonly metadata?: string | null;
  readonly topicIds?: Readonly<Record<string, string>>;
  readonly topics: Topics;
}

export class TestOffsets {
  readonly runtime = new TestRuntime<GroupRecord>();
  readonly groups = new GroupStore();
  readonly offsets: OffsetManager;
  /** Members of whom it is known that they committed. */
  readonly alive: string[] = [];
  readonly log: LogEntry[] = [];
  private readonly settings = new GroupSettings(
    new BrokerConfig(checkBrokerConfigs([
      ["offsets.retention.minutes", `${RETENTION_MS / 60_000}`],
      ["offset.metadata.max.bytes", `${METADATA_BYTES_MAX}`],
    ])),
    () => this.runtime.image,
  );

  constructor() {
    this.offsets = new OffsetManager(
      { context: this.runtime.context, settings: this.settings, groups: this.groups },
      {
        createGroup: (groupId) => this.group(groupId),
        onCommitted: (_, memberId) => this.alive.push(memberId),
      },
    );
    this.runtime.replay = (record) => this.append(record as OffsetRecord);
  }

  /** The group, made where there is none. */
  group(groupId = GROUP): FakeGroup {
    const known = this.groups.find(groupId);
    if (known instanceof FakeGroup) return known;
    const group = new FakeGroup(groupId);
    this.groups.set(group);
    return group;
  }

  get groupIds(): string[] {
    return Array.from(this.groups.all, ({ groupId }) => groupId);
  }

  /** Appends a record and replays it. */
  append(record: OffsetRecord, producerId = NO_PRODUCER_ID): void {
    this.log.push({ record, producerId });
    this.offsets.replay(record, this.log.length - 1, producerId);
  }

  /** Ends a transaction. */
  end(producerId: number, committed: boolean): void {
    this.log.push({ producerId, committed });
    this.offsets.replayEndTransaction(producerId, committed);
  }

  /** Commits an offset in a transaction, as TxnOffsetCommit does. */
  commitInTransaction(
    producerId: number,
    topic: string,
    partition: number,
    offset: number,
    { groupId = GROUP, topicId = ZERO_UUID } = {},
  ): void {
    const record = offsetRecord(groupId, topic, partition, {
      offset,
      leaderEpoch: -1,
      metadata: "",
      commitTimeMs: this.runtime.clock.now(),
      expireTimeMs: -1,
      topicId,
    });
    this.append(record as OffsetRecord, producerId);
  }

  tombstone(topic: string, partition: number, groupId = GROUP): void {
    this.append(offsetTombstone(groupId, topic, partition) as OffsetRecord);
  }

  commit(draft: CommitDraft): OffsetCommitResponse {
    const { metadata = "", leaderEpoch = -1, topicIds = {} } = draft;
    return this.runtime.run(this.offsets.commit(
      { clientId: "client", clientHost: "/127.0.0.1", version: draft.version ?? VERSION },
      {
        groupId: draft.groupId ?? GROUP,
        memberId: draft.memberId ?? "",
        groupInstanceId: draft.instanceId ?? null,
        generationIdOrMemberEpoch: draft.generation ?? -1,
        retentionTimeMs: draft.retentionTimeMs ?? -1,
        topics: Object.entries(draft.topics).map(([name, partitions]) => ({
          name,
          topicId: topicIds[name] ?? ZERO_UUID,
          partitions: Object.entries(partitions).map(([partition, offset]) => ({
            partitionIndex: Number(partition),
            committedOffset: offset,
            committedLeaderEpoch: leaderEpoch,
            committedMetadata: metadata,
          })),
        })),
      },
    ));
  }

  /** Fetches everything, or some partitions of topics. */
  fetch(
    partitions: Readonly<Record<string, readonly number[]>> | null = null,
    { groupId = GROUP, stable = false, topicId = ZERO_UUID, version = VERSION } = {},
  ): FetchedGroup {
    const topics = partitions === null ? null : Object.entries(partitions).map(
      ([name, indexes]) => ({ name, topicId, partitionIndexes: [...indexes] }),
    );
    const group = { groupId, memberId: null, memberEpoch: -1, topics };
    return this.offsets.fetch(group, stable, version);
  }

  /** What a group has committed, as `topic-partition: offset`. */
  committed(groupId = GROUP): string[] {
    return lines(this.fetch(null, { groupId }));
  }

  /** The offsets of all groups, pending ones as such. */
  state(): Record<string, string[]> {
    return Object.fromEntries(
      this.groupIds.toSorted().map((groupId) => [
        groupId,
        [...this.committed(groupId), ...lines(this.fetch(null, { groupId, stable: true }))].sort(),
      ]),
    );
  }
}

/** An answer in lines: `topic-partition: offset`, or the error. */
export function lines({ topics = [], errorCode = 0 }: FetchedGroup): string[] {
  if (errorCode !== 0) return [`error ${errorCode}`];
  return topics.flatMap(({ name, partitions = [] }) =>
    partitions.map(({ partitionIndex, committedOffset, errorCode }) =>
      `${name}-${partitionIndex}: ${errorCode === 0 ? committedOffset : `error ${errorCode}`}`
    )
  );
}

/** Another state, of the log as it is after it was written and read. */
export function replayed(log: Iterable<readonly [offset: number, entry: LogEntry]>): TestOffsets {
  const test = new TestOffsets();
  for (const [offset, entry] of log) {
    if ("committed" in entry) test.offsets.replayEndTransaction(entry.producerId, entry.committed);
    else {
      const { key, value } = groupRecords.encode(entry.record);
      const record = groupRecords.decode(key, value) as OffsetRecord;
      test.offsets.replay(record, offset, entry.producerId);
    }
  }
  return test;
}
