/** Metadata record 4, Config. */
import { type Decoded, int8, message, string } from "../schema/schema.ts";

export const ConfigRecord = message("ConfigRecord", { versions: "0", flexible: "0+" }, {
  resourceType: int8("0+"),
  resourceName: string("0+"),
  name: string("0+"),
  value: string("0+", { nullable: "0+" }),
});

export type ConfigRecord = Decoded<typeof ConfigRecord>;
