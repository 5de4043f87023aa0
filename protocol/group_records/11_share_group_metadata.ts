/** Coordinator record 11, ShareGroupMetadata: key and value. */
import { type Decoded, int32, message, string, wideInt64 } from "../schema/schema.ts";

export const ShareGroupMetadataKey = message("ShareGroupMetadataKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
});

export const ShareGroupMetadataValue = message("ShareGroupMetadataValue", {
  versions: "0",
  flexible: "0+",
}, {
  epoch: int32("0+"),
  metadataHash: wideInt64("0+"),
});

export type ShareGroupMetadataKey = Decoded<typeof ShareGroupMetadataKey>;
export type ShareGroupMetadataValue = Decoded<typeof ShareGroupMetadataValue>;
