/** Coordinator record 6, ConsumerGroupTargetAssignmentMetadata: key and value. */
import { type Decoded, int32, int64, message, string } from "../schema/schema.ts";

export const ConsumerGroupTargetAssignmentMetadataKey = message(
  "ConsumerGroupTargetAssignmentMetadataKey",
  { versions: "0", flexible: "none" },
  {
    groupId: string("0"),
  },
);

export const ConsumerGroupTargetAssignmentMetadataValue = message(
  "ConsumerGroupTargetAssignmentMetadataValue",
  { versions: "0", flexible: "0+" },
  {
    assignmentEpoch: int32("0+"),
    assignmentTimestamp: int64("0+", { tag: 0, tagged: "0+", ignorable: true }),
  },
);

export type ConsumerGroupTargetAssignmentMetadataKey = Decoded<
  typeof ConsumerGroupTargetAssignmentMetadataKey
>;
export type ConsumerGroupTargetAssignmentMetadataValue = Decoded<
  typeof ConsumerGroupTargetAssignmentMetadataValue
>;
