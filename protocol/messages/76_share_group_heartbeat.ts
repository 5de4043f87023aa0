/** API 76, ShareGroupHeartbeat. */
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

export const ShareGroupHeartbeatRequest = message("ShareGroupHeartbeatRequest", {
  versions: "1",
  flexible: "0+",
}, {
  groupId: string("0+"),
  memberId: string("0+"),
  memberEpoch: int32("0+"),
  rackId: string("0+", { nullable: "0+", default: null }),
  subscribedTopicNames: list("0+", string, { nullable: "0+", default: null }),
});

const TopicPartitions = struct("TopicPartitions", {
  topicId: uuid("0+"),
  partitions: list("0+", int32),
});

export const ShareGroupHeartbeatResponse = message("ShareGroupHeartbeatResponse", {
  versions: "1",
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

export const ShareGroupHeartbeat = api(
  76,
  ShareGroupHeartbeatRequest,
  ShareGroupHeartbeatResponse,
  ["broker"],
);

export type ShareGroupHeartbeatRequest = Decoded<typeof ShareGroupHeartbeatRequest>;
export type ShareGroupHeartbeatResponse = Draft<typeof ShareGroupHeartbeatResponse>;
