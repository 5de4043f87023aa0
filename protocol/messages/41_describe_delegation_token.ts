/** API 41, DescribeDelegationToken. */
import {
  api,
  array,
  bytes,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DescribeDelegationTokenRequest = message("DescribeDelegationTokenRequest", {
  versions: "1-3",
  flexible: "2+",
}, {
  owners: array(
    "0+",
    struct("DescribeDelegationTokenOwner", {
      principalType: string("0+"),
      principalName: string("0+"),
    }),
    { nullable: "0+" },
  ),
});

export const DescribeDelegationTokenResponse = message("DescribeDelegationTokenResponse", {
  versions: "1-3",
  flexible: "2+",
}, {
  errorCode: int16("0+"),
  tokens: array(
    "0+",
    struct("DescribedDelegationToken", {
      principalType: string("0+"),
      principalName: string("0+"),
      tokenRequesterPrincipalType: string("3+"),
      tokenRequesterPrincipalName: string("3+"),
      issueTimestamp: int64("0+"),
      expiryTimestamp: int64("0+"),
      maxTimestamp: int64("0+"),
      tokenId: string("0+"),
      hmac: bytes("0+"),
      renewers: array(
        "0+",
        struct("DescribedDelegationTokenRenewer", {
          principalType: string("0+"),
          principalName: string("0+"),
        }),
      ),
    }),
  ),
  throttleTimeMs: int32("0+"),
});

export const DescribeDelegationToken = api(
  41,
  DescribeDelegationTokenRequest,
  DescribeDelegationTokenResponse,
  ["broker", "controller"],
);

export type DescribeDelegationTokenRequest = Decoded<typeof DescribeDelegationTokenRequest>;
export type DescribeDelegationTokenResponse = Draft<typeof DescribeDelegationTokenResponse>;
