/** API 75, DescribeTopicPartitions. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  list,
  message,
  of,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const DescribeTopicPartitionsRequest = message("DescribeTopicPartitionsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  topics: array(
    "0+",
    struct("TopicRequest", {
      name: string("0+"),
    }),
  ),
  responsePartitionLimit: int32("0+", { default: 2000 }),
  cursor: of(
    "0+",
    struct("Cursor", {
      topicName: string("0+"),
      partitionIndex: int32("0+"),
    }),
    { nullable: "0+", default: null },
  ),
});

export const DescribeTopicPartitionsResponse = message("DescribeTopicPartitionsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+", { ignorable: true }),
  topics: array(
    "0+",
    struct("DescribeTopicPartitionsResponseTopic", {
      errorCode: int16("0+"),
      name: string("0+", { nullable: "0+" }),
      topicId: uuid("0+", { ignorable: true }),
      isInternal: bool("0+", { ignorable: true }),
      partitions: array(
        "0+",
        struct("DescribeTopicPartitionsResponsePartition", {
          errorCode: int16("0+"),
          partitionIndex: int32("0+"),
          leaderId: int32("0+"),
          leaderEpoch: int32("0+", { default: -1, ignorable: true }),
          replicaNodes: list("0+", int32),
          isrNodes: list("0+", int32),
          eligibleLeaderReplicas: list("0+", int32, { nullable: "0+", default: null }),
          lastKnownElr: list("0+", int32, { nullable: "0+", default: null }),
          offlineReplicas: list("0+", int32, { ignorable: true }),
        }),
      ),
      topicAuthorizedOperations: int32("0+", { default: -2147483648 }),
    }),
  ),
  nextCursor: of(
    "0+",
    struct("Cursor", {
      topicName: string("0+"),
      partitionIndex: int32("0+"),
    }),
    { nullable: "0+", default: null },
  ),
});

export const DescribeTopicPartitions = api(
  75,
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
  ["broker"],
);

export type DescribeTopicPartitionsRequest = Decoded<typeof DescribeTopicPartitionsRequest>;
export type DescribeTopicPartitionsResponse = Draft<typeof DescribeTopicPartitionsResponse>;
