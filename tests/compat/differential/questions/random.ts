/**
 * Requests drawn at random from the declarations of their APIs, with values that mean something:
 * topics that exist or not, offsets around the ends, epochs around the present one. What nobody
 * thought of asking is asked here. The seed is fixed, and both brokers get the same requests.
 *
 * A broker hears of the controller's decisions a moment later, in Kafka and here; so nothing is
 * asked of brokers that depends on what was just decided.
 */
import { apiEntry } from "../../../../broker/api_table.ts";
import { SeededRandom } from "../../../../lib/random.ts";
import { EncodeError } from "../../../../protocol/codec/writer.ts";
import type { Api, Field, Fields } from "../../../../protocol/schema/schema.ts";
import { hasVersion, parseVersions } from "../../../../protocol/schema/versions.ts";
import { BASE_TIME, RECORD_SETS, someBatch } from "../batches.ts";
import { type Target, UNKNOWN_ID, versionsOf } from "../target.ts";
import { createTopic, deleteTopics, fill } from "../topics_setup.ts";
import { untilProducerIds } from "./produce.ts";

const SEED = 777;
const REQUESTS_PER_VERSION = 20;
/** How many elements an array has at most. */
const ELEMENTS_MAX = 3;

const TOPICS = ["random-a", "random-b", "random-none", "a b"];
const CHANGING_TOPICS = ["random-x", "random-y", "random-z", "random.x", "random_x", "a b"];

/** Values by field, for all APIs; an API's own come before them. */
const VALUES: Record<string, readonly unknown[]> = {
  name: TOPICS,
  topic: TOPICS,
  topicName: TOPICS,
  index: [0, 0, 1, 2, -1],
  partition: [0, 0, 1, 2, -1],
  partitionIndex: [0, 0, 1, 2, -1],
  partitions: [0, 0, 1, 2, -1],
  partitionIndexes: [0, 1, 7],
  currentLeaderEpoch: [-1, -1, 0, 1, -2, 9],
  leaderEpoch: [0, 1, -1, 9],
  lastFetchedEpoch: [-1, -1, 0, 3],
  fetchOffset: [0, 1, 3, 6, 9, 10, 11, 99, -1, Infinity],
  offset: [0, 1, 2, -1, 99, -5],
  logStartOffset: [-1, 0, 2],
  timestamp: [-1, -2, -3, -4, -5, -6, 0, BASE_TIME, BASE_TIME + 3, BASE_TIME + 99_000],
  isolationLevel: [0, 0, 1],
  replicaId: [-1, -1, -1, -2],
  timeoutMs: [5_000],
  maxWaitMs: [0, 1, 10],
  minBytes: [0, 1, 100],
  maxBytes: [0, 1, 200, 1_000_000],
  partitionMaxBytes: [0, 1, 200, 1_000_000],
  highWatermark: [Infinity],
  sessionId: [0, 0, 1],
  sessionEpoch: [-1, -1, 0, 4],
  replicaState: [{}],
  clusterId: [null],
  rackId: ["", "r"],
  acks: [1, -1, -1, 5],
  transactionalId: [null, null, null, "t"],
  records: [
    ...Object.entries(RECORD_SETS).filter(([name]) => !/null|broken|far future/.test(name))
      .map(([, records]) => records),
    ...[1, 2, 3].map((count) => someBatch(count)),
  ],
  keyType: [0, 1, 2, 5],
  brokerIds: [1, 1, 2],
  replicas: [1, 1, 2],
  numPartitions: [1, 2, -1, 0],
  replicationFactor: [1, 1, -1, 2, 0],
  count: [1, 2, 3, 4, 0],
  resourceType: [2, 2, 4, 32, 16, 0, 7],
  resourceName: ["random-a", "random-none", "1", "2", "", "x"],
  configurationKeys: ["retention.ms", "segment.bytes", "log.dirs", "interval.ms", "none"],
  configOperation: [0, 1, 2, 3],
  value: ["1", "5000000", "x", "", "compact", null],
  electionType: [0, 1],
  resourceTypes: [2, 4, 8, 16, 32, 1],
  endpointType: [0, 1, 2],
  brokerId: [7, -1],
  cursor: [null],
  responsePartitionLimit: [1, 2, 2_000],
  validateOnly: [true],
  includeDocumentation: [false],
  transactionTimeoutMs: [1_000, 60_000],
  producerId: [-1, 5],
  producerEpoch: [-1, 0],
  clientSoftwareName: ["takhin", "", "a b"],
  clientSoftwareVersion: ["1.0", "", "1 0"],
  allowAutoTopicCreation: [false],
};

