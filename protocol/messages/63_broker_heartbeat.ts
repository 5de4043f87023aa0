/** API 63, BrokerHeartbeat. */
import {
  api,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  list,
  message,
  uuid,
} from "../schema/schema.ts";

export const BrokerHeartbeatRequest = message("BrokerHeartbeatRequest", {
  versions: "0-2",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
  brokerEpoch: int64("0+", { default: -1 }),
  currentMetadataOffset: int64("0+"),
  wantFence: bool("0+"),
  wantShutDown: bool("0+"),
  offlineLogDirs: list("1+", uuid, { tag: 0, tagged: "1+" }),
  cordonedLogDirs: list("2+", uuid, { nullable: "2+", tag: 1, tagged: "2+", default: null }),
});

export const BrokerHeartbeatResponse = message("BrokerHeartbeatResponse", {
  versions: "0-2",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  isCaughtUp: bool("0+"),
  isFenced: bool("0+", { default: true }),
  shouldShutDown: bool("0+"),
});

export const BrokerHeartbeat = api(63, BrokerHeartbeatRequest, BrokerHeartbeatResponse, [
  "controller",
]);

export type BrokerHeartbeatRequest = Decoded<typeof BrokerHeartbeatRequest>;
export type BrokerHeartbeatResponse = Draft<typeof BrokerHeartbeatResponse>;
