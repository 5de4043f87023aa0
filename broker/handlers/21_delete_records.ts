/** API 21, DeleteRecords: lets partitions begin later (KIP-107). */
import { partitionOf } from "../../cluster/image/metadata_image.ts";
import { codeOf, ErrorCode, KafkaError } from "../../protocol/errors.ts";
import { DeleteRecords } from "../../protocol/messages/21_delete_records.ts";
import { isInternalTopic } from "../../storage/topic_partition.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";

const NO_LOW_WATERMARK = -1;

interface Result {
  readonly partitionIndex: number;
  readonly lowWatermark: number;
  readonly errorCode: number;
}

function failed(partitionIndex: number, errorCode: number): Result {
  return { partitionIndex, lowWatermark: NO_LOW_WATERMARK, errorCode };
}

function deleteUpTo(
  topic: string,
  index: number,
  offset: number,
  { services }: RequestContext,
): Result {
  if (partitionOf(services.image, topic, index) === undefined) {
    return failed(index, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }
  if (isInternalTopic(topic)) return failed(index, ErrorCode.INVALID_TOPIC_EXCEPTION);
  try {
    const lowWatermark = services.replicas.require(topic, index).deleteRecords(offset);
    return { partitionIndex: index, lowWatermark, errorCode: ErrorCode.NONE };
  } catch (error) {
    if (!(error instanceof KafkaError)) {
      services.logger.error("records cannot be deleted", { topic, error: String(error) });
    }
    return failed(index, codeOf(error));
  }
}

export const deleteRecords = apiHandler({
  api: DeleteRecords,
  handle(request, context) {
    // Of a partition that is named twice the later offset counts.
    const topics = new Map<string, Map<number, number>>();
    for (const { name, partitions } of request.topics) {
      const offsets = topics.get(name) ?? new Map<number, number>();
      topics.set(name, offsets);
      for (const { partitionIndex, offset } of partitions) offsets.set(partitionIndex, offset);
    }
    return {
      topics: Array.from(topics, ([name, offsets]) => ({
        name,
        partitions: Array.from(
          offsets,
          ([index, offset]) => deleteUpTo(name, index, offset, context),
        ),
      })).filter(({ partitions }) => partitions.length > 0),
    };
  },
  failed({ code }, request) {
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => failed(partitionIndex, code)),
    }));
    return { topics };
  },
});
