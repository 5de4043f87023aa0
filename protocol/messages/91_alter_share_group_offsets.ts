/** API 91, AlterShareGroupOffsets. */
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
  uuid,
} from "../schema/schema.ts";

export const AlterShareGroupOffsetsRequest = message("AlterShareGroupOffsetsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  groupId: string("0+"),
  topics: array(
    "0+",
    struct("AlterShareGroupOffsetsRequestTopic", {
      topicName: string("0+"),
      partitions: array(
        "0+",
        struct("AlterShareGroupOffsetsRequestPartition", {
          partitionIndex: int32("0+"),
          startOffset: int64("0+"),
        }),
      ),
    }),
  ),
});

export const AlterShareGroupOffsetsResponse = message("AlterShareGroupOffsetsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+", default: null }),
  responses: array(
    "0+",
    struct("AlterShareGroupOffsetsResponseTopic", {
      topicName: string("0+"),
      topicId: uuid("0+"),
      partitions: array(
        "0+",
        struct("AlterShareGroupOffsetsResponsePartition", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          errorMessage: string("0+", { nullable: "0+", default: null }),
        }),
      ),
    }),
  ),
});

export const AlterShareGroupOffsets = api(
  91,
  AlterShareGroupOffsetsRequest,
  AlterShareGroupOffsetsResponse,
  ["broker"],
);

export type AlterShareGroupOffsetsRequest = Decoded<typeof AlterShareGroupOffsetsRequest>;
export type AlterShareGroupOffsetsResponse = Draft<typeof AlterShareGroupOffsetsResponse>;
