/** API 59, FetchSnapshot. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
  of,
  records,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const FetchSnapshotRequest = message("FetchSnapshotRequest", {
  versions: "0-1",
  flexible: "0+",
}, {
  clusterId: string("0+", { nullable: "0+", tag: 0, tagged: "0+", default: null }),
  replicaId: int32("0+", { default: -1 }),
  maxBytes: int32("0+", { default: 2147483647 }),
  topics: array(
    "0+",
    struct("TopicSnapshot", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("PartitionSnapshot", {
          partition: int32("0+"),
          currentLeaderEpoch: int32("0+"),
          snapshotId: of(
            "0+",
            struct("SnapshotId", {
              endOffset: int64("0+"),
              epoch: int32("0+"),
            }),
          ),
          position: int64("0+"),
          replicaDirectoryId: uuid("1+", { tag: 0, tagged: "1+", ignorable: true }),
        }),
      ),
    }),
  ),
});

export const FetchSnapshotResponse = message("FetchSnapshotResponse", {
  versions: "0-1",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+", { ignorable: true }),
  errorCode: int16("0+"),
  topics: array(
    "0+",
    struct("TopicSnapshot", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("PartitionSnapshot", {
          index: int32("0+"),
          errorCode: int16("0+"),
          snapshotId: of(
            "0+",
            struct("SnapshotId", {
              endOffset: int64("0+"),
              epoch: int32("0+"),
            }),
          ),
          currentLeader: of(
            "0+",
            struct("LeaderIdAndEpoch", {
              leaderId: int32("0+"),
              leaderEpoch: int32("0+"),
            }),
            { tag: 0, tagged: "0+" },
          ),
          size: int64("0+"),
          position: int64("0+"),
          unalignedRecords: records("0+"),
        }),
      ),
    }),
  ),
  nodeEndpoints: array(
    "1+",
    struct("NodeEndpoint", {
      nodeId: int32("1+"),
      host: string("1+"),
      port: uint16("1+"),
    }),
    { tag: 0, tagged: "1+" },
  ),
});

export const FetchSnapshot = api(59, FetchSnapshotRequest, FetchSnapshotResponse, ["controller"]);

export type FetchSnapshotRequest = Decoded<typeof FetchSnapshotRequest>;
export type FetchSnapshotResponse = Draft<typeof FetchSnapshotResponse>;
