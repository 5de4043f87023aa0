/** Coordinator record 1, OffsetCommit: key and value. */
import { type Decoded, int32, int64, message, string, uuid } from "../schema/schema.ts";

export const OffsetCommitKey = message("OffsetCommitKey", { versions: "0", flexible: "none" }, {
  group: string("0"),
  topic: string("0"),
  partition: int32("0"),
});

export const OffsetCommitValue = message("OffsetCommitValue", { versions: "0-4", flexible: "4+" }, {
  offset: int64("0+"),
  leaderEpoch: int32("3+", { default: -1, ignorable: true }),
  metadata: string("0+"),
  commitTimestamp: int64("0+"),
  expireTimestamp: int64("1", { default: -1, ignorable: true }),
  topicId: uuid("4+", { tag: 0, tagged: "4+", ignorable: true }),
});

export type OffsetCommitKey = Decoded<typeof OffsetCommitKey>;
export type OffsetCommitValue = Decoded<typeof OffsetCommitValue>;
