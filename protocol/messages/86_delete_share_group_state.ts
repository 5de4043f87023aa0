/** API 86, DeleteShareGroupState. */
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
  uuid,
} from "../schema/schema.ts";

export const DeleteShareGroupStateRequest = message("DeleteShareGroupStateRequest", {
  versions: "0",
  flexible: "0+",
}, {
  groupId: string("0+"),
  topics: array(
    "0+",
    struct("DeleteStateData", {
      topicId: uuid("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partition: int32("0+"),
        }),
      ),
    }),
  ),
});

export const DeleteShareGroupStateResponse = message("DeleteShareGroupStateResponse", {
  versions: "0",
  flexible: "0+",
}, {
  results: array(
    "0+",
    struct("DeleteStateResult", {
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

export const DeleteShareGroupState = api(
  86,
  DeleteShareGroupStateRequest,
  DeleteShareGroupStateResponse,
  ["broker"],
);

export type DeleteShareGroupStateRequest = Decoded<typeof DeleteShareGroupStateRequest>;
export type DeleteShareGroupStateResponse = Draft<typeof DeleteShareGroupStateResponse>;
