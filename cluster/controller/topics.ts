/**
 * Making and removing topics, and adding partitions: CreateTopics (19), DeleteTopics (20),
 * CreatePartitions (37) as the controller decides them.
 */
import { KafkaError } from "../../protocol/errors.ts";
import { randomUuid, ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { type MetadataRecord, metadataRecord } from "../../protocol/metadata_records/mod.ts";
import type {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from "../../protocol/messages/19_create_topics.ts";
import type {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from "../../protocol/messages/20_delete_topics.ts";
import type {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from "../../protocol/messages/37_create_partitions.ts";
import { CLUSTER_METADATA_TOPIC, topicNameProblem } from "../../storage/topic_partition.ts";
import { areDirectoriesAssigned, partitionRecordVersion } from "../features.ts";
import { isActive, type MetadataImage } from "../image/metadata_image.ts";
import { decideConfigChange } from "./configs.ts";
import {
  type ApiError,
  apiError,
  apiErrorOf,
  type ControllerContext,
  type Decision,
  NO_ERROR,
  requireBounded,
} from "./decision.ts";
import { defaultDirectory } from "./directories.ts";
import { placeReplicas } from "./placement.ts";
import { resolveTopicConfigs } from "./topic_config_values.ts";
import { ConfigResourceType } from "../image/metadata_image.ts";

/** How many partitions one request may make (`MAX_PARTITIONS_PER_BATCH`). */
const PARTITIONS_PER_REQUEST_MAX = 10_000;

type CreatableTopic = CreateTopicsRequest["topics"][number];
type TopicResult = NonNullable<CreateTopicsResponse["topics"]>[number];

/** Decides CreateTopics. Topics that cannot be made are told one by one; the others are made. */
export function createTopics(
  request: CreateTopicsRequest,
  context: ControllerContext,
): Decision<CreateTopicsResponse> {
  const { config } = context;
  const defaultPartitions = config.number("num.partitions");
  requirePartitionCount(request.topics, defaultPartitions);
  const seen = countNames(request.topics.map(({ name }) => name));
  const results: TopicResult[] = [];
  const records: MetadataRecord[] = [];
  for (const topic of request.topics) {
    if (seen.get(topic.name)! > 1 || topic.name === CLUSTER_METADATA_TOPIC) continue;
    try {
      results.push(createTopic(topic, records, context));
    } catch (error) {
      results.push({ name: topic.name, ...apiErrorOf(error) });
    }
  }
  for (const [name, count] of seen) {
    if (count > 1) results.push({ name, ...apiError("INVALID_REQUEST", "Duplicate topic name.") });
    else if (name === CLUSTER_METADATA_TOPIC) {
      const why = `The internal topic ${CLUSTER_METADATA_TOPIC} cannot be created.`;
      results.push({ name, ...apiError("INVALID_REQUEST", why) });
    }
  }
  requireBounded(records);
  return { records: request.validateOnly ? [] : records, response: { topics: results } };
}

function requirePartitionCount(topics: readonly CreatableTopic[], defaultPartitions: number): void {
  let total = 0;
  for (const { assignments, numPartitions } of topics) {
    if (assignments.length > 0) total += assignments.length;
    else total += numPartitions === -1 ? defaultPartitions : Math.max(0, numPartitions);
  }
  if (total <= PARTITIONS_PER_REQUEST_MAX) return;
  throw new KafkaError(
    "POLICY_VIOLATION",
    `Excessively large number of partitions per request: ${total}, ` +
      `${PARTITIONS_PER_REQUEST_MAX} are allowed`,
  );
}

function countNames(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Decides one topic; its records are added to `records` once everything is checked. */
function createTopic(
  topic: CreatableTopic,
  records: MetadataRecord[],
  context: ControllerContext,
): TopicResult {
  const { image } = context;
  checkNewName(topic.name, image);
  const configs = new Map<string, string>();
  const nulls = topic.configs.filter(({ value }) => value === null).map(({ name }) => name);
  if (nulls.length > 0) {
    const names = nulls.join(",");
    throw new KafkaError("INVALID_CONFIG", `Null value not supported for topic configs: ${names}`);
  }
  for (const { name, value } of topic.configs) configs.set(name, value!);
  const changes = new Map([...configs].map(([name, value]) => [name, { set: value }]));
  const resource = { type: ConfigResourceType.TOPIC, name: topic.name };
  const configRecords = decideConfigChange(resource, changes, [], context, true);
  const assignments = topic.assignments.length > 0
    ? manualAssignments(topic, context)
    : placedAssignments(topic, context);
  const topicId = randomUuid(context.random);
  records.push(
    metadataRecord("TopicRecord", 0, { name: topic.name, topicId }),
    ...configRecords,
    ...assignments.map((replicas, i) => partitionRecord(topicId, i, replicas, image)),
  );
  return {
    name: topic.name,
    topicId,
    ...NO_ERROR,
    numPartitions: assignments.length,
    replicationFactor: assignments[0].length,
    configs: resolveTopicConfigs(configs, context).map(({ name, value, source }) => ({
      name,
      value,
      readOnly: false,
      configSource: source,
      isSensitive: false,
    })),
  };
}

/** Names in which `.` and `_` differ only would share a metric's name. */
function collisionForm(name: string): string {
  return name.replaceAll(".", "_");
}

function checkNewName(name: string, image: MetadataImage): void {
  if (image.topicsByName.has(name)) {
    throw new KafkaError("TOPIC_ALREADY_EXISTS", `Topic '${name}' already exists.`);
  }
  const problem = topicNameProblem(name);
  if (problem !== null) {
    throw new KafkaError("INVALID_TOPIC_EXCEPTION", `Topic name is invalid: ${problem}`);
  }
  if (!/[._]/.test(name)) return;
  const form = collisionForm(name);
  for (const existing of image.topicsByName.keys()) {
    if (existing.length === name.length && collisionForm(existing) === form) {
      throw new KafkaError(
        "INVALID_TOPIC_EXCEPTION",
        `Topic '${name}' collides with existing topic: ${existing}`,
      );
    }
  }
}

function manualAssignments(topic: CreatableTopic, context: ControllerContext): number[][] {
  if (topic.replicationFactor !== -1 || topic.numPartitions !== -1) {
    throw new KafkaError(
      "INVALID_REQUEST",
      "With a manual partition assignment, replicationFactor and numPartitions must be -1",
    );
  }
  const assignments: number[][] = [];
  let factor: number | undefined;
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (assignments[partitionIndex] !== undefined) {
      throw new KafkaError(
        "INVALID_REPLICA_ASSIGNMENT",
        `Found multiple manual partition assignments for partition ${partitionIndex}`,
      );
    }
    checkManualAssignment(brokerIds, factor, context.image);
    factor = brokerIds.length;
    requireActive(brokerIds, partitionIndex, context.image);
    if (partitionIndex < 0 || partitionIndex >= topic.assignments.length) {
      throw new KafkaError(
        "INVALID_REPLICA_ASSIGNMENT",
        "partitions should be a consecutive 0-based integer sequence",
      );
    }
    assignments[partitionIndex] = brokerIds;
  }
  return assignments;
}

function requireActive(
  brokerIds: readonly number[],
  partition: number,
  image: MetadataImage,
): void {
  if (brokerIds.some((id) => isActive(image, id))) return;
  throw new KafkaError(
    "INVALID_REPLICA_ASSIGNMENT",
    `All brokers assigned to partition ${partition} are fenced or in controlled shutdown`,
  );
}

/** Checks a replica list that a client chose. Throws INVALID_REPLICA_ASSIGNMENT. */
export function checkManualAssignment(
  brokerIds: readonly number[],
  replicationFactor: number | undefined,
  image: MetadataImage,
): void {
  const refuse = (why: string): never => {
    throw new KafkaError("INVALID_REPLICA_ASSIGNMENT", `The manual partition assignment ${why}`);
  };
  if (brokerIds.length === 0) refuse("includes an empty replica list");
  for (const id of brokerIds) {
    if (!image.brokers.has(id)) refuse(`includes broker ${id}, which is not registered`);
  }
  if (new Set(brokerIds).size !== brokerIds.length) refuse("includes a broker more than once");
  if (replicationFactor !== undefined && brokerIds.length !== replicationFactor) {
    refuse(`has ${brokerIds.length} replica(s) where others have ${replicationFactor}`);
  }
}

function placedAssignments(topic: CreatableTopic, context: ControllerContext): number[][] {
  const { image, config, random } = context;
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    throw new KafkaError(
      "INVALID_REPLICATION_FACTOR",
      "Replication factor must be larger than 0, or -1 to use the default value.",
    );
  }
  if (topic.numPartitions < -1 || topic.numPartitions === 0) {
    throw new KafkaError(
      "INVALID_PARTITIONS",
      "Number of partitions must be larger than 0, or -1 to use the default value.",
    );
  }
  const count = topic.numPartitions === -1 ? config.number("num.partitions") : topic.numPartitions;
  const factor = topic.replicationFactor === -1
    ? config.number("default.replication.factor")
    : topic.replicationFactor;
  const placed = placeReplicas(image, count, factor, random);
  requirePlaceable(placed, factor, image);
  return placed;
}

function requirePlaceable(
  placed: readonly number[][],
  factor: number,
  image: MetadataImage,
): void {
  if (placed.every((replicas) => replicas.some((id) => isActive(image, id)))) return;
  throw new KafkaError(
    "INVALID_REPLICATION_FACTOR",
    `Unable to replicate the partition ${factor} time(s): ` +
      "all brokers are currently fenced or in controlled shutdown",
  );
}

function partitionRecord(
  topicId: string,
  partitionId: number,
  replicas: readonly number[],
  image: MetadataImage,
): MetadataRecord {
  const isr = replicas.filter((id) => isActive(image, id));
  return metadataRecord("PartitionRecord", partitionRecordVersion(image), {
    partitionId,
    topicId,
    replicas,
    isr,
    leader: isr[0],
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: areDirectoriesAssigned(image)
      ? replicas.map((id) => defaultDirectory(image, id))
      : [],
  });
}

type DeletedTopic = NonNullable<DeleteTopicsResponse["responses"]>[number];

/** Decides DeleteTopics, by name and by id. */
export function deleteTopics(
  request: DeleteTopicsRequest,
  context: ControllerContext,
): Decision<DeleteTopicsResponse> {
  const { image } = context;
  const results: DeletedTopic[] = [];
  const answer = (name: string | null, topicId: string, error: ApiError) =>
    void results.push({ name, topicId, ...error });
  const names: string[] = [...request.topicNames];
  const ids: string[] = [];
  for (const { name, topicId } of request.topics) {
    if (name === null && topicId === ZERO_UUID) {
      const why = "Neither topic name nor id were specified.";
      answer(null, ZERO_UUID, apiError("INVALID_REQUEST", why));
    } else if (name === null) ids.push(topicId);
    else if (topicId === ZERO_UUID) names.push(name);
    else {
      const why = "You may not specify both topic name and topic id.";
      answer(name, topicId, apiError("INVALID_REQUEST", why));
    }
  }
  const doomed = new Map<string, string>();
  const duplicateIds = new Set<string>();
  for (const [id, count] of countNames(ids)) {
    const topic = image.topicsById.get(id);
    if (count > 1) {
      duplicateIds.add(id);
      answer(null, id, apiError("INVALID_REQUEST", "Duplicate topic id."));
    } else if (topic === undefined) answer(null, id, apiError("UNKNOWN_TOPIC_ID"));
    else doomed.set(id, topic.name);
  }
  for (const [name, count] of countNames(names)) {
    const topic = image.topicsByName.get(name);
    if (count > 1) answer(name, ZERO_UUID, apiError("INVALID_REQUEST", "Duplicate topic name."));
    else if (topic === undefined) answer(name, ZERO_UUID, apiError("UNKNOWN_TOPIC_OR_PARTITION"));
    else if (duplicateIds.has(topic.id) || doomed.has(topic.id)) {
      doomed.delete(topic.id);
      const why = "The provided topic name maps to an ID that was already supplied.";
      answer(name, topic.id, apiError("INVALID_REQUEST", why));
    } else doomed.set(topic.id, name);
  }
  const records: MetadataRecord[] = [];
  for (const [topicId, name] of doomed) {
    records.push(metadataRecord("RemoveTopicRecord", 0, { topicId }));
    answer(name, topicId, NO_ERROR);
  }
  requireBounded(records);
  return { records, response: { responses: results } };
}

type PartitionsTopic = CreatePartitionsRequest["topics"][number];

/** Decides CreatePartitions. */
export function createPartitions(
  request: CreatePartitionsRequest,
  context: ControllerContext,
): Decision<CreatePartitionsResponse> {
  const counts = countNames(request.topics.map(({ name }) => name));
  const results: NonNullable<CreatePartitionsResponse["results"]>[number][] = [];
  for (const [name, count] of counts) {
    if (count > 1) results.push({ name, ...apiError("INVALID_REQUEST", "Duplicate topic name.") });
  }
  const records: MetadataRecord[] = [];
  for (const topic of request.topics) {
    if (counts.get(topic.name)! > 1) continue;
    try {
      records.push(...addPartitions(topic, context));
      results.push({ name: topic.name, ...NO_ERROR });
    } catch (error) {
      results.push({ name: topic.name, ...apiErrorOf(error) });
    }
  }
  requireBounded(records);
  return { records: request.validateOnly ? [] : records, response: { results } };
}

function addPartitions(topic: PartitionsTopic, context: ControllerContext): MetadataRecord[] {
  const { image, random } = context;
  const existing = image.topicsByName.get(topic.name);
  if (existing === undefined) throw new KafkaError("UNKNOWN_TOPIC_OR_PARTITION");
  const present = existing.partitions.length;
  if (topic.count <= present) {
    throw new KafkaError(
      "INVALID_PARTITIONS",
      topic.count === present
        ? `Topic already has ${present} partition(s).`
        : `The topic ${topic.name} currently has ${present} partition(s); ` +
          `${topic.count} would not be an increase.`,
    );
  }
  const additional = topic.count - present;
  const factor = existing.partitions[0].replicas.length;
  if (topic.assignments !== null && topic.assignments.length !== additional) {
    throw new KafkaError(
      "INVALID_REPLICA_ASSIGNMENT",
      `Attempted to add ${additional} additional partition(s), but only ` +
        `${topic.assignments.length} assignment(s) were specified.`,
    );
  }
  if (additional > PARTITIONS_PER_REQUEST_MAX) {
    throw new KafkaError(
      "POLICY_VIOLATION",
      `Attempted to add ${additional} partitions, ${PARTITIONS_PER_REQUEST_MAX} are allowed`,
    );
  }
  let placed: number[][];
  if (topic.assignments === null) {
    placed = placeReplicas(image, additional, factor, random);
    requirePlaceable(placed, factor, image);
  } else {
    placed = topic.assignments.map(({ brokerIds }, i) => {
      checkManualAssignment(brokerIds, factor, image);
      requireActive(brokerIds, present + i, image);
      return brokerIds;
    });
  }
  return placed.map((replicas, i) => partitionRecord(existing.id, present + i, replicas, image));
}
