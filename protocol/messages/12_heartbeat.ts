/** API 12, Heartbeat. */
import { api, type Decoded, type Draft, int16, int32, message, string } from "../schema/schema.ts";

export const HeartbeatRequest = message("HeartbeatRequest", { versions: "0-4", flexible: "4+" }, {
  groupId: string("0+"),
  generationId: int32("0+"),
  memberId: string("0+"),
  groupInstanceId: string("3+", { nullable: "3+", default: null }),
});

export const HeartbeatResponse = message("HeartbeatResponse", { versions: "0-4", flexible: "4+" }, {
  throttleTimeMs: int32("1+", { ignorable: true }),
  errorCode: int16("0+"),
});

export const Heartbeat = api(12, HeartbeatRequest, HeartbeatResponse, ["broker"]);

export type HeartbeatRequest = Decoded<typeof HeartbeatRequest>;
export type HeartbeatResponse = Draft<typeof HeartbeatResponse>;
