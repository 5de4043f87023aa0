/** API 58, Envelope. */
import { api, bytes, type Decoded, type Draft, int16, message } from "../schema/schema.ts";

export const EnvelopeRequest = message("EnvelopeRequest", { versions: "0", flexible: "0+" }, {
  requestData: bytes("0+"),
  requestPrincipal: bytes("0+", { nullable: "0+" }),
  clientHostAddress: bytes("0+"),
});

export const EnvelopeResponse = message("EnvelopeResponse", { versions: "0", flexible: "0+" }, {
  responseData: bytes("0+", { nullable: "0+", default: null }),
  errorCode: int16("0+"),
});

export const Envelope = api(58, EnvelopeRequest, EnvelopeResponse, ["controller"]);

export type EnvelopeRequest = Decoded<typeof EnvelopeRequest>;
export type EnvelopeResponse = Draft<typeof EnvelopeResponse>;
