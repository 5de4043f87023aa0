/** Metadata record 18, AccessControlEntry. */
import { type Decoded, int8, message, string, uuid } from "../schema/schema.ts";

export const AccessControlEntryRecord = message("AccessControlEntryRecord", {
  versions: "0",
  flexible: "0+",
}, {
  id: uuid("0+"),
  resourceType: int8("0+"),
  resourceName: string("0+"),
  patternType: int8("0+"),
  principal: string("0+"),
  host: string("0+"),
  operation: int8("0+"),
  permissionType: int8("0+"),
});

export type AccessControlEntryRecord = Decoded<typeof AccessControlEntryRecord>;
