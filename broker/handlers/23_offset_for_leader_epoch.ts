/** API 23, OffsetForLeaderEpoch: where an epoch ended, to find divergence (KIP-101, KIP-320). */
import { codeOf, ErrorCode, KafkaError } from "../../protocol/errors.ts";
import {
  OffsetForLeaderEpoch,
  type OffsetForLeaderEpochRequest,
} from "../../protocol/messages/23_offset_for_leader_epoch.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";

type RequestedPartition = OffsetForLeaderEpochRequest["topics"][number]["partitions"][number];

function endOf(topic: string, requested: RequestedPartition, { services }: RequestContext) {
  const { partition: index, currentLeaderEpoch, leaderEpoch } = requested;
  try {
    const partition = services.replicas.require(topic, index);
    partition.requireServing(currentLeaderEpoch, true);
    const { epoch, endOffset } = partition.epochEnd(leaderEpoch);
    return { partition: index, errorCode: ErrorCode.NONE, leaderEpoch: epoch, endOffset };
  } catch (error) {
    if (!(error instanceof KafkaError)) {
      services.logger.error("epoch cannot be found", { topic, error: String(error) });
    }
    return { partition: index, errorCode: codeOf(error) };
  }
}

export const offsetForLeaderEpoch = apiHandler({
  api: OffsetForLeaderEpoch,
  handle(request, context) {
    const topics = request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((requested) => endOf(topic, requested, context)),
    }));
    return { topics };
  },
  failed({ code }, request) {
    const topics = request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode: code })),
    }));
    return { topics };
  },
});
