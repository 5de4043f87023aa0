/**
 * Producing records: batched by partition, idempotent, so that a retry never writes twice. One batch
 * per partition is under way at a time.
 */
import { InitProducerId } from "../protocol/messages/22_init_producer_id.ts";
import { Produce } from "../protocol/messages/00_produce.ts";
import { incrementSequence } from "../protocol/records/batch.ts";
import { BatchBuilder, type RecordInput } from "../protocol/records/builder.ts";
import { Compression, type CompressionId } from "../protocol/records/compression/compression.ts";
import { type ClusterClient, requireNoError } from "./cluster.ts";
import { partitionForKey } from "./partitioner.ts";

/** Records are sent once so many bytes of them wait, before compression. */
const BATCH_BYTES = 512 * 1024;

const ACKS_ALL = -1;
const PRODUCE_TIMEOUT_MS = 30_000;

export interface ProducerOptions {
  readonly topic: string;
  readonly compression?: CompressionId;
}

/** Where a record was written. */
export interface Delivery {
  readonly partition: number;
  readonly baseOffset: number;
  readonly count: number;
}

interface PartitionQueue {
  builder: BatchBuilder | null;
  sequence: number;
  /** The batch under way, if any. */
  sending: Promise<void> | null;
}

export class Producer {
  private readonly queues: PartitionQueue[] = [];
  private producerId = -1;
  private producerEpoch = -1;
  /** Where records without a key go until their batch is full. */
  private keyless = 0;

  constructor(
    private readonly cluster: ClusterClient,
    private readonly options: ProducerOptions,
    private readonly onDelivery: (delivery: Delivery) => void = () => {},
  ) {}

  /** Asks for a producer id and the topic's partitions. Throws `KafkaError`. */
  async start(): Promise<void> {
    const { topic } = this.options;
    const { partitions } = await this.cluster.retrying(() => this.findTopic(topic));
    for (let i = 0; i < partitions.length; i++) {
      this.queues.push({ builder: null, sequence: 0, sending: null });
    }
    const answer = await this.cluster.retrying(async () => {
      const answer = await this.cluster.ask(InitProducerId, {
        transactionalId: null,
        transactionTimeoutMs: 60_000,
      });
      requireNoError(answer.errorCode);
      return answer;
    });
    this.producerId = answer.producerId;
    this.producerEpoch = answer.producerEpoch;
  }

  /** The topic; where the broker makes topics by itself, this one is asked for so that it is made. */
  private async findTopic(topic: string) {
    await this.cluster.metadata([topic], true);
    return this.cluster.topic(topic);
  }

  get partitionCount(): number {
    return this.queues.length;
  }

  /** Takes a record in; fulfils at once unless earlier batches of its partition hold it up. */
  async send(record: RecordInput, partition?: number): Promise<void> {
    const target = partition ?? this.partitionFor(record);
    const queue = this.queues[target];
    if (queue === undefined) {
      throw new RangeError(
        `${this.options.topic} has ${this.queues.length} partitions, not a partition ${target}`,
      );
    }
    queue.builder ??= new BatchBuilder({
      compression: this.options.compression ?? Compression.NONE,
      producerId: this.producerId,
      producerEpoch: this.producerEpoch,
      baseSequence: queue.sequence,
    });
    queue.builder.append(record);
    if (queue.builder.recordBytes < BATCH_BYTES) return;
    await this.dispatch(target);
    this.keyless = (this.keyless + 1) % this.queues.length;
  }

  private partitionFor({ key }: RecordInput): number {
    return key == null ? this.keyless : partitionForKey(key, this.queues.length);
  }

  /** Sends what waits for a partition, after the batch that is under way. */
  private async dispatch(partition: number): Promise<void> {
    const queue = this.queues[partition];
    const { builder } = queue;
    if (builder === null || builder.recordCount === 0) return;
    queue.builder = null;
    queue.sequence = incrementSequence(queue.sequence, builder.recordCount);
    await queue.sending;
    queue.sending = this.deliver(partition, builder);
    // Whoever waits for the batch is told of its failure; until then it is nobody's unhandled one.
    queue.sending.catch(() => {});
  }

  private async deliver(partition: number, builder: BatchBuilder): Promise<void> {
    const { topic } = this.options;
    const records = builder.build();
    const baseOffset = await this.cluster.retrying(async () => {
      const { topicId } = await this.cluster.topic(topic);
      const answer = await this.cluster.askLeader(topic, partition, Produce, {
        acks: ACKS_ALL,
        timeoutMs: PRODUCE_TIMEOUT_MS,
        topicData: [{ name: topic, topicId, partitionData: [{ index: partition, records }] }],
      });
      const result = answer.responses[0].partitionResponses[0];
      requireNoError(result.errorCode, result.errorMessage);
      return result.baseOffset;
    });
    this.onDelivery({ partition, baseOffset, count: builder.recordCount });
  }

  /** Sends everything that waits. Throws the first failure. */
  async flush(): Promise<void> {
    for (let i = 0; i < this.queues.length; i++) await this.dispatch(i);
    await Promise.all(this.queues.map(({ sending }) => sending));
  }
}
