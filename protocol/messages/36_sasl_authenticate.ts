/** API 36, SaslAuthenticate. */
import {
  api,
  bytes,
  type Decoded,
  type Draft,
  int16,
  int64,
  message,
  string,
} from "../schema/schema.ts";

export const SaslAuthenticateRequest = message("SaslAuthenticateRequest", {
  versions: "0-2",
  flexible: "2+",
}, {
  authBytes: bytes("0+"),
});

export const SaslAuthenticateResponse = message("SaslAuthenticateResponse", {
  versions: "0-2",
  flexible: "2+",
}, {
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+" }),
  authBytes: bytes("0+"),
  sessionLifetimeMs: int64("1+", { ignorable: true }),
});

export const SaslAuthenticate = api(36, SaslAuthenticateRequest, SaslAuthenticateResponse, [
  "broker",
  "controller",
]);

export type SaslAuthenticateRequest = Decoded<typeof SaslAuthenticateRequest>;
export type SaslAuthenticateResponse = Draft<typeof SaslAuthenticateResponse>;
