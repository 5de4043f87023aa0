/** API 81, RemoveRaftVoter. */
import {
  api,
  type Decoded,
  type Draft,
  int16,
  int32,
  message,
  string,
  uuid,
} from "../schema/schema.ts";

export const RemoveRaftVoterRequest = message("RemoveRaftVoterRequest", {
  versions: "0",
  flexible: "0+",
}, {
  clusterId: string("0+", { nullable: "0+" }),
  voterId: int32("0+"),
  voterDirectoryId: uuid("0+"),
});

export const RemoveRaftVoterResponse = message("RemoveRaftVoterResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+", ignorable: true }),
});

export const RemoveRaftVoter = api(81, RemoveRaftVoterRequest, RemoveRaftVoterResponse, [
  "controller",
  "broker",
]);

export type RemoveRaftVoterRequest = Decoded<typeof RemoveRaftVoterRequest>;
export type RemoveRaftVoterResponse = Draft<typeof RemoveRaftVoterResponse>;
