/** Metadata record 19, RemoveAccessControlEntry. */
import { type Decoded, message, uuid } from "../schema/schema.ts";

export const RemoveAccessControlEntryRecord = message("RemoveAccessControlEntryRecord", {
  versions: "0",
  flexible: "0+",
}, {
  id: uuid("0+"),
});

export type RemoveAccessControlEntryRecord = Decoded<typeof RemoveAccessControlEntryRecord>;
