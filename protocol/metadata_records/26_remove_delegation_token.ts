/** Metadata record 26, RemoveDelegationToken. */
import { type Decoded, message, string } from "../schema/schema.ts";

export const RemoveDelegationTokenRecord = message("RemoveDelegationTokenRecord", {
  versions: "0",
  flexible: "0+",
}, {
  tokenId: string("0+"),
});

export type RemoveDelegationTokenRecord = Decoded<typeof RemoveDelegationTokenRecord>;
