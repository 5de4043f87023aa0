/** API 85, WriteShareGroupState. */
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
  uuid,
} from "../schema/schema.ts";

export const WriteShareGroupStateRequest = message("WriteShareGroupStateRequest", {
  versions: "0-1",
  flexible: "0+",
}, {
  groupId: string("0+"),
  topics: array(
    "0+",
    struct("WriteStateData", {
      topicId: uuid("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partition: int32("0+"),
          stateEpoch: int32("0+"),
          leaderEpoch: int32("0+"),
          startOffset: int64("0+"),
          deliveryCompleteCount: int32("1+", { default: -1, ignorable: true }),
          stateBatches: array(
            "0+",
            struct("StateBatch", {
              firstOffset: int64("0+"),
              lastOffset: int64("0+"),
              deliveryState: int8("0+"),
              deliveryCount: int16("0+"),
            }),
          ),
        }),
      ),
    }),
  ),
});

export const WriteShareGroupStateResponse = message("WriteShareGroupStateResponse", {
  versions: "0-1",
  flexible: "0+",
}, {
  results: array(
    "0+",
    struct("WriteStateResult", {
      topicId: uuid("0+"),
      partitions: array(
        "0+",
        struct("PartitionResult", {
          partition: int32("0+"),
          errorCode: int16("0+"),
          errorMessage: string("0+", { nullable: "0+", default: null }),
        }),
      ),
    }),
  ),
});

export const WriteShareGroupState = api(
  85,
  WriteShareGroupStateRequest,
  WriteShareGroupStateResponse,
  ["broker"],
);

export type WriteShareGroupStateRequest = Decoded<typeof WriteShareGroupStateRequest>;
export type WriteShareGroupStateResponse = Draft<typeof WriteShareGroupStateResponse>;
