/** API 68, ConsumerGroupHeartbeat. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  list,
  message,
  of,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ConsumerGroupHeartbeatRequest = message("ConsumerGroupHeartbeatRequest", {
  versions: "0-1",
  flexible: "0+",
}, {
  groupId: string("0+"),
  memberId: string("0+"),
  memberEpoch: int32("0+"),
  instanceId: string("0+", { nullable: "0+", default: null }),
  rackId: string("0+", { nullable: "0+", default: null }),
  rebalanceTimeoutMs: int32("0+", { default: -1 }),
  subscribedTopicNames: list("0+", string, { nullable: "0+", default: null }),
  subscribedTopicRegex: string("1+", { nullable: "1+", default: null }),
  serverAssignor: string("0+", { nullable: "0+", default: null }),
  topicPartitions: array(
    "0+",
    struct("TopicPartitions", {
      topicId: uuid("0+"),
      partitions: list("0+", int32),
    }),
    { nullable: "0+", default: null },
  ),
});

const TopicPartitions = struct("TopicPartitions", {
  topicId: uuid("0+"),
  partitions: list("0+", int32),
});

export const ConsumerGroupHeartbeatResponse = message("ConsumerGroupHeartbeatResponse", {
  versions: "0-1",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+", default: null }),
  memberId: string("0+", { nullable: "0+", default: null }),
  memberEpoch: int32("0+"),
  heartbeatIntervalMs: int32("0+"),
  assignment: of(
    "0+",
    struct("Assignment", {
      topicPartitions: array("0+", TopicPartitions),
    }),
    { nullable: "0+", default: null },
  ),
});

export const ConsumerGroupHeartbeat = api(
  68,
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
  ["broker"],
);

export type ConsumerGroupHeartbeatRequest = Decoded<typeof ConsumerGroupHeartbeatRequest>;
export type ConsumerGroupHeartbeatResponse = Draft<typeof ConsumerGroupHeartbeatResponse>;
