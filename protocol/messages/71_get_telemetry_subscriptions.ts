/** API 71, GetTelemetrySubscriptions. */
import {
  api,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  list,
  message,
  string,
  uuid,
} from "../schema/schema.ts";

export const GetTelemetrySubscriptionsRequest = message("GetTelemetrySubscriptionsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  clientInstanceId: uuid("0+"),
});

export const GetTelemetrySubscriptionsResponse = message("GetTelemetrySubscriptionsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  clientInstanceId: uuid("0+"),
  subscriptionId: int32("0+"),
  acceptedCompressionTypes: list("0+", int8),
  pushIntervalMs: int32("0+"),
  telemetryMaxBytes: int32("0+"),
  deltaTemporality: bool("0+"),
  requestedMetrics: list("0+", string),
});

export const GetTelemetrySubscriptions = api(
  71,
  GetTelemetrySubscriptionsRequest,
  GetTelemetrySubscriptionsResponse,
  ["broker"],
);

export type GetTelemetrySubscriptionsRequest = Decoded<typeof GetTelemetrySubscriptionsRequest>;
export type GetTelemetrySubscriptionsResponse = Draft<typeof GetTelemetrySubscriptionsResponse>;
