/** Metadata record 0, RegisterBroker. */
import {
  array,
  bool,
  type Decoded,
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

export const RegisterBrokerRecord = message("RegisterBrokerRecord", {
  versions: "0-4",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
  isMigratingZkBroker: bool("2+"),
  incarnationId: uuid("0+"),
  brokerEpoch: int64("0+"),
  endPoints: array(
    "0+",
    struct("BrokerEndpoint", {
      name: string("0+"),
      host: string("0+"),
      port: uint16("0+"),
      securityProtocol: int16("0+"),
    }),
  ),
  features: array(
    "0+",
    struct("BrokerFeature", {
      name: string("0+"),
      minSupportedVersion: int16("0+"),
      maxSupportedVersion: int16("0+"),
    }),
  ),
  rack: string("0+", { nullable: "0+" }),
  fenced: bool("0+", { default: true }),
  inControlledShutdown: bool("1+"),
  logDirs: list("3+", uuid, { tag: 0, tagged: "3+" }),
  cordonedLogDirs: list("4+", uuid, { nullable: "4+", tag: 1, tagged: "4+", default: null }),
});

export type RegisterBrokerRecord = Decoded<typeof RegisterBrokerRecord>;
