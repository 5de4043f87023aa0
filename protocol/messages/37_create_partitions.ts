/** API 37, CreatePartitions. */
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

export const CreatePartitionsRequest = message("CreatePartitionsRequest", {
  versions: "0-3",
  flexible: "2+",
}, {
  topics: array(
    "0+",
    struct("CreatePartitionsTopic", {
      name: string("0+"),
      count: int32("0+"),
      assignments: array(
        "0+",
        struct("CreatePartitionsAssignment", {
          brokerIds: list("0+", int32),
        }),
        { nullable: "0+" },
      ),
    }),
  ),
  timeoutMs: int32("0+"),
  validateOnly: bool("0+"),
});

export const CreatePartitionsResponse = message("CreatePartitionsResponse", {
  versions: "0-3",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+"),
  results: array(
    "0+",
    struct("CreatePartitionsTopicResult", {
      name: string("0+"),
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+", default: null }),
    }),
  ),
});

export const CreatePartitions = api(37, CreatePartitionsRequest, CreatePartitionsResponse, [
  "broker",
  "controller",
]);

export type CreatePartitionsRequest = Decoded<typeof CreatePartitionsRequest>;
export type CreatePartitionsResponse = Draft<typeof CreatePartitionsResponse>;
