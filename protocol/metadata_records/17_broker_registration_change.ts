/** Metadata record 17, BrokerRegistrationChange. */
import { type Decoded, int32, int64, int8, list, message, uuid } from "../schema/schema.ts";

export const BrokerRegistrationChangeRecord = message("BrokerRegistrationChangeRecord", {
  versions: "0-3",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
  brokerEpoch: int64("0+"),
  fenced: int8("0+", { tag: 0, tagged: "0+" }),
  inControlledShutdown: int8("1+", { tag: 1, tagged: "1+" }),
  logDirs: list("2+", uuid, { tag: 2, tagged: "2+" }),
  cordonedLogDirs: list("3+", uuid, { nullable: "3+", tag: 3, tagged: "3+", default: null }),
});

export type BrokerRegistrationChangeRecord = Decoded<typeof BrokerRegistrationChangeRecord>;
