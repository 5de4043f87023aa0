/** Control record: SnapshotFooterRecord. */
import { type Decoded, int16, message } from "../schema/schema.ts";

export const SnapshotFooterRecord = message("SnapshotFooterRecord", {
  versions: "0",
  flexible: "0+",
}, {
  version: int16("0+"),
});

export type SnapshotFooterRecord = Decoded<typeof SnapshotFooterRecord>;
