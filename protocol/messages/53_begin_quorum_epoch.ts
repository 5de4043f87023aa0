/** API 53, BeginQuorumEpoch. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  message,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const BeginQuorumEpochRequest = message("BeginQuorumEpochRequest", {
  versions: "0-1",
  flexible: "1+",
}, {
  clusterId: string("0+", { nullable: "0+", default: null }),
  voterId: int32("1+", { default: -1, ignorable: true }),
  topics: array(
    "0+",
    struct("TopicData", {
      topicName: string("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
          voterDirectoryId: uuid("1+", { ignorable: true }),
          leaderId: int32("0+"),
          leaderEpoch: int32("0+"),
        }),
      ),
    }),
  ),
  leaderEndpoints: array(
    "1+",
    struct("LeaderEndpoint", {
      name: string("1+"),
      host: string("1+"),
      port: uint16("1+"),
    }),
    { ignorable: true },
  ),
});

export const BeginQuorumEpochResponse = message("BeginQuorumEpochResponse", {
  versions: "0-1",
  flexible: "1+",
}, {
  errorCode: int16("0+"),
  topics: array(
    "0+",
    struct("TopicData", {
      topicName: string("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          leaderId: int32("0+"),
          leaderEpoch: int32("0+"),
        }),
      ),
    }),
  ),
  nodeEndpoints: array(
    "1+",
    struct("NodeEndpoint", {
      nodeId: int32("1+"),
      host: string("1+"),
      port: uint16("1+"),
    }),
    { tag: 0, tagged: "1+" },
  ),
});

export const BeginQuorumEpoch = api(53, BeginQuorumEpochRequest, BeginQuorumEpochResponse, [
  "controller",
]);

export type BeginQuorumEpochRequest = Decoded<typeof BeginQuorumEpochRequest>;
export type BeginQuorumEpochResponse = Draft<typeof BeginQuorumEpochResponse>;
