/**
 * An application's consumer as the model test plays it: it heartbeats, takes over what it is told,
 * and says what it owns. It may be slow, lose answers, crash, and come back.
 */
import { KafkaError } from "../../protocol/errors.ts";
import { randomUuid } from "../../protocol/codec/uuid.ts";
import {
  assignedIn,
  type HeartbeatFields,
  type TestConsumerGroups,
} from "./test_consumer_groups.ts";

/** What a consumer wants; no pattern is the empty one. */
export interface Wants {
  readonly names: readonly string[];
  readonly pattern: string;
}

/** How a heartbeat goes: an answer may get lost, and what it says may have to wait. */
export type Delivery = "taken" | "late" | "lost";

export const REBALANCE_TIMEOUT_MS = 30_000;

type Owned = ReadonlyMap<string, ReadonlySet<number>>;

const NOTHING: Owned = new Map();

const sizeOf = (owned: Owned) => [...owned.values()].reduce((sum, { size }) => sum + size, 0);

function compare(before: Owned, after: Owned): string {
  const more = sizeOf(after) - sizeOf(before);
  if (more === 0) return "the same";
  return more > 0 ? "more" : "less";
}

export class ModelConsumer {
  alive = true;
  memberId: string;
  memberEpoch = 0;
  /** What it works on: told by the coordinator, and not told otherwise since. */
  owned: Owned = NOTHING;
  private told: Owned | null = null;
  /** Whether the next heartbeat says everything: at first, and after an answer got lost. */
  private saysAll = true;

  constructor(
    private readonly test: TestConsumerGroups,
    readonly instanceId: string | null,
    public wants: Wants,
    private readonly count: (what: string) => void,
  ) {
    this.memberId = randomUuid(test.runtime.context.random);
  }

  get isMember(): boolean {
    return this.memberEpoch > 0;
  }

  /** Whether it wants a topic, in words that need no coordinator. */
  wantsTopic(name: string): boolean {
    const { names, pattern } = this.wants;
    return names.includes(name) || (pattern !== "" && new RegExp(`^(?:${pattern})$`).test(name));
  }

  subscribe(wants: Wants): void {
    this.wants = wants;
    this.saysAll = true;
  }

  heartbeat(delivery: Delivery): void {
    if (!this.alive) return;
    this.takeOver();
    try {
      const answer = this.test.heartbeat(this.request());
      if (delivery === "lost") {
        this.count("heartbeat: answer lost");
        this.saysAll = true;
        return;
      }
      this.saysAll = false;
      this.memberEpoch = answer.memberEpoch!;
      const assigned = assignedIn(answer);
      if (assigned === null) return;
      this.told = new Map(
        Object.entries(assigned).map(([topicId, partitions]) => [topicId, new Set(partitions)]),
      );
      this.count(`heartbeat: told ${compare(this.owned, this.told)}`);
      if (delivery === "taken") this.takeOver();
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      this.refused(error);
    }
  }

  private refused(error: KafkaError): void {
    this.count(`heartbeat: ${error.errorName}`);
    switch (error.errorName) {
      case "FENCED_MEMBER_EPOCH":
      case "UNKNOWN_MEMBER_ID":
      case "GROUP_ID_NOT_FOUND":
      case "UNRELEASED_INSTANCE_ID":
        return this.forget();
      case "FENCED_INSTANCE_ID":
        return this.crash();
      default:
        throw error;
    }
  }

  private request(): HeartbeatFields {
    const { memberId, memberEpoch, instanceId } = this;
    const short = { memberId, memberEpoch, instanceId, topicPartitions: this.ownedPartitions() };
    if (!this.saysAll) return short;
    return {
      ...short,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      subscribedTopicNames: [...this.wants.names],
      subscribedTopicRegex: this.wants.pattern,
    };
  }

  private ownedPartitions() {
    return [...this.owned].map(([topicId, partitions]) => ({
      topicId,
      partitions: [...partitions],
    }));
  }

  /** Works on what it was told, and stops working on anything else. */
  private takeOver(): void {
    if (this.told === null) return;
    this.owned = this.told;
    this.told = null;
  }

  private forget(): void {
    this.memberEpoch = 0;
    this.owned = NOTHING;
    this.told = null;
    this.saysAll = true;
  }

  crash(): void {
    this.alive = false;
    this.forget();
  }

  /** Says goodbye; a static member does so for a while unless it is `forGood`. */
  leave(forGood: boolean): void {
    const { memberId, instanceId, isMember } = this;
    const memberEpoch = instanceId === null || forGood ? -1 : -2;
    this.crash();
    if (!isMember) return;
    try {
      this.test.heartbeat({ memberId, memberEpoch, instanceId });
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
    }
  }

  /** Starts again, as another process with another member id. */
  start(): void {
    this.alive = true;
    this.memberId = randomUuid(this.test.runtime.context.random);
  }
}
