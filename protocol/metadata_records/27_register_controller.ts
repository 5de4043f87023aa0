/** Metadata record 27, RegisterController. */
import {
  array,
  bool,
  type Decoded,
  int16,
  int32,
  message,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const RegisterControllerRecord = message("RegisterControllerRecord", {
  versions: "0",
  flexible: "0+",
}, {
  controllerId: int32("0+"),
  incarnationId: uuid("0+"),
  zkMigrationReady: bool("0+"),
  endPoints: array(
    "0+",
    struct("ControllerEndpoint", {
      name: string("0+"),
      host: string("0+"),
      port: uint16("0+"),
      securityProtocol: int16("0+"),
    }),
  ),
  features: array(
    "0+",
    struct("ControllerFeature", {
      name: string("0+"),
      minSupportedVersion: int16("0+"),
      maxSupportedVersion: int16("0+"),
    }),
  ),
});

export type RegisterControllerRecord = Decoded<typeof RegisterControllerRecord>;
