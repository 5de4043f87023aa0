/** API 82, UpdateRaftVoter. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  message,
  of,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const UpdateRaftVoterRequest = message("UpdateRaftVoterRequest", {
  versions: "0",
  flexible: "0+",
}, {
  clusterId: string("0+", { nullable: "0+" }),
  currentLeaderEpoch: int32("0+"),
  voterId: int32("0+"),
  voterDirectoryId: uuid("0+"),
  listeners: array(
    "0+",
    struct("Listener", {
      name: string("0+"),
      host: string("0+"),
      port: uint16("0+"),
    }),
  ),
  kRaftVersionFeature: of(
    "0+",
    struct("KRaftVersionFeature", {
      minSupportedVersion: int16("0+"),
      maxSupportedVersion: int16("0+"),
    }),
  ),
});

export const UpdateRaftVoterResponse = message("UpdateRaftVoterResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  currentLeader: of(
    "0+",
    struct("CurrentLeader", {
      leaderId: int32("0+", { default: -1 }),
      leaderEpoch: int32("0+", { default: -1 }),
      host: string("0+"),
      port: int32("0+"),
    }),
    { tag: 0, tagged: "0+" },
  ),
});

export const UpdateRaftVoter = api(82, UpdateRaftVoterRequest, UpdateRaftVoterResponse, [
  "controller",
]);

export type UpdateRaftVoterRequest = Decoded<typeof UpdateRaftVoterRequest>;
export type UpdateRaftVoterResponse = Draft<typeof UpdateRaftVoterResponse>;
