/**
 * Altering configs: IncrementalAlterConfigs (44) and AlterConfigs (33) as the controller decides
 * them. What only the addressed broker can check (its own dynamic configs) it has checked before.
 */
import { checkClientMetricsConfigs } from "../../config/client_metrics_config.ts";
import { checkGroupConfigs } from "../../config/group_config.ts";
import { brokerConfigKey } from "../../config/broker_config.ts";
import { checkTopicConfigs, topicConfigKey } from "../../config/topic/topic_config.ts";
import { listOf } from "../../config/parse.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { type MetadataRecord, metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { topicNameProblem } from "../../storage/topic_partition.ts";
import { isCordoningSupported, isElrEnabled } from "../features.ts";
import { ConfigResourceType, configsOf } from "../image/metadata_image.ts";
import {
  type ApiError,
  apiErrorOf,
  type ControllerContext,
  type Decision,
  NO_ERROR,
  requireBounded,
} from "./decision.ts";

/** What a client wants of one key. */
export type ConfigOperation =
  | { readonly set: string }
  | { readonly delete: true }
  | { readonly append: string }
  | { readonly subtract: string };

export interface ConfigResource {
  readonly type: number;
  readonly name: string;
}

/** The wanted operations on one resource, by key. */
export interface ResourceChange {
  readonly resource: ConfigResource;
  readonly operations: ReadonlyMap<string, ConfigOperation>;
}

export interface ResourceResult extends ApiError {
  readonly resource: ConfigResource;
}

/** A value longer than this cannot be written (int16 length). */
const VALUE_BYTES_MAX = 32767;
const MIN_ISR = "min.insync.replicas";
const CORDONED_LOG_DIRS = "cordoned.log.dirs";

/** Decides incremental changes; resources are decided one by one, what is right is applied. */
export function incrementalAlterConfigs(
  changes: readonly ResourceChange[],
  context: ControllerContext,
): Decision<ResourceResult[]> {
  return decideAll(
    changes,
    context,
    ({ resource, operations }) => decideConfigChange(resource, operations, [], context, false),
  );
}

/** Decides complete replacements: keys that are not given are removed. */
export function legacyAlterConfigs(
  changes: readonly ResourceChange[],
  context: ControllerContext,
): Decision<ResourceResult[]> {
  return decideAll(changes, context, ({ resource, operations }) => {
    const present = configsOf(context.image, resource.type, resource.name);
    const removed = [...present.keys()].filter((name) => !operations.has(name));
    return decideConfigChange(resource, operations, removed, context, false);
  });
}

function decideAll(
  changes: readonly ResourceChange[],
  context: ControllerContext,
  decide: (change: ResourceChange) => MetadataRecord[],
): Decision<ResourceResult[]> {
  const records: MetadataRecord[] = [];
  const response = changes.map((change): ResourceResult => {
    try {
      records.push(...decide(change));
      return { resource: change.resource, ...NO_ERROR };
    } catch (error) {
      return { resource: change.resource, ...apiErrorOf(error) };
    }
  });
  records.push(...clearElrRecords(records, context));
  requireBounded(records);
  return { records, response };
}

/** With eligible leader replicas kept, a new minimum of in-sync replicas makes them void. */
function clearElrRecords(
  records: readonly MetadataRecord[],
  { image }: ControllerContext,
): MetadataRecord[] {
  if (!isElrEnabled(image)) return [];
  return records.flatMap((record) => {
    if (record.type !== "ConfigRecord" || record.data.name !== MIN_ISR) return [];
    const ofTopic = record.data.resourceType === ConfigResourceType.TOPIC;
    const topicName = ofTopic ? record.data.resourceName : "";
    return [metadataRecord("ClearElrRecord", 0, { topicName })];
  });
}

/**
 * The records for one resource. Throws `KafkaError` or `ConfigError` where the change, or what the
 * resource's configs would come to, is not acceptable. `isNew` stands for a topic being made.
 */
export function decideConfigChange(
  resource: ConfigResource,
  operations: ReadonlyMap<string, ConfigOperation>,
  removed: readonly string[],
  context: ControllerContext,
  isNew: boolean,
): MetadataRecord[] {
  const present = configsOf(context.image, resource.type, resource.name);
  const all = new Map<string, string>(present);
  const records: MetadataRecord[] = [];
  const put = (name: string, value: string | null) => {
    refuseForbidden(resource, name, value, context);
    if (value === null) all.delete(name);
    else all.set(name, value);
    const { type: resourceType, name: resourceName } = resource;
    records.push(metadataRecord("ConfigRecord", 0, { resourceType, resourceName, name, value }));
  };
  for (const [name, operation] of operations) {
    const current = present.get(name) ?? null;
    const value = valueAfter(resource, name, current, operation);
    // A broker's record is written even where nothing changes: it makes the broker reload files.
    const changes = value !== current || resource.type === ConfigResourceType.BROKER;
    if (changes) put(name, value);
  }
  for (const name of removed) put(name, null);
  checkAll(resource, all, present, context);
  if (!isNew) requireExists(resource, context);
  return records;
}

