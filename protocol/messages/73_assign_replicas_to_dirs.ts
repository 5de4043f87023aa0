/** API 73, AssignReplicasToDirs. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
  struct,
  uuid,
} from "../schema/schema.ts";

export const AssignReplicasToDirsRequest = message("AssignReplicasToDirsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
  brokerEpoch: int64("0+", { default: -1 }),
  directories: array(
    "0+",
    struct("DirectoryData", {
      id: uuid("0+"),
      topics: array(
        "0+",
        struct("TopicData", {
          topicId: uuid("0+"),
          partitions: array(
            "0+",
            struct("PartitionData", {
              partitionIndex: int32("0+"),
            }),
          ),
        }),
      ),
    }),
  ),
});

export const AssignReplicasToDirsResponse = message("AssignReplicasToDirsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  directories: array(
    "0+",
    struct("DirectoryData", {
      id: uuid("0+"),
      topics: array(
        "0+",
        struct("TopicData", {
          topicId: uuid("0+"),
          partitions: array(
            "0+",
            struct("PartitionData", {
              partitionIndex: int32("0+"),
              errorCode: int16("0+"),
            }),
          ),
        }),
      ),
    }),
  ),
});

export const AssignReplicasToDirs = api(
  73,
  AssignReplicasToDirsRequest,
  AssignReplicasToDirsResponse,
  ["controller"],
);

export type AssignReplicasToDirsRequest = Decoded<typeof AssignReplicasToDirsRequest>;
export type AssignReplicasToDirsResponse = Draft<typeof AssignReplicasToDirsResponse>;
