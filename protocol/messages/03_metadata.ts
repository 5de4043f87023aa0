/** API 3, Metadata. */
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
  uuid,
} from "../schema/schema.ts";

export const MetadataRequest = message("MetadataRequest", { versions: "0-13", flexible: "9+" }, {
  topics: array(
    "0+",
    struct("MetadataRequestTopic", {
      topicId: uuid("10+", { ignorable: true }),
      name: string("0+", { nullable: "10+" }),
    }),
    { nullable: "1+" },
  ),
  allowAutoTopicCreation: bool("4+", { default: true }),
  includeClusterAuthorizedOperations: bool("8-10"),
  includeTopicAuthorizedOperations: bool("8+"),
});

export const MetadataResponse = message("MetadataResponse", { versions: "0-13", flexible: "9+" }, {
  throttleTimeMs: int32("3+", { ignorable: true }),
  brokers: array(
    "0+",
    struct("MetadataResponseBroker", {
      nodeId: int32("0+"),
      host: string("0+"),
      port: int32("0+"),
      rack: string("1+", { nullable: "1+", default: null, ignorable: true }),
    }),
  ),
  clusterId: string("2+", { nullable: "2+", default: null, ignorable: true }),
  controllerId: int32("1+", { default: -1, ignorable: true }),
  topics: array(
    "0+",
    struct("MetadataResponseTopic", {
      errorCode: int16("0+"),
      name: string("0+", { nullable: "12+" }),
      topicId: uuid("10+", { ignorable: true }),
      isInternal: bool("1+", { ignorable: true }),
      partitions: array(
        "0+",
        struct("MetadataResponsePartition", {
          errorCode: int16("0+"),
          partitionIndex: int32("0+"),
          leaderId: int32("0+"),
          leaderEpoch: int32("7+", { default: -1, ignorable: true }),
          replicaNodes: list("0+", int32),
          isrNodes: list("0+", int32),
          offlineReplicas: list("5+", int32, { ignorable: true }),
        }),
      ),
      topicAuthorizedOperations: int32("8+", { default: -2147483648 }),
    }),
  ),
  clusterAuthorizedOperations: int32("8-10", { default: -2147483648 }),
  errorCode: int16("13+", { ignorable: true }),
});

export const Metadata = api(3, MetadataRequest, MetadataResponse, ["broker"]);

export type MetadataRequest = Decoded<typeof MetadataRequest>;
export type MetadataResponse = Draft<typeof MetadataResponse>;
