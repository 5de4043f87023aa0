/** Coordinator record 8, ConsumerGroupCurrentMemberAssignment: key and value. */
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

export const ConsumerGroupCurrentMemberAssignmentKey = message(
  "ConsumerGroupCurrentMemberAssignmentKey",
  { versions: "0", flexible: "none" },
  {
    groupId: string("0"),
    memberId: string("0"),
  },
);

const TopicPartitions = struct("TopicPartitions", {
  topicId: uuid("0+"),
  partitions: list("0+", int32),
  // Kafka's source says JSON null for the default, which its generator takes as none: empty.
  assignmentEpochs: list("0+", int32, { nullable: "0+", tag: 0, tagged: "0+" }),
});

export const ConsumerGroupCurrentMemberAssignmentValue = message(
  "ConsumerGroupCurrentMemberAssignmentValue",
  { versions: "0", flexible: "0+" },
  {
    memberEpoch: int32("0+"),
    previousMemberEpoch: int32("0+"),
    state: int8("0+"),
    assignedPartitions: array("0+", TopicPartitions),
    partitionsPendingRevocation: array("0+", TopicPartitions),
  },
);

export type ConsumerGroupCurrentMemberAssignmentKey = Decoded<
  typeof ConsumerGroupCurrentMemberAssignmentKey
>;
export type ConsumerGroupCurrentMemberAssignmentValue = Decoded<
  typeof ConsumerGroupCurrentMemberAssignmentValue
>;
