/** Metadata record 7, FenceBroker. */
import { type Decoded, int32, int64, message } from "../schema/schema.ts";

export const FenceBrokerRecord = message("FenceBrokerRecord", { versions: "0", flexible: "0+" }, {
  id: int32("0+"),
  epoch: int64("0+"),
});

export type FenceBrokerRecord = Decoded<typeof FenceBrokerRecord>;
