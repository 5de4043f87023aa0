/** Metadata record 14, ClientQuota. */
import { array, bool, type Decoded, float64, message, string, struct } from "../schema/schema.ts";

export const ClientQuotaRecord = message("ClientQuotaRecord", { versions: "0", flexible: "0+" }, {
  entity: array(
    "0+",
    struct("EntityData", {
      entityType: string("0+"),
      entityName: string("0+", { nullable: "0+" }),
    }),
  ),
  key: string("0+"),
  value: float64("0+"),
  remove: bool("0+"),
});

export type ClientQuotaRecord = Decoded<typeof ClientQuotaRecord>;
