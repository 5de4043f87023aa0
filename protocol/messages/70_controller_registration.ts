/** API 70, ControllerRegistration. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  message,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const ControllerRegistrationRequest = message("ControllerRegistrationRequest", {
  versions: "0",
  flexible: "0+",
}, {
  controllerId: int32("0+"),
  incarnationId: uuid("0+"),
  zkMigrationReady: bool("0+"),
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
});

export const ControllerRegistrationResponse = message("ControllerRegistrationResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+" }),
});

export const ControllerRegistration = api(
  70,
  ControllerRegistrationRequest,
  ControllerRegistrationResponse,
  ["controller"],
);

export type ControllerRegistrationRequest = Decoded<typeof ControllerRegistrationRequest>;
export type ControllerRegistrationResponse = Draft<typeof ControllerRegistrationResponse>;
