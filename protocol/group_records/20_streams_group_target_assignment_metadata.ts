/** Coordinator record 20, StreamsGroupTargetAssignmentMetadata: key and value. */
import { type Decoded, int32, int64, message, string } from "../schema/schema.ts";

export const StreamsGroupTargetAssignmentMetadataKey = message(
  "StreamsGroupTargetAssignmentMetadataKey",
  { versions: "0", flexible: "none" },
  {
    groupId: string("0"),
  },
);

export const StreamsGroupTargetAssignmentMetadataValue = message(
  "StreamsGroupTargetAssignmentMetadataValue",
  { versions: "0", flexible: "0+" },
  {
    assignmentEpoch: int32("0+"),
    assignmentTimestamp: int64("0+", { tag: 0, tagged: "0+", ignorable: true }),
  },
);

export type StreamsGroupTargetAssignmentMetadataKey = Decoded<
  typeof StreamsGroupTargetAssignmentMetadataKey
>;
export type StreamsGroupTargetAssignmentMetadataValue = Decoded<
  typeof StreamsGroupTargetAssignmentMetadataValue
>;
