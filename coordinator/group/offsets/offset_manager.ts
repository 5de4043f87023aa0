/**
 * The committed offsets of a shard: OffsetCommit (8), OffsetFetch (9), OffsetDelete (47), what
 * DeleteGroups (42) and the deletion of topics do to them, and their retention.
 *
 * Requests come with their topics resolved (`topics.ts`). TxnOffsetCommit (28) is not served yet;
 * offsets of transactions that are in the log are.
 */
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from "../../../protocol/messages/08_offset_commit.ts";
import type {
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from "../../../protocol/messages/47_offset_delete.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { RequestOrigin } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { type FetchedGroup, fetchFailure, type RequestedGroup } from "./answers.ts";
import { commitOffsets, type OffsetHooks } from "./commit.ts";
import type { OffsetRecord } from "./committed_offset.ts";
import {
  deleteAllOffsets,
  type DeletedTopic,
  deleteOffsets,
  deleteOffsetsOfTopics,
} from "./deletion.ts";
import { type Expiration, expireOffsets } from "./expiration.ts";
import { fetchOffsets } from "./fetch.ts";
import { OffsetStore } from "./offset_store.ts";

export class OffsetManager {
  private readonly store = new OffsetStore();

  constructor(
    private readonly environment: GroupEnvironment,
    private readonly hooks: OffsetHooks,
  ) {}

  /** How many offsets are committed, in all groups. */
  get size(): number {
    return this.store.size;
  }

  /** How many offsets a group has committed. */
  offsetCount(groupId: string): number {
    return [...this.store.ofGroup(groupId)].length;
  }

  /** See `commitOffsets`. */
  commit(
    origin: RequestOrigin,
    request: OffsetCommitRequest,
  ): CoordinatorResult<GroupRecord, OffsetCommitResponse> {
    return commitOffsets(this.environment, this.hooks, origin, request);
  }

  /** The offsets of a group (`fetchOffsets`); what the group refuses is an answer too. */
  fetch(group: RequestedGroup, requireStable: boolean, version: number): FetchedGroup {
    try {
      return fetchOffsets(this.environment.groups, this.store, group, requireStable);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return fetchFailure(group, error.code, version);
    }
  }

  /** See `deleteOffsets`. */
  deleteOffsets(
    request: OffsetDeleteRequest,
  ): CoordinatorResult<GroupRecord, OffsetDeleteResponse> {
    return deleteOffsets(this.environment.groups, this.store, request);
  }

  /** The tombstones of all offsets of a group that is deleted, pending ones too. */
  deleteAll(groupId: string): GroupRecord[] {
    return deleteAllOffsets(this.store, groupId);
  }

  /** See `expireOffsets`; its records need not be kept together, nor with those of groups. */
  expire(): Expiration {
    return expireOffsets(this.environment, this.store);
  }

  /** Deletes the offsets of topics that are gone. */
  onTopicsDeleted(topics: Iterable<DeletedTopic>): CoordinatorResult<GroupRecord> {
    return deleteOffsetsOfTopics(this.store, topics);
  }

  replay(record: OffsetRecord, offset: number, producerId: number): void {
    const { key: { group }, value } = record;
    if (value !== null && this.environment.groups.find(group) === undefined) {
      this.hooks.createGroup(group);
    }
    this.store.replay(record, offset, producerId);
  }

  replayEndTransaction(producerId: number, committed: boolean): void {
    this.store.replayEndTransaction(producerId, committed);
  }
}
