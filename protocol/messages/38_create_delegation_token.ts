/** API 38, CreateDelegationToken. */
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

export const CreateDelegationTokenRequest = message("CreateDelegationTokenRequest", {
  versions: "1-3",
  flexible: "2+",
}, {
  ownerPrincipalType: string("3+", { nullable: "3+" }),
  ownerPrincipalName: string("3+", { nullable: "3+" }),
  renewers: array(
    "0+",
    struct("CreatableRenewers", {
      principalType: string("0+"),
      principalName: string("0+"),
    }),
  ),
  maxLifetimeMs: int64("0+"),
});

export const CreateDelegationTokenResponse = message("CreateDelegationTokenResponse", {
  versions: "1-3",
  flexible: "2+",
}, {
  errorCode: int16("0+"),
  principalType: string("0+"),
  principalName: string("0+"),
  tokenRequesterPrincipalType: string("3+"),
  tokenRequesterPrincipalName: string("3+"),
  issueTimestampMs: int64("0+"),
  expiryTimestampMs: int64("0+"),
  maxTimestampMs: int64("0+"),
  tokenId: string("0+"),
  hmac: bytes("0+"),
  throttleTimeMs: int32("0+"),
});

export const CreateDelegationToken = api(
  38,
  CreateDelegationTokenRequest,
  CreateDelegationTokenResponse,
  ["broker", "controller"],
);

export type CreateDelegationTokenRequest = Decoded<typeof CreateDelegationTokenRequest>;
export type CreateDelegationTokenResponse = Draft<typeof CreateDelegationTokenResponse>;
