/** Coordinator record 10, ShareGroupMemberMetadata: key and value. */
import { type Decoded, list, message, string } from "../schema/schema.ts";

export const ShareGroupMemberMetadataKey = message("ShareGroupMemberMetadataKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
  memberId: string("0"),
});

export const ShareGroupMemberMetadataValue = message("ShareGroupMemberMetadataValue", {
  versions: "0",
  flexible: "0+",
}, {
  rackId: string("0+", { nullable: "0+" }),
  clientId: string("0+"),
  clientHost: string("0+"),
  subscribedTopicNames: list("0+", string),
});

export type ShareGroupMemberMetadataKey = Decoded<typeof ShareGroupMemberMetadataKey>;
export type ShareGroupMemberMetadataValue = Decoded<typeof ShareGroupMemberMetadataValue>;
