/** Embedded data: QuorumStateData. */
import {
  array,
  type Decoded,
  int32,
  int64,
  message,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const QuorumStateData = message("QuorumStateData", { versions: "0-1", flexible: "0+" }, {
  clusterId: string("0"),
  leaderId: int32("0+", { default: -1 }),
  leaderEpoch: int32("0+", { default: -1 }),
  votedId: int32("0+", { default: -1 }),
  votedDirectoryId: uuid("1+"),
  appliedOffset: int64("0"),
  currentVoters: array(
    "0",
    struct("Voter", {
      voterId: int32("0"),
    }),
    { nullable: "0" },
  ),
});

export type QuorumStateData = Decoded<typeof QuorumStateData>;
