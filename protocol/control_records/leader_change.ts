/** Control record: LeaderChangeMessage. */
import { array, type Decoded, int16, int32, message, struct, uuid } from "../schema/schema.ts";

const Voter = struct("Voter", {
  voterId: int32("0+"),
  voterDirectoryId: uuid("1+"),
});

export const LeaderChangeMessage = message("LeaderChangeMessage", {
  versions: "0-1",
  flexible: "0+",
}, {
  version: int16("0+"),
  leaderId: int32("0+"),
  voters: array("0+", Voter),
  grantingVoters: array("0+", Voter),
});

export type LeaderChangeMessage = Decoded<typeof LeaderChangeMessage>;
