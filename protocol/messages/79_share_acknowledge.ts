/** API 79, ShareAcknowledge. */
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
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ShareAcknowledgeRequest = message("ShareAcknowledgeRequest", {
  versions: "1-2",
  flexible: "0+",
}, {
  groupId: string("0+", { nullable: "0+", default: null }),
  memberId: string("0+", { nullable: "0+" }),
  shareSessionEpoch: int32("0+"),
  isRenewAck: bool("2+"),
  topics: array(
    "0+",
    struct("AcknowledgeTopic", {
      topicId: uuid("0+"),
      partitions: array(
        "0+",
        struct("AcknowledgePartition", {
          partitionIndex: int32("0+"),
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
});

export const ShareAcknowledgeResponse = message("ShareAcknowledgeResponse", {
  versions: "1-2",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+", default: null }),
  acquisitionLockTimeoutMs: int32("2+", { ignorable: true }),
  responses: array(
    "0+",
    struct("ShareAcknowledgeTopicResponse", {
      topicId: uuid("0+"),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          errorMessage: string("0+", { nullable: "0+", default: null }),
          currentLeader: of(
            "0+",
            struct("LeaderIdAndEpoch", {
              leaderId: int32("0+"),
              leaderEpoch: int32("0+"),
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
});

export const ShareAcknowledge = api(79, ShareAcknowledgeRequest, ShareAcknowledgeResponse, [
  "broker",
]);

export type ShareAcknowledgeRequest = Decoded<typeof ShareAcknowledgeRequest>;
export type ShareAcknowledgeResponse = Draft<typeof ShareAcknowledgeResponse>;
