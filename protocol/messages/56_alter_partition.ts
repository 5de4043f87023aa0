/** API 56, AlterPartition. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  int8,
  list,
  message,
  struct,
  uuid,
} from "../schema/schema.ts";

export const AlterPartitionRequest = message("AlterPartitionRequest", {
  versions: "2-3",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
  brokerEpoch: int64("0+", { default: -1 }),
  topics: array(
    "0+",
    struct("TopicData", {
      topicId: uuid("2+", { ignorable: true }),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
          leaderEpoch: int32("0+"),
          newIsr: list("0-2", int32),
          newIsrWithEpochs: array(
            "3+",
            struct("BrokerState", {
              brokerId: int32("3+"),
              brokerEpoch: int64("3+", { default: -1 }),
            }),
          ),
          leaderRecoveryState: int8("1+"),
          partitionEpoch: int32("0+"),
        }),
      ),
    }),
  ),
});

export const AlterPartitionResponse = message("AlterPartitionResponse", {
  versions: "2-3",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  topics: array(
    "0+",
    struct("TopicData", {
      topicId: uuid("2+", { ignorable: true }),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          leaderId: int32("0+"),
          leaderEpoch: int32("0+"),
          isr: list("0+", int32),
          leaderRecoveryState: int8("1+", { ignorable: true }),
          partitionEpoch: int32("0+"),
        }),
      ),
    }),
  ),
});

export const AlterPartition = api(56, AlterPartitionRequest, AlterPartitionResponse, [
  "controller",
]);

export type AlterPartitionRequest = Decoded<typeof AlterPartitionRequest>;
export type AlterPartitionResponse = Draft<typeof AlterPartitionResponse>;
