/** API 78, ShareFetch. */
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
  of,
  records,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ShareFetchRequest = message("ShareFetchRequest", { versions: "1-2", flexible: "0+" }, {
  groupId: string("0+", { nullable: "0+", default: null }),
  memberId: string("0+", { nullable: "0+" }),
  shareSessionEpoch: int32("0+"),
  maxWaitMs: int32("0+"),
  minBytes: int32("0+"),
  maxBytes: int32("0+", { default: 2147483647 }),
  maxRecords: int32("1+"),
  batchSize: int32("1+"),
  shareAcquireMode: int8("2+", { ignorable: true }),
  isRenewAck: bool("2+"),
  topics: array(
    "0+",
    struct("FetchTopic", {
      topicId: uuid("0+"),
      partitions: array(
        "0+",
        struct("FetchPartition", {
          partitionIndex: int32("0+"),
          partitionMaxBytes: int32("0"),
          acknowledgementBatches: array(
            "0+",
            struct("AcknowledgementBatch", {
              firstOffset: int64("0+"),
              lastOffset: int64("0+"),
              acknowledgeTypes: list("0+", int8),
            }),
          ),
        }),
      ),
    }),
  ),
  forgottenTopicsData: array(
    "0+",
    struct("ForgottenTopic", {
      topicId: uuid("0+"),
      partitions: list("0+", int32),
    }),
  ),
});

export const ShareFetchResponse = message(
  "ShareFetchResponse",
  { versions: "1-2", flexible: "0+" },
  {
    throttleTimeMs: int32("0+"),
    errorCode: int16("0+"),
    errorMessage: string("0+", { nullable: "0+", default: null }),
    acquisitionLockTimeoutMs: int32("1+"),
    responses: array(
      "0+",
      struct("ShareFetchableTopicResponse", {
        topicId: uuid("0+"),
        partitions: array(
          "0+",
          struct("PartitionData", {
            partitionIndex: int32("0+"),
            errorCode: int16("0+"),
            errorMessage: string("0+", { nullable: "0+", default: null }),
            acknowledgeErrorCode: int16("0+"),
            acknowledgeErrorMessage: string("0+", { nullable: "0+", default: null }),
            currentLeader: of(
              "0+",
              struct("LeaderIdAndEpoch", {
                leaderId: int32("0+"),
                leaderEpoch: int32("0+"),
              }),
            ),
            records: records("0+", { nullable: "0" }),
            acquiredRecords: array(
              "0+",
              struct("AcquiredRecords", {
                firstOffset: int64("0+"),
                lastOffset: int64("0+"),
                deliveryCount: int16("0+"),
              }),
            ),
          }),
        ),
      }),
    ),
    nodeEndpoints: array(
      "0+",
      struct("NodeEndpoint", {
        nodeId: int32("0+"),
        host: string("0+"),
        port: int32("0+"),
        rack: string("0+", { nullable: "0+", default: null }),
      }),
    ),
  },
);

export const ShareFetch = api(78, ShareFetchRequest, ShareFetchResponse, ["broker"]);

export type ShareFetchRequest = Decoded<typeof ShareFetchRequest>;
export type ShareFetchResponse = Draft<typeof ShareFetchResponse>;
