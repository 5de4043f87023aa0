/** Metadata record 10, DelegationToken. */
import { type Decoded, int64, list, message, string } from "../schema/schema.ts";

export const DelegationTokenRecord = message("DelegationTokenRecord", {
  versions: "0",
  flexible: "0+",
}, {
  owner: string("0+"),
  requester: string("0+"),
  renewers: list("0+", string),
  issueTimestamp: int64("0+"),
  maxTimestamp: int64("0+"),
  expirationTimestamp: int64("0+"),
  tokenId: string("0+"),
});

export type DelegationTokenRecord = Decoded<typeof DelegationTokenRecord>;
