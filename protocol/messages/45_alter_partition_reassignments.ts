/** API 45, AlterPartitionReassignments. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const AlterPartitionReassignmentsRequest = message("AlterPartitionReassignmentsRequest", {
  versions: "0-1",
  flexible: "0+",
}, {
  timeoutMs: int32("0+", { default: 60000 }),
  allowReplicationFactorChange: bool("1+", { default: true }),
  topics: array(
    "0+",
    struct("ReassignableTopic", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("ReassignablePartition", {
          partitionIndex: int32("0+"),
          replicas: list("0+", int32, { nullable: "0+", default: null }),
        }),
      ),
    }),
  ),
});

export const AlterPartitionReassignmentsResponse = message("AlterPartitionReassignmentsResponse", {
  versions: "0-1",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  allowReplicationFactorChange: bool("1+", { default: true, ignorable: true }),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+" }),
  responses: array(
    "0+",
    struct("ReassignableTopicResponse", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("ReassignablePartitionResponse", {
          partitionIndex: int32("0+"),
          errorCode: int16("0+"),
          errorMessage: string("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
});

export const AlterPartitionReassignments = api(
  45,
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
  ["broker", "controller"],
);

export type AlterPartitionReassignmentsRequest = Decoded<typeof AlterPartitionReassignmentsRequest>;
export type AlterPartitionReassignmentsResponse = Draft<typeof AlterPartitionReassignmentsResponse>;
