/** API 52, Vote. */
import {
  api,
  array,
  bool,
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

export const VoteRequest = message("VoteRequest", { versions: "0-2", flexible: "0+" }, {
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
          replicaEpoch: int32("0+"),
          replicaId: int32("0+"),
          replicaDirectoryId: uuid("1+", { ignorable: true }),
          voterDirectoryId: uuid("1+", { ignorable: true }),
          lastOffsetEpoch: int32("0+"),
          lastOffset: int64("0+"),
          preVote: bool("2+"),
        }),
      ),
    }),
  ),
});

export const VoteResponse = message("VoteResponse", { versions: "0-2", flexible: "0+" }, {
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
          voteGranted: bool("0+"),
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

export const Vote = api(52, VoteRequest, VoteResponse, ["controller"]);

export type VoteRequest = Decoded<typeof VoteRequest>;
export type VoteResponse = Draft<typeof VoteResponse>;
