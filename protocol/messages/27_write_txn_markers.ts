/** API 27, WriteTxnMarkers. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  int8,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const WriteTxnMarkersRequest = message("WriteTxnMarkersRequest", {
  versions: "1-2",
  flexible: "1+",
}, {
  markers: array(
    "0+",
    struct("WritableTxnMarker", {
      producerId: int64("0+"),
      producerEpoch: int16("0+"),
      transactionResult: bool("0+"),
      topics: array(
        "0+",
        struct("WritableTxnMarkerTopic", {
          name: string("0+"),
          partitionIndexes: list("0+", int32),
        }),
      ),
      coordinatorEpoch: int32("0+"),
      transactionVersion: int8("2+", { ignorable: true }),
    }),
  ),
});

export const WriteTxnMarkersResponse = message("WriteTxnMarkersResponse", {
  versions: "1-2",
  flexible: "1+",
}, {
  markers: array(
    "0+",
    struct("WritableTxnMarkerResult", {
      producerId: int64("0+"),
      topics: array(
        "0+",
        struct("WritableTxnMarkerTopicResult", {
          name: string("0+"),
          partitions: array(
            "0+",
            struct("WritableTxnMarkerPartitionResult", {
              partitionIndex: int32("0+"),
              errorCode: int16("0+"),
            }),
          ),
        }),
      ),
    }),
  ),
});

export const WriteTxnMarkers = api(27, WriteTxnMarkersRequest, WriteTxnMarkersResponse, ["broker"]);

export type WriteTxnMarkersRequest = Decoded<typeof WriteTxnMarkersRequest>;
export type WriteTxnMarkersResponse = Draft<typeof WriteTxnMarkersResponse>;
