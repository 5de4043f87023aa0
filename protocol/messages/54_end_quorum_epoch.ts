/** API 54, EndQuorumEpoch. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  list,
  message,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const EndQuorumEpochRequest = message("EndQuorumEpochRequest", {
  versions: "0-1",
  flexible: "1+",
}, {
  clusterId: string("0+", { nullable: "0+", default: null }),
  topics: array(
    "0+",
    struct("TopicData", {
      topicName: string("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
          leaderId: int32("0+"),
          leaderEpoch: int32("0+"),
          preferredSuccessors: list("0", int32, { ignorable: true }),
          preferredCandidates: array(
            "1+",
            struct("ReplicaInfo", {
              candidateId: int32("1+"),
              candidateDirectoryId: uuid("1+"),
            }),
            { ignorable: true },
          ),
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

export const EndQuorumEpochResponse = message("EndQuorumEpochResponse", {
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

export const EndQuorumEpoch = api(54, EndQuorumEpochRequest, EndQuorumEpochResponse, [
  "controller",
]);

export type EndQuorumEpochRequest = Decoded<typeof EndQuorumEpochRequest>;
export type EndQuorumEpochResponse = Draft<typeof EndQuorumEpochResponse>;
