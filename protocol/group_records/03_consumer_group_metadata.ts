/** Coordinator record 3, ConsumerGroupMetadata: key and value. */
import { type Decoded, int32, message, string, wideInt64 } from "../schema/schema.ts";

export const ConsumerGroupMetadataKey = message("ConsumerGroupMetadataKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
});

export const ConsumerGroupMetadataValue = message("ConsumerGroupMetadataValue", {
  versions: "0",
  flexible: "0+",
}, {
  epoch: int32("0+"),
  metadataHash: wideInt64("0+", { tag: 0, tagged: "0+" }),
});

export type ConsumerGroupMetadataKey = Decoded<typeof ConsumerGroupMetadataKey>;
export type ConsumerGroupMetadataValue = Decoded<typeof ConsumerGroupMetadataValue>;
