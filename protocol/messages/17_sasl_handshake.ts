/** API 17, SaslHandshake. */
import { api, type Decoded, type Draft, int16, list, message, string } from "../schema/schema.ts";

export const SaslHandshakeRequest = message("SaslHandshakeRequest", {
  versions: "0-1",
  flexible: "none",
}, {
  mechanism: string("0+"),
});

export const SaslHandshakeResponse = message("SaslHandshakeResponse", {
  versions: "0-1",
  flexible: "none",
}, {
  errorCode: int16("0+"),
  mechanisms: list("0+", string),
});

export const SaslHandshake = api(17, SaslHandshakeRequest, SaslHandshakeResponse, [
  "broker",
  "controller",
]);

export type SaslHandshakeRequest = Decoded<typeof SaslHandshakeRequest>;
export type SaslHandshakeResponse = Draft<typeof SaslHandshakeResponse>;
