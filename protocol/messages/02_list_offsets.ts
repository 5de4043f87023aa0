/** API 2, ListOffsets. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  int8,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const ListOffsetsRequest = message("ListOffsetsRequest", {
  versions: "1-11",
  flexible: "6+",
}, {
  replicaId: int32("0+"),
  isolationLevel: int8("2+"),
  topics: array(
    "0+",
    struct("ListOffsetsTopic", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("ListOffsetsPartition", {
          partitionIndex: int32("0+"),
          currentLeaderEpoch: int32("4+", { default: -1, ignorable: true }),
          timestamp: int64("0+"),
        }),
      ),
    }),
  ),
  timeoutMs: int32("10+", { ignorable: true }),
});

export const ListOffsetsResponse = message("ListOffsetsResponse", {
  versions: "1-11",
  flexible: "6+",
}, {
  throttleTimeMs: int32("2+", { ignorable: true }),
  topics: array(
    "0+",
    struct("ListOffsetsTopicResponse", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("ListOffsetsPartitionResponse", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          timestamp: int64("1+", { default: -1 }),
          offset: int64("1+", { default: -1 }),
          leaderEpoch: int32("4+", { default: -1 }),
        }),
      ),
    }),
  ),
});

export const ListOffsets = api(2, ListOffsetsRequest, ListOffsetsResponse, ["broker"]);

export type ListOffsetsRequest = Decoded<typeof ListOffsetsRequest>;
export type ListOffsetsResponse = Draft<typeof ListOffsetsResponse>;
