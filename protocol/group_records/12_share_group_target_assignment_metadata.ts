/** Coordinator record 12, ShareGroupTargetAssignmentMetadata: key and value. */
import { type Decoded, int32, int64, message, string } from "../schema/schema.ts";

export const ShareGroupTargetAssignmentMetadataKey = message(
  "ShareGroupTargetAssignmentMetadataKey",
  { versions: "0", flexible: "none" },
  {
    groupId: string("0"),
  },
);

export const ShareGroupTargetAssignmentMetadataValue = message(
  "ShareGroupTargetAssignmentMetadataValue",
  { versions: "0", flexible: "0+" },
  {
    assignmentEpoch: int32("0+"),
    assignmentTimestamp: int64("0+", { tag: 0, tagged: "0+", ignorable: true }),
  },
);

export type ShareGroupTargetAssignmentMetadataKey = Decoded<
  typeof ShareGroupTargetAssignmentMetadataKey
>;
export type ShareGroupTargetAssignmentMetadataValue = Decoded<
  typeof ShareGroupTargetAssignmentMetadataValue
>;
