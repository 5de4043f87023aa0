/** Metadata record 1, UnregisterBroker. */
import { type Decoded, int32, int64, message } from "../schema/schema.ts";

export const UnregisterBrokerRecord = message("UnregisterBrokerRecord", {
  versions: "0",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
  brokerEpoch: int64("0+"),
});

export type UnregisterBrokerRecord = Decoded<typeof UnregisterBrokerRecord>;
