/** Metadata record 22, RemoveUserScramCredential. */
import { type Decoded, int8, message, string } from "../schema/schema.ts";

export const RemoveUserScramCredentialRecord = message("RemoveUserScramCredentialRecord", {
  versions: "0",
  flexible: "0+",
}, {
  name: string("0+"),
  mechanism: int8("0+"),
});

export type RemoveUserScramCredentialRecord = Decoded<typeof RemoveUserScramCredentialRecord>;
