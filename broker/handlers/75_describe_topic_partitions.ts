/** API 75, DescribeTopicPartitions: partitions page by page, with eligible leaders (KIP-966). */
import type { TopicImage } from "../../cluster/image/metadata_image.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { ErrorCode, KafkaError } from "../../protocol/errors.ts";
import {
  DescribeTopicPartitions,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
} from "../../protocol/messages/75_describe_topic_partitions.ts";
import { isInternalTopic, topicNameProblem } from "../../storage/topic_partition.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import { TOPIC_OPERATIONS } from "../authorized_operations.ts";
import { leaderFor, offlineReplicas } from "../partition_metadata.ts";

type TopicAnswer = NonNullable<DescribeTopicPartitionsResponse["topics"]>[number];
type PartitionAnswer = NonNullable<TopicAnswer["partitions"]>[number];

/** The topics asked for, all where none are named, in order, from the cursor on. */
function wantedTopics(
  { topics, cursor }: DescribeTopicPartitionsRequest,
  existing: Iterable<string>,
): string[] {
  const all = topics.length === 0 ? existing : topics.map(({ name }) => name);
  const from = cursor?.topicName ?? "";
  const wanted = [...new Set(all)].filter((name) => name >= from).sort();
  if (topics.length > 0 && cursor !== null && !wanted.includes(cursor.topicName)) {
    throw new KafkaError(
      "INVALID_REQUEST",
      `The topic list does not contain the cursor's topic ${cursor.topicName}`,
    );
  }
  if (cursor !== null && cursor.partitionIndex < 0) {
    throw new KafkaError("INVALID_REQUEST", `Cursor at partition ${cursor.partitionIndex}`);
  }
  return wanted;
}

function describe(
  topic: TopicImage,
  from: number,
  to: number,
  { services, client }: RequestContext,
): TopicAnswer {
  const { image } = services;
  const partitions = topic.partitions.slice(from, to).map((partition, i): PartitionAnswer => ({
    partitionIndex: from + i,
    leaderId: leaderFor(image, partition, client.listener),
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    eligibleLeaderReplicas: partition.elr,
    lastKnownElr: partition.lastKnownElr,
    offlineReplicas: offlineReplicas(image, partition, client.listener),
  }));
  return {
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions,
    topicAuthorizedOperations: TOPIC_OPERATIONS,
  };
}

function unknownTopic(name: string): TopicAnswer {
  return {
    errorCode: topicNameProblem(name) === null
      ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
      : ErrorCode.INVALID_TOPIC_EXCEPTION,
    name,
    topicId: ZERO_UUID,
    isInternal: isInternalTopic(name),
    topicAuthorizedOperations: TOPIC_OPERATIONS,
  };
}

export const describeTopicPartitions = apiHandler({
  api: DescribeTopicPartitions,
  handle(request, context) {
    const { image, config } = context.services;
    const { cursor } = request;
    const limit = config.number("max.request.partition.size.limit");
    let left = Math.max(1, Math.min(limit, request.responsePartitionLimit));
    const topics: TopicAnswer[] = [];
    for (const name of wantedTopics(request, image.topicsByName.keys())) {
      if (left === 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } };
      const topic = image.topicsByName.get(name);
      if (topic === undefined) {
        if (request.topics.length > 0) topics.push(unknownTopic(name));
        continue;
      }
      const from = cursor?.topicName === name ? cursor.partitionIndex : 0;
      const to = Math.min(topic.partitions.length, from + left);
      topics.push(describe(topic, from, to, context));
      if (to < topic.partitions.length) {
        return { topics, nextCursor: { topicName: name, partitionIndex: to } };
      }
      left -= Math.max(0, to - from);
    }
    return { topics };
  },
  failed({ code }, { topics }) {
    return { topics: topics.map(({ name }) => ({ errorCode: code, name, isInternal: false })) };
  },
});
