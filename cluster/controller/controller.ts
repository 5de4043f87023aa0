/**
 * The controller: takes decisions on the metadata while its node leads the quorum, appends them to
 * the metadata log, and answers once they are committed.
 *
 * A decision is taken on the image with everything that was appended before it, committed or not,
 * since the log keeps that order.
 */
import type { BrokerConfig } from "../../config/broker_config.ts";
import type { LogOutput } from "../../lib/log_output.ts";
import type { Random } from "../../lib/random.ts";
import { KafkaError } from "../../protocol/errors.ts";
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
  metadataRecord,
} from "../../protocol/metadata_records/mod.ts";
import type { BrokerHeartbeatRequest } from "../../protocol/messages/63_broker_heartbeat.ts";
import type { BrokerRegistrationRequest } from "../../protocol/messages/62_broker_registration.ts";
import type {
  CommittedBatch,
  LeaderAndEpoch,
  RaftListener,
  RaftNode,
} from "../../raft/raft_node.ts";
import type { SnapshotId } from "../../raft/snapshot.ts";
import { applyRecords } from "../image/apply.ts";
import { EMPTY_IMAGE, type MetadataImage } from "../image/metadata_image.ts";
import { MetadataTransaction } from "../metadata_transaction.ts";
import { activationRecords } from "./bootstrap.ts";
import { type HeartbeatReply, processHeartbeat, registerBroker } from "./brokers.ts";
import type { ControllerContext, Decision } from "./decision.ts";

export interface ControllerOptions {
  readonly raft: RaftNode;
  readonly config: BrokerConfig;
  readonly nodeId: number;
  readonly clusterId: string;
  readonly random: Random;
  readonly logger: LogOutput;
  /** What a new cluster begins with. */
  readonly bootstrap: readonly MetadataRecord[];
}

export class Controller implements RaftListener {
  private image: MetadataImage = EMPTY_IMAGE;
  private readonly transaction = new MetadataTransaction();
  private active = false;
  /** By broker, the offset of its last registration: who has read that far may be let in. */
  private readonly registrationOffsets = new Map<number, number>();

  constructor(private readonly options: ControllerOptions) {}

  /** Whether this node is the active controller. */
  get isActive(): boolean {
    return this.active;
  }

  handleSnapshot(id: SnapshotId, values: readonly Uint8Array[]): void {
    this.replay(values.map(decodeMetadataRecord), id.endOffset - 1, id.epoch);
  }

  handleCommit({ lastOffset, epoch, values }: CommittedBatch): void {
    // What this controller appended itself is in its image already.
    if (lastOffset <= this.image.offset) return;
    this.replay(values.map(decodeMetadataRecord), lastOffset, epoch);
  }

  handleLeaderChange({ leaderId }: LeaderAndEpoch): void {
    this.active = leaderId === this.options.nodeId;
    if (!this.active) return;
    const { config, bootstrap, logger } = this.options;
    const records: MetadataRecord[] = [];
    // What the controller before did not finish must not be finished by what this one writes.
    if (this.transaction.isOpen) {
      const reason = "Another controller has taken over";
      records.push(metadataRecord("AbortTransactionRecord", 0, { reason }));
    }
    if (this.image.features.size === 0) {
      records.push(...activationRecords(bootstrap, config.number("min.insync.replicas")));
    }
    this.append(records)
      .catch((error) => logger.error("controller cannot take over", { error: String(error) }));
  }

  private replay(records: readonly MetadataRecord[], lastOffset: number, epoch: number): void {
    const baseOffset = lastOffset - records.length + 1;
    records.forEach(({ type, data }, i) => {
      if (type === "RegisterBrokerRecord") {
        this.registrationOffsets.set(data.brokerId, baseOffset + i);
      }
    });
    const settled = this.transaction.settle(records);
    this.image = applyRecords(this.image, settled, lastOffset, epoch).image;
  }

  private get context(): ControllerContext {
    const { config, nodeId, random } = this.options;
    return { image: this.image, config, nodeId, random };
  }

  /** Appends records and applies them; fulfils once they are committed. */
  private append(records: readonly MetadataRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    const { raft } = this.options;
    const { baseOffset, committed } = raft.append(records.map(encodeMetadataRecord));
    this.replay(records, baseOffset + records.length - 1, raft.leaderAndEpoch.epoch);
    return committed;
  }

  private requireActive(): void {
    if (!this.active) throw new KafkaError("NOT_CONTROLLER");
  }

  /**
   * Takes a decision; answers once its records are committed. Throws NOT_CONTROLLER, and
   * REQUEST_TIMED_OUT where the asker gives it no time at all: Kafka's controller begins no work
   * whose deadline has passed. A decision waits for nothing else that a longer time could bound.
   */
  async decide<R>(
    decision: (context: ControllerContext) => Decision<R>,
    timeoutMs = Infinity,
  ): Promise<R> {
    this.requireActive();
    if (timeoutMs <= 0) throw new KafkaError("REQUEST_TIMED_OUT");
    const { records, response } = decision(this.context);
    await this.append(records);
    return response;
  }

  /** Answers a question from the image; nothing is changed. Throws NOT_CONTROLLER. */
  ask<R>(question: (context: ControllerContext) => R): R {
    this.requireActive();
    return question(this.context);
  }

  /**
   * Registers a broker. `hasSession` says whether an earlier incarnation of it may still live; of
   * the controller's own node the lock on its folder has shown that none does.
   */
  async registerBroker(
    request: BrokerRegistrationRequest,
    hasSession: boolean,
  ): Promise<{ brokerEpoch: number }> {
    this.requireActive();
    const { raft, clusterId } = this.options;
    const epoch = raft.logEndOffset;
    const { records, response } = registerBroker(
      request,
      clusterId,
      epoch,
      hasSession,
      this.context,
    );
    await this.append(records);
    return response;
  }

  /** Takes in a broker's heartbeat. Throws STALE_BROKER_EPOCH for an earlier incarnation's. */
  heartbeat(request: BrokerHeartbeatRequest): Promise<HeartbeatReply> {
    const offset = this.registrationOffsets.get(request.brokerId) ?? Infinity;
    return this.decide((context) => processHeartbeat(request, offset, context));
  }
}
