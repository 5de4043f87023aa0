/** API 20, DeleteTopics. */
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
  uuid,
} from "../schema/schema.ts";

export const DeleteTopicsRequest = message("DeleteTopicsRequest", {
  versions: "1-6",
  flexible: "4+",
}, {
  topics: array(
    "6+",
    struct("DeleteTopicState", {
      name: string("6+", { nullable: "6+", default: null }),
      topicId: uuid("6+"),
    }),
  ),
  topicNames: list("0-5", string, { ignorable: true }),
  timeoutMs: int32("0+"),
});

export const DeleteTopicsResponse = message("DeleteTopicsResponse", {
  versions: "1-6",
  flexible: "4+",
}, {
  throttleTimeMs: int32("1+", { ignorable: true }),
  responses: array(
    "0+",
    struct("DeletableTopicResult", {
      name: string("0+", { nullable: "6+" }),
      topicId: uuid("6+", { ignorable: true }),
      errorCode: int16("0+"),
      errorMessage: string("5+", { nullable: "5+", default: null, ignorable: true }),
    }),
  ),
});

export const DeleteTopics = api(20, DeleteTopicsRequest, DeleteTopicsResponse, [
  "broker",
  "controller",
]);

export type DeleteTopicsRequest = Decoded<typeof DeleteTopicsRequest>;
export type DeleteTopicsResponse = Draft<typeof DeleteTopicsResponse>;
