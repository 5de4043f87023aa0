/** API 83, InitializeShareGroupState. */
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

export const InitializeShareGroupStateRequest = message("InitializeShareGroupStateRequest", {
  versions: "0",
  flexible: "0+",
}, {
  groupId: string("0+"),
  topics: array(
    "0+",
    struct("InitializeStateData", {
      topicId: uuid("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partition: int32("0+"),
          stateEpoch: int32("0+"),
          startOffset: int64("0+"),
        }),
      ),
    }),
  ),
});

export const InitializeShareGroupStateResponse = message("InitializeShareGroupStateResponse", {
  versions: "0",
  flexible: "0+",
}, {
  results: array(
    "0+",
    struct("InitializeStateResult", {
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

export const InitializeShareGroupState = api(
  83,
  InitializeShareGroupStateRequest,
  InitializeShareGroupStateResponse,
  ["broker"],
);

export type InitializeShareGroupStateRequest = Decoded<typeof InitializeShareGroupStateRequest>;
export type InitializeShareGroupStateResponse = Draft<typeof InitializeShareGroupStateResponse>;
