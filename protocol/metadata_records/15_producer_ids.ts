/** Metadata record 15, ProducerIds. */
import { type Decoded, int32, int64, message } from "../schema/schema.ts";

export const ProducerIdsRecord = message("ProducerIdsRecord", { versions: "0", flexible: "0+" }, {
  brokerId: int32("0+"),
  brokerEpoch: int64("0+", { default: -1 }),
  nextProducerId: int64("0+"),
});

export type ProducerIdsRecord = Decoded<typeof ProducerIdsRecord>;
