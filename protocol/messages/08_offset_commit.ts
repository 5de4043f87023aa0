/** API 8, OffsetCommit. */
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

export const OffsetCommitRequest = message("OffsetCommitRequest", {
  versions: "2-10",
  flexible: "8+",
}, {
  groupId: string("0+"),
  generationIdOrMemberEpoch: int32("1+", { default: -1, ignorable: true }),
  memberId: string("1+", { ignorable: true }),
  groupInstanceId: string("7+", { nullable: "7+", default: null }),
  retentionTimeMs: int64("2-4", { default: -1, ignorable: true }),
  topics: array(
    "0+",
    struct("OffsetCommitRequestTopic", {
      name: string("0-9", { ignorable: true }),
      topicId: uuid("10+", { ignorable: true }),
      partitions: array(
        "0+",
        struct("OffsetCommitRequestPartition", {
          partitionIndex: int32("0+"),
          committedOffset: int64("0+"),
          committedLeaderEpoch: int32("6+", { default: -1, ignorable: true }),
          committedMetadata: string("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
});

export const OffsetCommitResponse = message("OffsetCommitResponse", {
  versions: "2-10",
  flexible: "8+",
}, {
  throttleTimeMs: int32("3+", { ignorable: true }),
  topics: array(
    "0+",
    struct("OffsetCommitResponseTopic", {
      name: string("0-9", { ignorable: true }),
      topicId: uuid("10+", { ignorable: true }),
      partitions: array(
        "0+",
        struct("OffsetCommitResponsePartition", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
        }),
      ),
    }),
  ),
});

export const OffsetCommit = api(8, OffsetCommitRequest, OffsetCommitResponse, ["broker"]);

export type OffsetCommitRequest = Decoded<typeof OffsetCommitRequest>;
export type OffsetCommitResponse = Draft<typeof OffsetCommitResponse>;
