/**
 * An application's consumer of the classic protocol as the model test plays it. In a classic group it
 * is an eager one: it stops working before it joins a rebalance, and assigns to all where it leads. In a
 * consumer group it may keep what it has while it joins, as the cooperative ones do.
 */
import { type ErrorName, errorName, KafkaError } from "../../protocol/errors.ts";
import type { JoinGroupResponse } from "../../protocol/messages/11_join_group.ts";
import type { SyncGroupResponse } from "../../protocol/messages/14_sync_group.ts";
import type { Asked } from "../group/classic/testing/test_classic_groups.ts";
import { assignedTopics, assignmentBytes, ClassicClient } from "./classic_client.ts";
import type { Worker } from "./consumer_invariants.ts";
import { GROUP_ID, type TestConsumerGroups } from "./test_consumer_groups.ts";

/** What it has to do next, or waits for. */
type Stage = "join" | "joining" | "sync" | "syncing" | "heartbeat";

export class ModelClassicConsumer implements Worker {
  alive = true;
  private client: ClassicClient;
  private stage: Stage = "join";
  private joining: Asked<JoinGroupResponse> | null = null;
  private syncing: Asked<SyncGroupResponse> | null = null;
  private inConsumerGroup = false;
  /** The members it assigns to; empty where it does not lead. */
  private roster: readonly string[] = [];
  /** How many partitions it has assigned. */
  private dealt = 0;

  constructor(
    private readonly test: TestConsumerGroups,
    /** Whether it goes on working while it joins a consumer group. */
    private readonly keeps: boolean,
    private readonly topics: readonly string[],
    private readonly count: (what: string) => void,
  ) {
    this.client = this.start();
  }

  /** Starts, or starts again as another process. */
  start(): ClassicClient {
    this.alive = true;
    this.stage = "join";
    this.inConsumerGroup = false;
    return this.client = new ClassicClient(this.test, {
      topics: this.topics,
      rebalanceTimeoutMs: 30_000,
    });
  }

  get memberId(): string {
    return this.client.memberId;
  }

  get owned(): ReadonlyMap<string, ReadonlySet<number>> {
    const owned = Object.entries(this.client.owned);
    return new Map(owned.map(([name, numbers]) => [this.test.topicId(name), new Set(numbers)]));
  }

  wantsTopic(name: string): boolean {
    return this.topics.includes(name);
  }

  crash(): void {
    this.alive = false;
    this.client.owned = {};
    this.joining = this.syncing = null;
  }

  leave(): void {
    const { client } = this;
    this.crash();
    if (client.memberId !== "") client.leave();
  }

  /** The coordinator has gone while it waited: it asks another one, from the beginning. */
  disconnect(): void {
    this.joining = this.syncing = null;
    if (this.stage !== "heartbeat") this.stage = "join";
  }

  /** Does what is next. */
  step(): void {
    if (!this.alive) return;
    this.takeAnswers();
    try {
      if (this.stage === "join") this.join();
      else if (this.stage === "sync") this.sync();
      else if (this.stage === "heartbeat") this.heartbeat();
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      this.refused(error.errorName);
    }
    this.takeAnswers();
  }

  private join(): void {
    if (!this.mayKeep) this.client.owned = {};
    this.stage = "joining";
    this.joining = this.client.ask();
  }

  /**
   * A consumer group lets a member that it has removed in again by its old id, as Kafka does: one that
   * does not know of it has for a moment what others have by now. This is left out here.
   */
  private get mayKeep(): boolean {
    const group = this.test.store.find(GROUP_ID);
    return this.keeps && this.inConsumerGroup && group?.hasMember(this.memberId) === true;
  }

  private sync(): void {
    this.stage = "syncing";
    this.syncing = this.client.sync({ assignments: this.deal() });
  }

  /** Partitions go around among all members. */
  private deal() {
    const partitions = this.test.topicNames().flatMap((topic) =>
      Array.from({ length: this.test.partitionCount(topic) }, (_, partition) => [topic, partition])
    );
    this.dealt = partitions.length;
    return this.roster.map((memberId, i) => {
      const share: Record<string, number[]> = {};
      partitions.forEach(([topic, partition], p) => {
        if (p % this.roster.length === i) (share[topic] ??= []).push(partition as number);
      });
      return { memberId, assignment: assignmentBytes(share) };
    });
  }

  private heartbeat(): void {
    const error = this.client.heartbeat();
    if (error !== "NONE") return this.refused(error);
    if (this.roster.length > 0 && this.dealt !== this.partitionCount) this.stage = "join";
  }

  private get partitionCount(): number {
    const { test } = this;
    return test.topicNames().reduce((sum, topic) => sum + test.partitionCount(topic), 0);
  }

  /** Takes over what has been answered by now. */
  takeAnswers(): void {
    const { joining, syncing } = this;
    if (joining !== null && !joining.isWaiting) {
      this.joining = null;
      this.joined(joining.response);
    }
    if (syncing !== null && !syncing.isWaiting) {
      this.syncing = null;
      this.synced(syncing.response);
    }
  }

  private joined(response: JoinGroupResponse): void {
    const error = errorName(response.errorCode!);
    if (error === "MEMBER_ID_REQUIRED") {
      this.client.memberId = response.memberId!;
      this.stage = "join";
      return;
    }
    if (error !== "NONE") return this.refused(error);
    const { memberId } = this.client.take(response);
    this.inConsumerGroup = (response.leader ?? "") === "";
    this.count(`classic: joined a ${this.inConsumerGroup ? "consumer" : "classic"} group`);
    if (!this.inConsumerGroup) this.client.owned = {};
    const leads = response.leader === memberId;
    this.roster = leads ? response.members!.map((member) => member.memberId!) : [];
    this.stage = "sync";
  }

  private synced({ errorCode, assignment }: SyncGroupResponse): void {
    const error = errorName(errorCode!);
    if (error !== "NONE") return this.refused(error);
    this.client.owned = assignment!.length === 0 ? {} : assignedTopics(assignment!);
    this.stage = "heartbeat";
  }

  private refused(error: ErrorName): void {
    this.count(`classic: ${error}`);
    this.stage = "join";
    switch (error) {
      case "REBALANCE_IN_PROGRESS":
        return;
      case "UNKNOWN_MEMBER_ID":
        this.client.memberId = "";
        this.client.owned = {};
        return;
      case "ILLEGAL_GENERATION":
        this.client.owned = {};
        return;
      default:
        throw new Error(`a classic consumer is told ${error}`);
    }
  }
}
