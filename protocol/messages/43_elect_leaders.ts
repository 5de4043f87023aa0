/** API 43, ElectLeaders. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const ElectLeadersRequest = message("ElectLeadersRequest", {
  versions: "0-2",
  flexible: "2+",
}, {
  electionType: int8("1+"),
  topicPartitions: array(
    "0+",
    struct("TopicPartitions", {
      topic: string("0+"),
      partitions: list("0+", int32),
    }),
    { nullable: "0+" },
  ),
  timeoutMs: int32("0+", { default: 60000 }),
});

export const ElectLeadersResponse = message("ElectLeadersResponse", {
  versions: "0-2",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("1+"),
  replicaElectionResults: array(
    "0+",
    struct("ReplicaElectionResult", {
      topic: string("0+"),
      partitionResult: array(
        "0+",
        struct("PartitionResult", {
          partitionId: int32("0+"),
          errorCode: int16("0+"),
          errorMessage: string("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
});

export const ElectLeaders = api(43, ElectLeadersRequest, ElectLeadersResponse, [
  "broker",
  "controller",
]);

export type ElectLeadersRequest = Decoded<typeof ElectLeadersRequest>;
export type ElectLeadersResponse = Draft<typeof ElectLeadersResponse>;
