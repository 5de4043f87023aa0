/** API 21, DeleteRecords. */
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

export const DeleteRecordsRequest = message("DeleteRecordsRequest", {
  versions: "0-2",
  flexible: "2+",
}, {
  topics: array(
    "0+",
    struct("DeleteRecordsTopic", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("DeleteRecordsPartition", {
          partitionIndex: int32("0+"),
          offset: int64("0+"),
        }),
      ),
    }),
  ),
  timeoutMs: int32("0+"),
});

export const DeleteRecordsResponse = message("DeleteRecordsResponse", {
  versions: "0-2",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+"),
  topics: array(
    "0+",
    struct("DeleteRecordsTopicResult", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("DeleteRecordsPartitionResult", {
          partitionIndex: int32("0+"),
          lowWatermark: int64("0+"),
          errorCode: int16("0+"),
        }),
      ),
    }),
  ),
});

export const DeleteRecords = api(21, DeleteRecordsRequest, DeleteRecordsResponse, ["broker"]);

export type DeleteRecordsRequest = Decoded<typeof DeleteRecordsRequest>;
export type DeleteRecordsResponse = Draft<typeof DeleteRecordsResponse>;
