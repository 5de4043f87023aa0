/** API 40, ExpireDelegationToken. */
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

export const ExpireDelegationTokenRequest = message("ExpireDelegationTokenRequest", {
  versions: "1-2",
  flexible: "2+",
}, {
  hmac: bytes("0+"),
  expiryTimePeriodMs: int64("0+"),
});

export const ExpireDelegationTokenResponse = message("ExpireDelegationTokenResponse", {
  versions: "1-2",
  flexible: "2+",
}, {
  errorCode: int16("0+"),
  expiryTimestampMs: int64("0+"),
  throttleTimeMs: int32("0+"),
});

export const ExpireDelegationToken = api(
  40,
  ExpireDelegationTokenRequest,
  ExpireDelegationTokenResponse,
  ["broker", "controller"],
);

export type ExpireDelegationTokenRequest = Decoded<typeof ExpireDelegationTokenRequest>;
export type ExpireDelegationTokenResponse = Draft<typeof ExpireDelegationTokenResponse>;
