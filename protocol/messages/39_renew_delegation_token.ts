/** API 39, RenewDelegationToken. */
import {
  api,
  bytes,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
} from "../schema/schema.ts";

export const RenewDelegationTokenRequest = message("RenewDelegationTokenRequest", {
  versions: "1-2",
  flexible: "2+",
}, {
  hmac: bytes("0+"),
  renewPeriodMs: int64("0+"),
});

export const RenewDelegationTokenResponse = message("RenewDelegationTokenResponse", {
  versions: "1-2",
  flexible: "2+",
}, {
  errorCode: int16("0+"),
  expiryTimestampMs: int64("0+"),
  throttleTimeMs: int32("0+"),
});

export const RenewDelegationToken = api(
  39,
  RenewDelegationTokenRequest,
  RenewDelegationTokenResponse,
  ["broker", "controller"],
);

export type RenewDelegationTokenRequest = Decoded<typeof RenewDelegationTokenRequest>;
export type RenewDelegationTokenResponse = Draft<typeof RenewDelegationTokenResponse>;
