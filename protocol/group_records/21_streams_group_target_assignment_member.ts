/** Coordinator record 21, StreamsGroupTargetAssignmentMember: key and value. */
import { array, type Decoded, int32, list, message, string, struct } from "../schema/schema.ts";

export const StreamsGroupTargetAssignmentMemberKey = message(
  "StreamsGroupTargetAssignmentMemberKey",
  { versions: "0", flexible: "none" },
  {
    groupId: string("0"),
    memberId: string("0"),
  },
);

const TaskIds = struct("TaskIds", {
  subtopologyId: string("0+"),
  partitions: list("0+", int32),
});

export const StreamsGroupTargetAssignmentMemberValue = message(
  "StreamsGroupTargetAssignmentMemberValue",
  { versions: "0", flexible: "0+" },
  {
    activeTasks: array("0+", TaskIds),
    standbyTasks: array("0+", TaskIds),
    warmupTasks: array("0+", TaskIds),
  },
);

export type StreamsGroupTargetAssignmentMemberKey = Decoded<
  typeof StreamsGroupTargetAssignmentMemberKey
>;
export type StreamsGroupTargetAssignmentMemberValue = Decoded<
  typeof StreamsGroupTargetAssignmentMemberValue
>;
