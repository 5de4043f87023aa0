/** API 55, DescribeQuorum. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const DescribeQuorumRequest = message("DescribeQuorumRequest", {
  versions: "0-2",
  flexible: "0+",
}, {
  topics: array(
    "0+",
    struct("TopicData", {
      topicName: string("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
        }),
      ),
    }),
  ),
});

const ReplicaState = struct("ReplicaState", {
  replicaId: int32("0+"),
  replicaDirectoryId: uuid("2+"),
  logEndOffset: int64("0+"),
  lastFetchTimestamp: int64("1+", { default: -1, ignorable: true }),
  lastCaughtUpTimestamp: int64("1+", { default: -1, ignorable: true }),
});

export const DescribeQuorumResponse = message("DescribeQuorumResponse", {
  versions: "0-2",
  flexible: "0+",
}, {
  errorCode: int16("0+"),
  errorMessage: string("2+", { nullable: "2+", ignorable: true }),
  topics: array(
    "0+",
    struct("TopicData", {
      topicName: string("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          errorMessage: string("2+", { nullable: "2+", ignorable: true }),
          leaderId: int32("0+"),
          leaderEpoch: int32("0+"),
          highWatermark: int64("0+"),
          currentVoters: array("0+", ReplicaState),
          observers: array("0+", ReplicaState),
        }),
      ),
    }),
  ),
  nodes: array(
    "2+",
    struct("Node", {
      nodeId: int32("2+"),
      listeners: array(
        "2+",
        struct("Listener", {
          name: string("2+"),
          host: string("2+"),
          port: uint16("2+"),
        }),
      ),
    }),
  ),
});

export const DescribeQuorum = api(55, DescribeQuorumRequest, DescribeQuorumResponse, [
  "broker",
  "controller",
]);

export type DescribeQuorumRequest = Decoded<typeof DescribeQuorumRequest>;
export type DescribeQuorumResponse = Draft<typeof DescribeQuorumResponse>;