const CONFIG_NAMES = ["retention.ms", "cleanup.policy", "segment.bytes", "none", "interval.ms"];

/** Values by API and field. */
export type OwnValues = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;

/** Values by API and field, where they differ from those of all. */
const OWN_VALUES: OwnValues = {
  CreateTopics: { name: CHANGING_TOPICS, configs: [[], [{ name: "retention.ms", value: "9" }]] },
  DeleteTopics: {
    name: CHANGING_TOPICS,
    topicNames: CHANGING_TOPICS,
    topicId: ["AAAAAAAAAAAAAAAAAAAAAA", UNKNOWN_ID],
  },
  CreatePartitions: { name: CHANGING_TOPICS },
  AlterConfigs: { name: CONFIG_NAMES },
  IncrementalAlterConfigs: { name: CONFIG_NAMES },
  // Versions below 4 make topics that there are not, and brokers hear of it later.
  Metadata: { name: ["random-a", "random-b", "a b"] },
  DescribeQuorum: { topicName: ["__cluster_metadata", "random-a"] },
};

/**
 * APIs whose arrays are neither null nor empty, since that means "all", and every API of whose
 * versions is asked. Acls have their own questions; ListConfigResources tells all topics.
 */
const API_KEYS = [0, 1, 2, 3, 18, 19, 20, 21, 22, 23, 32, 33, 37, 43, 44, 45, 46, 55, 60, 64, 75];

/** Draws requests; the same ones each time. */
export class Drawer {
  private readonly random = new SeededRandom(SEED);

  constructor(
    private readonly topicIds: readonly string[],
    public ownValues: OwnValues = OWN_VALUES,
  ) {}

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random.fraction() * values.length)];
  }

  /** Draws the fields that exist in a version. */
  fields(api: string, fields: Fields, version: number): Record<string, unknown> {
    const drawn: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(fields)) {
      if (!hasVersion(parseVersions(field.versions), version)) continue;
      drawn[name] = this.field(api, name, field, version);
    }
    return drawn;
  }

  private field(api: string, name: string, field: Field, version: number): unknown {
    const values = this.ownValues[api]?.[name] ?? VALUES[name];
    if (field.kind === "array") {
      if (api === "CreateTopics" && values !== undefined) return this.pick(values);
      return this.array(api, name, field, version);
    }
    if (values !== undefined) return this.pick(values);
    switch (field.kind) {
      case "uuid":
        return this.pick([...this.topicIds, UNKNOWN_ID]);
      case "struct":
        return this.fields(api, field.struct!.fields, version);
      case "bool":
        return this.pick([true, false]);
      case "string":
        return this.pick(["", "x"]);
      default:
        return this.pick([0, 1, -1]);
    }
  }

  private array(api: string, name: string, { element }: Field, version: number): unknown[] {
    const optional = name === "assignments" || name === "forgottenTopicsData" || name === "configs";
    const sizes = Array.from({ length: ELEMENTS_MAX }, (_, i) => i + 1);
    const length = this.pick(optional ? [0, 0, ...sizes] : sizes);
    return Array.from({ length }, () => this.field(api, name, element!, version));
  }
}

export async function askRandom(target: Target): Promise<void> {
  await untilProducerIds(target);
  for (const name of ["random-a", "random-b"]) {
    await createTopic(target, name, { partitions: 2 });
    await fill(target, name, 0, [0, 1, 2].map((i) => someBatch(3, {}, i * 3)));
  }
  const ids = [await target.topicId("random-a"), await target.topicId("random-b")];
  const drawer = new Drawer(ids);
  for (const key of API_KEYS) {
    const api = apiEntry(key)!.api as Api;
    for (const version of versionsOf(api)) {
      for (let i = 0; i < REQUESTS_PER_VERSION; i++) {
        const body = drawer.fields(api.name, api.request.fields, version);
        await ask(target, `random ${i}`, api, version, body);
      }
    }
  }
  await deleteTopics(target, ["random-a", "random-b", ...CHANGING_TOPICS]);
}

async function ask(target: Target, label: string, api: Api, version: number, body: object) {
  try {
    await target.ask(label, api, version, body);
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error; // The version cannot say it.
  }
}
