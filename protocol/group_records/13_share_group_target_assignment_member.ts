/** Coordinator record 13, ShareGroupTargetAssignmentMember: key and value. */
import {
  array,
  type Decoded,
  int32,
  list,
  message,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ShareGroupTargetAssignmentMemberKey = message("ShareGroupTargetAssignmentMemberKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
  memberId: string("0"),
});

export const ShareGroupTargetAssignmentMemberValue = message(
  "ShareGroupTargetAssignmentMemberValue",
  { versions: "0", flexible: "0+" },
  {
    topicPartitions: array(
      "0+",
      struct("TopicPartition", {
        topicId: uuid("0+"),
        partitions: list("0+", int32),
      }),
    ),
  },
);

export type ShareGroupTargetAssignmentMemberKey = Decoded<
  typeof ShareGroupTargetAssignmentMemberKey
>;
export type ShareGroupTargetAssignmentMemberValue = Decoded<
  typeof ShareGroupTargetAssignmentMemberValue
>;
