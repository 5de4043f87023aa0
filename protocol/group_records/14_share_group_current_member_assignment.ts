/** Coordinator record 14, ShareGroupCurrentMemberAssignment: key and value. */
import {
  array,
  type Decoded,
  int32,
  int8,
  list,
  message,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ShareGroupCurrentMemberAssignmentKey = message(
  "ShareGroupCurrentMemberAssignmentKey",
  { versions: "0", flexible: "none" },
  {
    groupId: string("0"),
    memberId: string("0"),
  },
);

const TopicPartitions = struct("TopicPartitions", {
  topicId: uuid("0+"),
  partitions: list("0+", int32),
});

export const ShareGroupCurrentMemberAssignmentValue = message(
  "ShareGroupCurrentMemberAssignmentValue",
  { versions: "0", flexible: "0+" },
  {
    memberEpoch: int32("0+"),
    previousMemberEpoch: int32("0+"),
    state: int8("0+"),
    assignedPartitions: array("0+", TopicPartitions),
  },
);

export type ShareGroupCurrentMemberAssignmentKey = Decoded<
  typeof ShareGroupCurrentMemberAssignmentKey
>;
export type ShareGroupCurrentMemberAssignmentValue = Decoded<
  typeof ShareGroupCurrentMemberAssignmentValue
>;
