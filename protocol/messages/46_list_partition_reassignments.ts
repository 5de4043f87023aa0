/** API 46, ListPartitionReassignments. */
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

export const ListPartitionReassignmentsRequest = message("ListPartitionReassignmentsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  timeoutMs: int32("0+", { default: 60000 }),
  topics: array(
    "0+",
    struct("ListPartitionReassignmentsTopics", {
      name: string("0+"),
      partitionIndexes: list("0+", int32),
    }),
    { nullable: "0+", default: null },
  ),
});

export const ListPartitionReassignmentsResponse = message("ListPartitionReassignmentsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+" }),
  topics: array(
    "0+",
    struct("OngoingTopicReassignment", {
      name: string("0+"),
      partitions: array(
        "0+",
        struct("OngoingPartitionReassignment", {
          partitionIndex: int32("0+"),
          replicas: list("0+", int32),
          addingReplicas: list("0+", int32),
          removingReplicas: list("0+", int32),
        }),
      ),
    }),
  ),
});

export const ListPartitionReassignments = api(
  46,
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
  ["broker", "controller"],
);

export type ListPartitionReassignmentsRequest = Decoded<typeof ListPartitionReassignmentsRequest>;
export type ListPartitionReassignmentsResponse = Draft<typeof ListPartitionReassignmentsResponse>;
