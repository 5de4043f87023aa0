/** API 61, DescribeProducers. */
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
} from "../schema/schema.ts";

export const DescribeProducersRequest = message("DescribeProducersRequest", {
  versions: "0",
  flexible: "0+",
}, {
  topics: array(
    "0+",
    struct("TopicRequest", {
      name: string("0+"),
      partitionIndexes: list("0+", int32),
    }),
  ),
});

export const DescribeProducersResponse = message("DescribeProducersResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  topics: array(
    "0+",
    struct("TopicResponse", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("PartitionResponse", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          errorMessage: string("0+", { nullable: "0+", default: null }),
          activeProducers: array(
            "0+",
            struct("ProducerState", {
              producerId: int64("0+"),
              producerEpoch: int32("0+"),
              lastSequence: int32("0+", { default: -1 }),
              lastTimestamp: int64("0+", { default: -1 }),
              coordinatorEpoch: int32("0+"),
              currentTxnStartOffset: int64("0+", { default: -1 }),
            }),
          ),
        }),
      ),
    }),
  ),
});

export const DescribeProducers = api(61, DescribeProducersRequest, DescribeProducersResponse, [
  "broker",
]);

export type DescribeProducersRequest = Decoded<typeof DescribeProducersRequest>;
export type DescribeProducersResponse = Draft<typeof DescribeProducersResponse>;
