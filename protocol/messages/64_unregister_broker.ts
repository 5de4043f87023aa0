/** API 64, UnregisterBroker. */
import { api, type Decoded, type Draft, int16, int32, message, string } from "../schema/schema.ts";

export const UnregisterBrokerRequest = message("UnregisterBrokerRequest", {
  versions: "0",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
});

export const UnregisterBrokerResponse = message("UnregisterBrokerResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+" }),
});

export const UnregisterBroker = api(64, UnregisterBrokerRequest, UnregisterBrokerResponse, [
  "broker",
  "controller",
]);

export type UnregisterBrokerRequest = Decoded<typeof UnregisterBrokerRequest>;
export type UnregisterBrokerResponse = Draft<typeof UnregisterBrokerResponse>;
