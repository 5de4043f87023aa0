/** API 3, Metadata: brokers, topics and their partitions, making topics where configured. */
import type { MetadataImage, TopicImage } from "../../cluster/image/metadata_image.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { ErrorCode, KafkaError } from "../../protocol/errors.ts";
import {
  Metadata,
  type MetadataRequest,
  type MetadataResponse,
} from "../../protocol/messages/03_metadata.ts";
import { isInternalTopic, topicNameProblem } from "../../storage/topic_partition.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import {
  CLUSTER_OPERATIONS,
  OPERATIONS_NOT_ASKED,
  TOPIC_OPERATIONS,
} from "../authorized_operations.ts";
import { createInBackground } from "../auto_topics.ts";
import { nodeEndpoint } from "../leader_hints.ts";
import { isReachable, leaderFor, offlineReplicas } from "../partition_metadata.ts";

/** From it on topics may be named by id. */
const TOPIC_IDS_VERSION = 12;
/** From it on a leader without the client's listener is told as such. */
const LISTENER_NOT_FOUND_VERSION = 6;
/** The cluster's operations are told up to this version; later by DescribeCluster. */
const CLUSTER_OPERATIONS_VERSION_MAX = 10;

type TopicAnswer = NonNullable<MetadataResponse["topics"]>[number];
type PartitionAnswer = NonNullable<TopicAnswer["partitions"]>[number];

function isAllTopics({ topics }: MetadataRequest, version: number): boolean {
  return topics === null || (topics.length === 0 && version === 0);
}

function checkRequest(request: MetadataRequest, version: number): void {
  if (version >= TOPIC_IDS_VERSION) return;
  for (const { name, topicId } of request.topics ?? []) {
    if (name === null) {
      throw new KafkaError("INVALID_REQUEST", `Version ${version} needs the names of topics`);
    }
    if (topicId !== ZERO_UUID) {
      throw new KafkaError("INVALID_REQUEST", `Version ${version} has no topic ids`);
    }
  }
}

function partitionsOf(
  image: MetadataImage,
  topic: TopicImage,
  { version, client }: RequestContext,
): PartitionAnswer[] {
  const { listener } = client;
  // Version 0 leaves out replicas that cannot be reached, and says so.
  const onlyReachable = version === 0;
  const shown = (ids: readonly number[]) =>
    onlyReachable ? ids.filter((id) => isReachable(image.brokers.get(id), listener)) : ids;
  return topic.partitions.map((partition, partitionIndex) => {
    const replicaNodes = shown(partition.replicas);
    const isrNodes = shown(partition.isr);
    const leaderId = leaderFor(image, partition, listener);
    let errorCode: number = ErrorCode.NONE;
    if (leaderId < 0) {
      const unlisted = image.brokers.has(partition.leader) &&
        version >= LISTENER_NOT_FOUND_VERSION;
      errorCode = unlisted ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.LEADER_NOT_AVAILABLE;
    } else if (
      replicaNodes.length < partition.replicas.length || isrNodes.length < partition.isr.length
    ) {
      errorCode = ErrorCode.REPLICA_NOT_AVAILABLE;
    }
    return {
      errorCode,
      partitionIndex,
      leaderId,
      leaderEpoch: partition.leaderEpoch,
      replicaNodes,
      isrNodes,
      offlineReplicas: offlineReplicas(image, partition, listener),
    };
  });
}

function failedTopic(name: string | null, topicId: string, errorCode: number): TopicAnswer {
  const isInternal = name !== null && isInternalTopic(name);
  return { errorCode, name, topicId, isInternal, partitions: [] };
}

/** Topics by name, those that exist first; the others are made where that is allowed. */
function topicsByName(
  names: readonly string[],
  request: MetadataRequest,
  context: RequestContext,
): TopicAnswer[] {
  const { services } = context;
  const { image } = services;
  const found: TopicAnswer[] = [];
  const missing: string[] = [];
  for (const name of names) {
    const topic = image.topicsByName.get(name);
    if (topic === undefined) {
      missing.push(name);
      continue;
    }
    const partitions = partitionsOf(image, topic, context);
    const isInternal = isInternalTopic(name);
    found.push({ errorCode: 0, name, topicId: topic.id, isInternal, partitions });
  }
  const mayCreate = request.allowAutoTopicCreation &&
    services.config.boolean("auto.create.topics.enable") &&
    !isAllTopics(request, context.version);
  const creatable = missing.filter((name) => topicNameProblem(name) === null);
  if (mayCreate) createInBackground(creatable, services);
  const failed = missing.map((name) =>
    failedTopic(
      name,
      ZERO_UUID,
      topicNameProblem(name) === null
        ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        : ErrorCode.INVALID_TOPIC_EXCEPTION,
    )
  );
  return [...found, ...failed];
}

function topicsOf(request: MetadataRequest, context: RequestContext): TopicAnswer[] {
  const { image } = context.services;
  if (isAllTopics(request, context.version)) {
    return topicsByName([...image.topicsByName.keys()], request, context);
  }
  const wanted = request.topics ?? [];
  const ids = new Set(wanted.map(({ topicId }) => topicId).filter((id) => id !== ZERO_UUID));
  if (ids.size === 0) {
    return topicsByName([...new Set(wanted.map(({ name }) => name!))], request, context);
  }
  const unknown = [...ids].filter((id) => !image.topicsById.has(id));
  const names = [...ids].flatMap((id) => image.topicsById.get(id)?.name ?? []);
  return [
    ...unknown.map((id) => failedTopic(null, id, ErrorCode.UNKNOWN_TOPIC_ID)),
    ...topicsByName(names, request, context),
  ];
}

export const metadata = apiHandler({
  api: Metadata,
  handle(request, context) {
    const { services, version, client } = context;
    checkRequest(request, version);
    const { image, clusterId } = services;
    const withOperations = request.includeTopicAuthorizedOperations;
    const topics = topicsOf(request, context).map((topic): TopicAnswer =>
      withOperations && topic.errorCode !== ErrorCode.UNKNOWN_TOPIC_ID
        ? { ...topic, topicAuthorizedOperations: TOPIC_OPERATIONS }
        : topic
    );
    const brokers = [...image.brokers.keys()].flatMap((id) =>
      nodeEndpoint(image, id, client.listener) ?? []
    );
    const alive = [...image.brokers.values()].find(({ fenced }) => !fenced);
    const withCluster = request.includeClusterAuthorizedOperations &&
      version <= CLUSTER_OPERATIONS_VERSION_MAX;
    return {
      brokers,
      clusterId,
      controllerId: alive?.id ?? -1,
      topics,
      clusterAuthorizedOperations: withCluster ? CLUSTER_OPERATIONS : OPERATIONS_NOT_ASKED,
    };
  },
  failed({ code }, request) {
    const topics = (request.topics ?? []).map(({ name, topicId }) => ({
      errorCode: code,
      name: name ?? "",
      topicId,
      isInternal: false,
      partitions: [],
    }));
    return { topics, errorCode: code };
  },
});
