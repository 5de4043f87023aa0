/** API 23, OffsetForLeaderEpoch. */
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
} from "../schema/schema.ts";

export const OffsetForLeaderEpochRequest = message("OffsetForLeaderEpochRequest", {
  versions: "2-4",
  flexible: "4+",
}, {
  replicaId: int32("3+", { default: -2, ignorable: true }),
  topics: array(
    "0+",
    struct("OffsetForLeaderTopic", {
      topic: string("0+"),
      partitions: array(
        "0+",
        struct("OffsetForLeaderPartition", {
          partition: int32("0+"),
          currentLeaderEpoch: int32("2+", { default: -1, ignorable: true }),
          leaderEpoch: int32("0+"),
        }),
      ),
    }),
  ),
});

export const OffsetForLeaderEpochResponse = message("OffsetForLeaderEpochResponse", {
  versions: "2-4",
  flexible: "4+",
}, {
  throttleTimeMs: int32("2+", { ignorable: true }),
  topics: array(
    "0+",
    struct("OffsetForLeaderTopicResult", {
      topic: string("0+"),
      partitions: array(
        "0+",
        struct("EpochEndOffset", {
          errorCode: int16("0+"),
          partition: int32("0+"),
          leaderEpoch: int32("1+", { default: -1, ignorable: true }),
          endOffset: int64("0+", { default: -1 }),
        }),
      ),
    }),
  ),
});

export const OffsetForLeaderEpoch = api(
  23,
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
  ["broker"],
);

export type OffsetForLeaderEpochRequest = Decoded<typeof OffsetForLeaderEpochRequest>;
export type OffsetForLeaderEpochResponse = Draft<typeof OffsetForLeaderEpochResponse>;
