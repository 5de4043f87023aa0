/** Coordinator record 0, LegacyOffsetCommit: key and value. */
import { type Decoded, int32, int64, message, string } from "../schema/schema.ts";

export const LegacyOffsetCommitKey = message("LegacyOffsetCommitKey", {
  versions: "0",
  flexible: "none",
}, {
  group: string("0"),
  topic: string("0"),
  partition: int32("0"),
});

export const LegacyOffsetCommitValue = message("LegacyOffsetCommitValue", {
  versions: "0",
  flexible: "none",
}, {
  offset: int64("0"),
  metadata: string("0"),
  commitTimestamp: int64("0"),
});

export type LegacyOffsetCommitKey = Decoded<typeof LegacyOffsetCommitKey>;
export type LegacyOffsetCommitValue = Decoded<typeof LegacyOffsetCommitValue>;
