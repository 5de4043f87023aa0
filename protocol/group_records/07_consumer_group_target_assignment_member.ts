/** Coordinator record 7, ConsumerGroupTargetAssignmentMember: key and value. */
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

export const ConsumerGroupTargetAssignmentMemberKey = message(
  "ConsumerGroupTargetAssignmentMemberKey",
  { versions: "0", flexible: "none" },
  {
    groupId: string("0"),
    memberId: string("0"),
  },
);

export const ConsumerGroupTargetAssignmentMemberValue = message(
  "ConsumerGroupTargetAssignmentMemberValue",
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

export type ConsumerGroupTargetAssignmentMemberKey = Decoded<
  typeof ConsumerGroupTargetAssignmentMemberKey
>;
export type ConsumerGroupTargetAssignmentMemberValue = Decoded<
  typeof ConsumerGroupTargetAssignmentMemberValue
>;
