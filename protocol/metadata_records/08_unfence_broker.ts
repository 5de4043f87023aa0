/** Metadata record 8, UnfenceBroker. */
import { type Decoded, int32, int64, message } from "../schema/schema.ts";

export const UnfenceBrokerRecord = message(
  "UnfenceBrokerRecord",
  { versions: "0", flexible: "0+" },
  {
    id: int32("0+"),
    epoch: int64("0+"),
  },
);

export type UnfenceBrokerRecord = Decoded<typeof UnfenceBrokerRecord>;
