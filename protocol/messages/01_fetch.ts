/** API 1, Fetch. */
import {
  api,
  array,
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

export const FetchRequest = message("FetchRequest", { versions: "4-18", flexible: "12+" }, {
  clusterId: string("12+", {
    nullable: "12+",
    tag: 0,
    tagged: "12+",
    default: null,
    ignorable: true,
  }),
  replicaId: int32("0-14", { default: -1 }),
  replicaState: of(
    "15+",
    struct("ReplicaState", {
      replicaId: int32("15+", { default: -1 }),
      replicaEpoch: int64("15+", { default: -1 }),
    }),
    { tag: 1, tagged: "15+" },
  ),
  maxWaitMs: int32("0+"),
  minBytes: int32("0+"),
  maxBytes: int32("3+", { default: 2147483647, ignorable: true }),
  isolationLevel: int8("4+", { ignorable: true }),
  sessionId: int32("7+", { ignorable: true }),
  sessionEpoch: int32("7+", { default: -1, ignorable: true }),
  topics: array(
    "0+",
    struct("FetchTopic", {
      topic: string("0-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitions: array(
        "0+",
        struct("FetchPartition", {
          partition: int32("0+"),
          currentLeaderEpoch: int32("9+", { default: -1, ignorable: true }),
          fetchOffset: int64("0+"),
          lastFetchedEpoch: int32("12+", { default: -1 }),
          logStartOffset: int64("5+", { default: -1, ignorable: true }),
          partitionMaxBytes: int32("0+"),
          replicaDirectoryId: uuid("17+", { tag: 0, tagged: "17+", ignorable: true }),
          highWatermark: int64("18+", {
            tag: 1,
            tagged: "18+",
            default: Infinity,
            ignorable: true,
          }),
        }),
      ),
    }),
  ),
  forgottenTopicsData: array(
    "7+",
    struct("ForgottenTopic", {
      topic: string("7-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitions: list("7+", int32),
    }),
  ),
  rackId: string("11+", { ignorable: true }),
});

export const FetchResponse = message("FetchResponse", { versions: "4-18", flexible: "12+" }, {
  throttleTimeMs: int32("1+", { ignorable: true }),
  errorCode: int16("7+", { ignorable: true }),
  sessionId: int32("7+"),
  responses: array(
    "0+",
    struct("FetchableTopicResponse", {
      topic: string("0-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitions: array(
        "0+",
        struct("PartitionData", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          highWatermark: int64("0+"),
          lastStableOffset: int64("4+", { default: -1, ignorable: true }),
          logStartOffset: int64("5+", { default: -1, ignorable: true }),
          divergingEpoch: of(
            "12+",
            struct("EpochEndOffset", {
              epoch: int32("12+", { default: -1 }),
              endOffset: int64("12+", { default: -1 }),
            }),
            { tag: 0, tagged: "12+" },
          ),
          currentLeader: of(
            "12+",
            struct("LeaderIdAndEpoch", {
              leaderId: int32("12+", { default: -1 }),
              leaderEpoch: int32("12+", { default: -1 }),
            }),
            { tag: 1, tagged: "12+" },
          ),
          snapshotId: of(
            "12+",
            struct("SnapshotId", {
              endOffset: int64("0+", { default: -1 }),
              epoch: int32("0+", { default: -1 }),
            }),
            { tag: 2, tagged: "12+" },
          ),
          abortedTransactions: array(
            "4+",
            struct("AbortedTransaction", {
              producerId: int64("4+"),
              firstOffset: int64("4+"),
            }),
            { nullable: "4+", ignorable: true },
          ),
          preferredReadReplica: int32("11+", { default: -1 }),
          records: records("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
  nodeEndpoints: array(
    "16+",
    struct("NodeEndpoint", {
      nodeId: int32("16+"),
      host: string("16+"),
      port: int32("16+"),
      rack: string("16+", { nullable: "16+", default: null }),
    }),
    { tag: 0, tagged: "16+" },
  ),
});

export const Fetch = api(1, FetchRequest, FetchResponse, ["broker", "controller"]);

export type FetchRequest = Decoded<typeof FetchRequest>;
export type FetchResponse = Draft<typeof FetchResponse>;
