/** Metadata record 21, ZkMigrationState. */
import { type Decoded, int8, message } from "../schema/schema.ts";

export const ZkMigrationStateRecord = message("ZkMigrationStateRecord", {
  versions: "0",
  flexible: "0+",
}, {
  zkMigrationState: int8("0+"),
});

export type ZkMigrationStateRecord = Decoded<typeof ZkMigrationStateRecord>;
