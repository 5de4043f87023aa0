/** API 19, CreateTopics. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  list,
  message,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const CreateTopicsRequest = message("CreateTopicsRequest", {
  versions: "2-7",
  flexible: "5+",
}, {
  topics: array(
    "0+",
    struct("CreatableTopic", {
      name: string("0+"),
      numPartitions: int32("0+"),
      replicationFactor: int16("0+"),
      assignments: array(
        "0+",
        struct("CreatableReplicaAssignment", {
          partitionIndex: int32("0+"),
          brokerIds: list("0+", int32),
        }),
      ),
      configs: array(
        "0+",
        struct("CreatableTopicConfig", {
          name: string("0+"),
          value: string("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
  timeoutMs: int32("0+", { default: 60000 }),
  validateOnly: bool("1+"),
});

export const CreateTopicsResponse = message("CreateTopicsResponse", {
  versions: "2-7",
  flexible: "5+",
}, {
  throttleTimeMs: int32("2+", { ignorable: true }),
  topics: array(
    "0+",
    struct("CreatableTopicResult", {
      name: string("0+"),
      topicId: uuid("7+", { ignorable: true }),
      errorCode: int16("0+"),
      errorMessage: string("1+", { nullable: "0+", ignorable: true }),
      topicConfigErrorCode: int16("5+", { tag: 0, tagged: "5+", ignorable: true }),
      numPartitions: int32("5+", { default: -1, ignorable: true }),
      replicationFactor: int16("5+", { default: -1, ignorable: true }),
      configs: array(
        "5+",
        struct("CreatableTopicConfigs", {
          name: string("5+"),
          value: string("5+", { nullable: "5+" }),
          readOnly: bool("5+"),
          configSource: int8("5+", { default: -1, ignorable: true }),
          isSensitive: bool("5+"),
        }),
        { nullable: "5+", ignorable: true },
      ),
    }),
  ),
});

export const CreateTopics = api(19, CreateTopicsRequest, CreateTopicsResponse, [
  "broker",
  "controller",
]);

export type CreateTopicsRequest = Decoded<typeof CreateTopicsRequest>;
export type CreateTopicsResponse = Draft<typeof CreateTopicsResponse>;
