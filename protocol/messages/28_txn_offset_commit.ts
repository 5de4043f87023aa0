/** API 28, TxnOffsetCommit. */
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

export const TxnOffsetCommitRequest = message("TxnOffsetCommitRequest", {
  versions: "0-5",
  flexible: "3+",
}, {
  transactionalId: string("0+"),
  groupId: string("0+"),
  producerId: int64("0+"),
  producerEpoch: int16("0+"),
  generationId: int32("3+", { default: -1 }),
  memberId: string("3+"),
  groupInstanceId: string("3+", { nullable: "3+", default: null }),
  topics: array(
    "0+",
    struct("TxnOffsetCommitRequestTopic", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("TxnOffsetCommitRequestPartition", {
          partitionIndex: int32("0+"),
          committedOffset: int64("0+"),
          committedLeaderEpoch: int32("2+", { default: -1, ignorable: true }),
          committedMetadata: string("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
});

export const TxnOffsetCommitResponse = message("TxnOffsetCommitResponse", {
  versions: "0-5",
  flexible: "3+",
}, {
  throttleTimeMs: int32("0+"),
  topics: array(
    "0+",
    struct("TxnOffsetCommitResponseTopic", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("TxnOffsetCommitResponsePartition", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
        }),
      ),
    }),
  ),
});

export const TxnOffsetCommit = api(28, TxnOffsetCommitRequest, TxnOffsetCommitResponse, ["broker"]);

export type TxnOffsetCommitRequest = Decoded<typeof TxnOffsetCommitRequest>;
export type TxnOffsetCommitResponse = Draft<typeof TxnOffsetCommitResponse>;
