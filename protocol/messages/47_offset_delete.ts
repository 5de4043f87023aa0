/** API 47, OffsetDelete. */
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
} from "../schema/schema.ts";

export const OffsetDeleteRequest = message("OffsetDeleteRequest", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0+"),
  topics: array(
    "0+",
    struct("OffsetDeleteRequestTopic", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("OffsetDeleteRequestPartition", {
          partitionIndex: int32("0+"),
        }),
      ),
    }),
  ),
});

export const OffsetDeleteResponse = message("OffsetDeleteResponse", {
  versions: "0",
  flexible: "none",
}, {
  errorCode: int16("0+"),
  throttleTimeMs: int32("0+", { ignorable: true }),
  topics: array(
    "0+",
    struct("OffsetDeleteResponseTopic", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("OffsetDeleteResponsePartition", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
        }),
      ),
    }),
  ),
});

export const OffsetDelete = api(47, OffsetDeleteRequest, OffsetDeleteResponse, ["broker"]);

export type OffsetDeleteRequest = Decoded<typeof OffsetDeleteRequest>;
export type OffsetDeleteResponse = Draft<typeof OffsetDeleteResponse>;
