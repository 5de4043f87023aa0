/** Metadata record 11, UserScramCredential. */
import { bytes, type Decoded, int32, int8, message, string } from "../schema/schema.ts";

export const UserScramCredentialRecord = message("UserScramCredentialRecord", {
  versions: "0",
  flexible: "0+",
}, {
  name: string("0+"),
  mechanism: int8("0+"),
  salt: bytes("0+"),
  storedKey: bytes("0+"),
  serverKey: bytes("0+"),
  iterations: int32("0+"),
});

export type UserScramCredentialRecord = Decoded<typeof UserScramCredentialRecord>;
