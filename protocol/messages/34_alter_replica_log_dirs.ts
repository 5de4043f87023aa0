/** API 34, AlterReplicaLogDirs. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const AlterReplicaLogDirsRequest = message("AlterReplicaLogDirsRequest", {
  versions: "1-2",
  flexible: "2+",
}, {
  dirs: array(
    "0+",
    struct("AlterReplicaLogDir", {
      path: string("0+"),
      topics: array(
        "0+",
        struct("AlterReplicaLogDirTopic", {
          name: string("0+"),
          partitions: list("0+", int32),
        }),
      ),
    }),
  ),
});

export const AlterReplicaLogDirsResponse = message("AlterReplicaLogDirsResponse", {
  versions: "1-2",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+"),
  results: array(
    "0+",
    struct("AlterReplicaLogDirTopicResult", {
      topicName: string("0+"),
      partitions: array(
        "0+",
        struct("AlterReplicaLogDirPartitionResult", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
        }),
      ),
    }),
  ),
});

export const AlterReplicaLogDirs = api(
  34,
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
  ["broker"],
);

export type AlterReplicaLogDirsRequest = Decoded<typeof AlterReplicaLogDirsRequest>;
export type AlterReplicaLogDirsResponse = Draft<typeof AlterReplicaLogDirsResponse>;
