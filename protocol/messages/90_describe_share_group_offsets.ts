/** API 90, DescribeShareGroupOffsets. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  list,
  message,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const DescribeShareGroupOffsetsRequest = message("DescribeShareGroupOffsetsRequest", {
  versions: "0-1",
  flexible: "0+",
}, {
  groups: array(
    "0+",
    struct("DescribeShareGroupOffsetsRequestGroup", {
      groupId: string("0+"),
      topics: array(
        "0+",
        struct("DescribeShareGroupOffsetsRequestTopic", {
          topicName: string("0+"),
          partitions: list("0+", int32),
        }),
        { nullable: "0+" },
      ),
    }),
  ),
});

export const DescribeShareGroupOffsetsResponse = message("DescribeShareGroupOffsetsResponse", {
  versions: "0-1",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  groups: array(
    "0+",
    struct("DescribeShareGroupOffsetsResponseGroup", {
      groupId: string("0+"),
      topics: array(
        "0+",
        struct("DescribeShareGroupOffsetsResponseTopic", {
          topicName: string("0+"),
          topicId: uuid("0+"),
          partitions: array(
            "0+",
            struct("DescribeShareGroupOffsetsResponsePartition", {
              partitionIndex: int32("0+"),
              startOffset: int64("0+"),
              leaderEpoch: int32("0+"),
              lag: int64("1+", { default: -1, ignorable: true }),
              errorCode: int16("0+"),
              errorMessage: string("0+", { nullable: "0+", default: null }),
            }),
          ),
        }),
      ),
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+", default: null }),
    }),
  ),
});

export const DescribeShareGroupOffsets = api(
  90,
  DescribeShareGroupOffsetsRequest,
  DescribeShareGroupOffsetsResponse,
  ["broker"],
);

export type DescribeShareGroupOffsetsRequest = Decoded<typeof DescribeShareGroupOffsetsRequest>;
export type DescribeShareGroupOffsetsResponse = Draft<typeof DescribeShareGroupOffsetsResponse>;
