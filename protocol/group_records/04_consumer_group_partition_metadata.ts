/** Coordinator record 4, ConsumerGroupPartitionMetadata: key and value. */
import {
  array,
  type Decoded,
  int32,
  list,
  message,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ConsumerGroupPartitionMetadataKey = message("ConsumerGroupPartitionMetadataKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
});

export const ConsumerGroupPartitionMetadataValue = message("ConsumerGroupPartitionMetadataValue", {
  versions: "0",
  flexible: "0+",
}, {
  topics: array(
    "0+",
    struct("TopicMetadata", {
      topicId: uuid("0+"),
      topicName: string("0+"),
      numPartitions: int32("0+"),
      partitionMetadata: array(
        "0+",
        struct("PartitionMetadata", {
          partition: int32("0+"),
          racks: list("0+", string),
        }),
      ),
    }),
  ),
});

export type ConsumerGroupPartitionMetadataKey = Decoded<typeof ConsumerGroupPartitionMetadataKey>;
export type ConsumerGroupPartitionMetadataValue = Decoded<
  typeof ConsumerGroupPartitionMetadataValue
>;
