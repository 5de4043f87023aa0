/** Coordinator record 15, ShareGroupStatePartitionMetadata: key and value. */
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

export const ShareGroupStatePartitionMetadataKey = message("ShareGroupStatePartitionMetadataKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
});

const TopicPartitionsInfo = struct("TopicPartitionsInfo", {
  topicId: uuid("0+"),
  topicName: string("0+"),
  partitions: list("0+", int32),
});

const TopicInfo = struct("TopicInfo", {
  topicId: uuid("0+"),
  topicName: string("0+"),
});

export const ShareGroupStatePartitionMetadataValue = message(
  "ShareGroupStatePartitionMetadataValue",
  { versions: "0", flexible: "0+" },
  {
    initializingTopics: array("0+", TopicPartitionsInfo),
    initializedTopics: array("0+", TopicPartitionsInfo),
    deletingTopics: array("0+", TopicInfo),
  },
);

export type ShareGroupStatePartitionMetadataKey = Decoded<
  typeof ShareGroupStatePartitionMetadataKey
>;
export type ShareGroupStatePartitionMetadataValue = Decoded<
  typeof ShareGroupStatePartitionMetadataValue
>;
