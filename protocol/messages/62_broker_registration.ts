/** API 62, BrokerRegistration. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  list,
  message,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const BrokerRegistrationRequest = message("BrokerRegistrationRequest", {
  versions: "0-4",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
  clusterId: string("0+"),
  incarnationId: uuid("0+"),
  listeners: array(
    "0+",
    struct("Listener", {
      name: string("0+"),
      host: string("0+"),
      port: uint16("0+"),
      securityProtocol: int16("0+"),
    }),
  ),
  features: array(
    "0+",
    struct("Feature", {
      name: string("0+"),
      minSupportedVersion: int16("0+"),
      maxSupportedVersion: int16("0+"),
    }),
  ),
  rack: string("0+", { nullable: "0+" }),
  isMigratingZkBroker: bool("1+"),
  logDirs: list("2+", uuid, { ignorable: true }),
  previousBrokerEpoch: int64("3+", { default: -1, ignorable: true }),
});

export const BrokerRegistrationResponse = message("BrokerRegistrationResponse", {
  versions: "0-4",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  brokerEpoch: int64("0+", { default: -1 }),
});

export const BrokerRegistration = api(62, BrokerRegistrationRequest, BrokerRegistrationResponse, [
  "controller",
]);

export type BrokerRegistrationRequest = Decoded<typeof BrokerRegistrationRequest>;
export type BrokerRegistrationResponse = Draft<typeof BrokerRegistrationResponse>;
