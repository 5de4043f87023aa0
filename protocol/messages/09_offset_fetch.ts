/** API 9, OffsetFetch. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  list,
  message,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const OffsetFetchRequest = message("OffsetFetchRequest", {
  versions: "1-10",
  flexible: "6+",
}, {
  groupId: string("0-7"),
  topics: array(
    "0-7",
    struct("OffsetFetchRequestTopic", {
      name: string("0-7"),
      partitionIndexes: list("0-7", int32),
    }),
    { nullable: "2-7" },
  ),
  groups: array(
    "8+",
    struct("OffsetFetchRequestGroup", {
      groupId: string("8+"),
      memberId: string("9+", { nullable: "9+", default: null, ignorable: true }),
      memberEpoch: int32("9+", { default: -1, ignorable: true }),
      topics: array(
        "8+",
        struct("OffsetFetchRequestTopics", {
          name: string("8-9", { ignorable: true }),
          topicId: uuid("10+", { ignorable: true }),
          partitionIndexes: list("8+", int32),
        }),
        { nullable: "8+" },
      ),
    }),
  ),
  requireStable: bool("7+"),
});

export const OffsetFetchResponse = message("OffsetFetchResponse", {
  versions: "1-10",
  flexible: "6+",
}, {
  throttleTimeMs: int32("3+", { ignorable: true }),
  topics: array(
    "0-7",
    struct("OffsetFetchResponseTopic", {
      name: string("0-7"),
      partitions: array(
        "0-7",
        struct("OffsetFetchResponsePartition", {
          partitionIndex: int32("0-7"),
          committedOffset: int64("0-7"),
          committedLeaderEpoch: int32("5-7", { default: -1, ignorable: true }),
          metadata: string("0-7", { nullable: "0-7" }),
          errorCode: int16("0-7"),
        }),
      ),
    }),
  ),
  errorCode: int16("2-7", { ignorable: true }),
  groups: array(
    "8+",
    struct("OffsetFetchResponseGroup", {
      groupId: string("8+"),
      topics: array(
        "8+",
        struct("OffsetFetchResponseTopics", {
          name: string("8-9", { ignorable: true }),
          topicId: uuid("10+", { ignorable: true }),
          partitions: array(
            "8+",
            struct("OffsetFetchResponsePartitions", {
              partitionIndex: int32("8+"),
              committedOffset: int64("8+"),
              committedLeaderEpoch: int32("8+", { default: -1, ignorable: true }),
              metadata: string("8+", { nullable: "8+" }),
              errorCode: int16("8+"),
            }),
          ),
        }),
      ),
      errorCode: int16("8+"),
    }),
  ),
});

export const OffsetFetch = api(9, OffsetFetchRequest, OffsetFetchResponse, ["broker"]);

export type OffsetFetchRequest = Decoded<typeof OffsetFetchRequest>;
export type OffsetFetchResponse = Draft<typeof OffsetFetchResponse>;
