/** Coordinator record 22, StreamsGroupCurrentMemberAssignment: key and value. */
import {
  array,
  type Decoded,
  int32,
  int8,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const StreamsGroupCurrentMemberAssignmentKey = message(
  "StreamsGroupCurrentMemberAssignmentKey",
  { versions: "0", flexible: "none" },
  {
    groupId: string("0"),
    memberId: string("0"),
  },
);

const TaskIds = struct("TaskIds", {
  subtopologyId: string("0+"),
  partitions: list("0+", int32),
  // Kafka's source says JSON null for the default, which its generator takes as none: empty.
  assignmentEpochs: list("0+", int32, { nullable: "0+", tag: 0, tagged: "0+" }),
});

export const StreamsGroupCurrentMemberAssignmentValue = message(
  "StreamsGroupCurrentMemberAssignmentValue",
  { versions: "0", flexible: "0+" },
  {
    memberEpoch: int32("0+"),
    previousMemberEpoch: int32("0+"),
    state: int8("0+"),
    activeTasks: array("0+", TaskIds),
    standbyTasks: array("0+", TaskIds),
    warmupTasks: array("0+", TaskIds),
    activeTasksPendingRevocation: array("0+", TaskIds),
    standbyTasksPendingRevocation: array("0+", TaskIds),
    warmupTasksPendingRevocation: array("0+", TaskIds),
  },
);

export type StreamsGroupCurrentMemberAssignmentKey = Decoded<
  typeof StreamsGroupCurrentMemberAssignmentKey
>;
export type StreamsGroupCurrentMemberAssignmentValue = Decoded<
  typeof StreamsGroupCurrentMemberAssignmentValue
>;
