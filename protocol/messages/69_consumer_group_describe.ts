/** API 69, ConsumerGroupDescribe. */
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
  of,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ConsumerGroupDescribeRequest = message("ConsumerGroupDescribeRequest", {
  versions: "0-1",
  flexible: "0+",
}, {
  groupIds: list("0+", string),
  includeAuthorizedOperations: bool("0+"),
});

const TopicPartitions = struct("TopicPartitions", {
  topicId: uuid("0+"),
  topicName: string("0+"),
  partitions: list("0+", int32),
});

const Assignment = struct("Assignment", {
  topicPartitions: array("0+", TopicPartitions),
});

export const ConsumerGroupDescribeResponse = message("ConsumerGroupDescribeResponse", {
  versions: "0-1",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  groups: array(
    "0+",
    struct("DescribedGroup", {
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+", default: null }),
      groupId: string("0+"),
      groupState: string("0+"),
      groupEpoch: int32("0+"),
      assignmentEpoch: int32("0+"),
      assignorName: string("0+"),
      members: array(
        "0+",
        struct("Member", {
          memberId: string("0+"),
          instanceId: string("0+", { nullable: "0+", default: null }),
          rackId: string("0+", { nullable: "0+", default: null }),
          memberEpoch: int32("0+"),
          clientId: string("0+"),
          clientHost: string("0+"),
          subscribedTopicNames: list("0+", string),
          subscribedTopicRegex: string("0+", { nullable: "0+", default: null }),
          assignment: of("0+", Assignment),
          targetAssignment: of("0+", Assignment),
          memberType: int8("1+", { default: -1, ignorable: true }),
        }),
      ),
      authorizedOperations: int32("0+", { default: -2147483648 }),
    }),
  ),
});

export const ConsumerGroupDescribe = api(
  69,
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
  ["broker"],
);

export type ConsumerGroupDescribeRequest = Decoded<typeof ConsumerGroupDescribeRequest>;
export type ConsumerGroupDescribeResponse = Draft<typeof ConsumerGroupDescribeResponse>;
