/** API 92, DeleteShareGroupOffsets. */
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

export const DeleteShareGroupOffsetsRequest = message("DeleteShareGroupOffsetsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  groupId: string("0+"),
  topics: array(
    "0+",
    struct("DeleteShareGroupOffsetsRequestTopic", {
      topicName: string("0+"),
    }),
  ),
});

export const DeleteShareGroupOffsetsResponse = message("DeleteShareGroupOffsetsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+", default: null }),
  responses: array(
    "0+",
    struct("DeleteShareGroupOffsetsResponseTopic", {
      topicName: string("0+"),
      topicId: uuid("0+"),
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+", default: null }),
    }),
  ),
});

export const DeleteShareGroupOffsets = api(
  92,
  DeleteShareGroupOffsetsRequest,
  DeleteShareGroupOffsetsResponse,
  ["broker"],
);

export type DeleteShareGroupOffsetsRequest = Decoded<typeof DeleteShareGroupOffsetsRequest>;
export type DeleteShareGroupOffsetsResponse = Draft<typeof DeleteShareGroupOffsetsResponse>;
