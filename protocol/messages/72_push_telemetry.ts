/** API 72, PushTelemetry. */
import {
  api,
  bool,
  bytes,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  message,
  uuid,
} from "../schema/schema.ts";

export const PushTelemetryRequest = message("PushTelemetryRequest", {
  versions: "0",
  flexible: "0+",
}, {
  clientInstanceId: uuid("0+"),
  subscriptionId: int32("0+"),
  terminating: bool("0+"),
  compressionType: int8("0+"),
  metrics: bytes("0+"),
});

export const PushTelemetryResponse = message("PushTelemetryResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
});

export const PushTelemetry = api(72, PushTelemetryRequest, PushTelemetryResponse, ["broker"]);

export type PushTelemetryRequest = Decoded<typeof PushTelemetryRequest>;
export type PushTelemetryResponse = Draft<typeof PushTelemetryResponse>;
