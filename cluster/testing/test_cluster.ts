/**
 * A cluster as a controller sees it, without logs or network: an image, the decisions taken on it
 * and the records that they led to.
 */
import { BrokerConfig, checkBrokerConfigs } from "../../config/broker_config.ts";
import { assertEquals } from "../../lib/assert.ts";
import { SeededRandom } from "../../lib/random.ts";
import { decodeBytes, encodeBytes } from "../../protocol/codec/codec.ts";
import { uuidText } from "../../protocol/codec/uuid.ts";
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
  metadataRecord,
  type MetadataRecordData,
  type MetadataRecordType,
} from "../../protocol/metadata_records/mod.ts";
import { CreateTopicsRequest } from "../../protocol/messages/19_create_topics.ts";
import { BrokerRegistrationRequest } from "../../protocol/messages/62_broker_registration.ts";
import { BrokerHeartbeatRequest } from "../../protocol/messages/63_broker_heartbeat.ts";
import type { Decoded, Draft, Fields, Message } from "../../protocol/schema/schema.ts";
import { bootstrapRecords } from "../controller/bootstrap.ts";
import { processHeartbeat, registerBroker } from "../controller/brokers.ts";
import type { ControllerContext, Decision } from "../controller/decision.ts";
import { createTopics } from "../controller/topics.ts";
import { ELR_VERSION, METADATA_VERSION, SUPPORTED_FEATURES } from "../features.ts";
import { applyRecords } from "../image/apply.ts";
import { EMPTY_IMAGE, type MetadataImage, type PartitionImage } from "../image/metadata_image.ts";

export const CLUSTER_ID = "SBPLDKBhRv-bnLLGkySCcg";

/** The features of a broker of this program. */
export const FEATURES = SUPPORTED_FEATURES.map(({ name, min, max }) => ({
  name,
  minSupportedVersion: min,
  maxSupportedVersion: max,
}));

/** A request as it arrives in its latest version, or the given one: with all its fields. */
export function requestOf<F extends Fields>(
  message: Message<F>,
  fields: Draft<Message<F>>,
  version = Number(message.versions.split("-").at(-1)),
): Decoded<Message<F>> {
  return decodeBytes(message, version, encodeBytes(message, version, fields));
}

/** A uuid that a number stands for. */
export function idOf(number: number): string {
  const bytes = new Uint8Array(16).fill(7);
  new DataView(bytes.buffer).setUint32(12, number);
  return uuidText(bytes);
}

/** The directory that a test's broker has unless it names others. */
export const directoryOf = (brokerId: number) => idOf(1000 + brokerId);

export interface TestClusterOptions {
  /** Brokers that are registered and let in. */
  readonly brokers?: readonly number[];
  readonly metadataVersion?: number;
  readonly elr?: boolean;
  /** The controller's own configuration. */
  readonly config?: Readonly<Record<string, string>>;
}

export class TestCluster {
  image: MetadataImage = EMPTY_IMAGE;
  /** Everything that was ever decided, as it would be in the log. */
  readonly records: MetadataRecord[] = [];
  readonly config: BrokerConfig;
  private readonly random = new SeededRandom(1);
  private incarnations = 0;

  constructor(
    { brokers = [1], metadataVersion = 30, elr = true, config = {} }: TestClusterOptions = {},
  ) {
    this.config = new BrokerConfig(checkBrokerConfigs(Object.entries(config)));
    this.apply(
      bootstrapRecords().map((record) => {
        if (record.type !== "FeatureLevelRecord") return record;
        const { name } = record.data;
        const level = name === METADATA_VERSION
          ? metadataVersion
          : name === ELR_VERSION && !elr
          ? 0
          : record.data.featureLevel;
        return metadataRecord("FeatureLevelRecord", 0, { name, featureLevel: level });
      }),
    );
    for (const id of brokers) this.addBroker(id);
  }

  get context(): ControllerContext {
    return { image: this.image, config: this.config, nodeId: 1, random: this.random };
  }

  /** Folds records into the image as they come back from the log. */
  apply(records: readonly MetadataRecord[]): void {
    const stored = records.map((record) => decodeMetadataRecord(encodeMetadataRecord(record)));
    this.records.push(...stored);
    this.image = applyRecords(this.image, stored, this.records.length - 1, 1).image;
  }

  /** Takes a decision, applies it and returns the answer. */
  decide<R>(decision: (context: ControllerContext) => Decision<R>): R {
    const { records, response } = decision(this.context);
    this.apply(records);
    return response;
  }

  /** The records of a decision, applied, as type and fields. */
  recordsOf(decision: (context: ControllerContext) => Decision<unknown>): MetadataRecord[] {
    const before = this.records.length;
    this.decide(decision);
    return this.records.slice(before);
  }

  /** Registers a new incarnation of a broker. Returns its epoch. */
  register(
    brokerId: number,
    fields: Partial<Draft<typeof BrokerRegistrationRequest>> = {},
    hasSession = false,
  ): number {
    const request = requestOf(BrokerRegistrationRequest, {
      brokerId,
      clusterId: CLUSTER_ID,
      incarnationId: idOf(++this.incarnations),
      listeners: [{ name: "PLAINTEXT", host: "localhost", port: 9000 + brokerId }],
      features: FEATURES,
      logDirs: [directoryOf(brokerId)],
      ...fields,
    });
    const epoch = this.records.length;
    return this.decide((context) => registerBroker(request, CLUSTER_ID, epoch, hasSession, context))
      .brokerEpoch;
  }

  /** A heartbeat of a broker that has seen its own registration. */
  heartbeat(brokerId: number, fields: Partial<Draft<typeof BrokerHeartbeatRequest>> = {}) {
    const request = requestOf(BrokerHeartbeatRequest, {
      brokerId,
      brokerEpoch: this.image.brokers.get(brokerId)?.epoch ?? -1,
      currentMetadataOffset: this.records.length - 1,
      cordonedLogDirs: [],
      ...fields,
    });
    return this.decide((context) => processHeartbeat(request, 0, context));
  }

  /** Registers a broker and lets it in. */
  addBroker(brokerId: number, fields: Partial<Draft<typeof BrokerRegistrationRequest>> = {}): void {
    this.register(brokerId, fields);
    this.heartbeat(brokerId);
  }

  fence(brokerId: number): void {
    this.heartbeat(brokerId, { wantFence: true });
  }

  /** Makes a topic with these replicas, partition by partition. Returns its id. */
  createTopic(
    name: string,
    assignments: readonly (readonly number[])[] = [[1]],
    configs: Readonly<Record<string, string>> = {},
  ): string {
    const request = requestOf(CreateTopicsRequest, {
      topics: [{
        name,
        numPartitions: -1,
        replicationFactor: -1,
        assignments: assignments.map((brokerIds, partitionIndex) => ({
          partitionIndex,
          brokerIds: [...brokerIds],
        })),
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      }],
    });
    const [result] = this.decide((context) => createTopics(request, context)).topics!;
    assertEquals([result.errorCode, result.errorMessage], [0, null], `topic ${name}`);
    return result.topicId!;
  }

  partition(topic: string, index = 0): PartitionImage {
    return this.image.topicsByName.get(topic)!.partitions[index];
  }
}

/** The fields of the records of one type. */
export function dataOf<K extends MetadataRecordType>(
  records: readonly MetadataRecord[],
  type: K,
): MetadataRecordData<K>[] {
  return records.filter((record) => record.type === type)
    .map(({ data }) => data as MetadataRecordData<K>);
}