function refuseForbidden(
  resource: ConfigResource,
  name: string,
  value: string | null,
  { image }: ControllerContext,
): void {
  const refuse = (why: string): never => {
    throw new KafkaError("INVALID_CONFIG", why);
  };
  const ofBroker = resource.type === ConfigResourceType.BROKER;
  if (name === MIN_ISR && ofBroker && isElrEnabled(image)) {
    if (resource.name !== "") {
      refuse(`Broker-level ${MIN_ISR} cannot be altered while ELR is enabled.`);
    }
    if (value === null) refuse(`Cluster-level ${MIN_ISR} cannot be removed while ELR is enabled.`);
  }
  if (name === CORDONED_LOG_DIRS && ofBroker && !isCordoningSupported(image)) {
    refuse(`${CORDONED_LOG_DIRS} needs metadata.version 4.3 or later.`);
  }
  if (value !== null && new TextEncoder().encode(value).length > VALUE_BYTES_MAX) {
    refuse(`A value may have at most ${VALUE_BYTES_MAX} bytes.`);
  }
}

function keyOf({ type }: ConfigResource, name: string) {
  if (type === ConfigResourceType.TOPIC) return topicConfigKey(name);
  if (type === ConfigResourceType.BROKER) return brokerConfigKey(name);
  return undefined;
}

function valueAfter(
  resource: ConfigResource,
  name: string,
  current: string | null,
  operation: ConfigOperation,
): string | null {
  if ("set" in operation) return operation.set;
  if ("delete" in operation) return null;
  const key = keyOf(resource, name);
  if (key?.type !== "list") {
    throw new KafkaError("INVALID_CONFIG", `Only lists can be appended to; ${name} is none`);
  }
  const fallback = typeof key.default === "string" ? key.default : "";
  const values = listOf(current ?? fallback).filter((value) => value !== "");
  if ("append" in operation) {
    for (const value of operation.append.split(",")) {
      if (!values.includes(value)) values.push(value);
    }
  } else {
    for (const value of operation.subtract.split(",")) {
      const at = values.indexOf(value);
      if (at >= 0) values.splice(at, 1);
    }
  }
  return values.join(",");
}

function checkAll(
  { type, name }: ConfigResource,
  all: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string>,
  { config }: ControllerContext,
): void {
  switch (type) {
    case ConfigResourceType.TOPIC:
      requireTopicName(name);
      return checkTopicConfigs(all, present, config);
    case ConfigResourceType.BROKER:
      return requireBrokerName(name);
    case ConfigResourceType.CLIENT_METRICS:
      if (name === "") invalidRequest("Subscription name can't be empty");
      return checkClientMetricsConfigs(all);
    case ConfigResourceType.GROUP:
      if (name === "") invalidRequest("Default group resources are not allowed.");
      return checkGroupConfigs(all, config);
    default:
      invalidRequest(`Unknown resource type ${type}`);
  }
}

function invalidRequest(message: string): never {
  throw new KafkaError("INVALID_REQUEST", message);
}

function requireTopicName(name: string): void {
  if (name === "") invalidRequest("Default topic resources are not allowed.");
  const problem = topicNameProblem(name);
  if (problem === null) return;
  throw new KafkaError("INVALID_TOPIC_EXCEPTION", `Topic name is invalid: ${problem}`);
}

function requireBrokerName(name: string): void {
  if (name === "") return;
  const id = Number(name);
  if (!/^[+-]?\d+$/.test(name) || id > 0x7fffffff) {
    invalidRequest("Unable to parse broker name as a base 10 number.");
  }
  if (id < 0) invalidRequest("Invalid negative broker ID.");
}

/** Configs are kept for topics and brokers that exist; groups and subscriptions need not. */
function requireExists({ type, name }: ConfigResource, { image, nodeId }: ControllerContext): void {
  if (type === ConfigResourceType.TOPIC && !image.topicsByName.has(name)) {
    throw new KafkaError("UNKNOWN_TOPIC_OR_PARTITION", "This server does not host this topic");
  }
  if (type !== ConfigResourceType.BROKER || name === "") return;
  const id = Number(name);
  if (id === nodeId || image.brokers.has(id) || image.controllers.has(id)) return;
  throw new KafkaError("BROKER_ID_NOT_REGISTERED", `No node with id ${id} is registered.`);
}
