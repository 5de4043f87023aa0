/** Control record: SnapshotHeaderRecord. */
import { type Decoded, int16, int64, message } from "../schema/schema.ts";

export const SnapshotHeaderRecord = message("SnapshotHeaderRecord", {
  versions: "0",
  flexible: "0+",
}, {
  version: int16("0+"),
  lastContainedLogTimestamp: int64("0+"),
});

export type SnapshotHeaderRecord = Decoded<typeof SnapshotHeaderRecord>;
