/** Metadata record 5, PartitionChange. */
import { type Decoded, int32, int8, list, message, uuid } from "../schema/schema.ts";

export const PartitionChangeRecord = message("PartitionChangeRecord", {
  versions: "0-2",
  flexible: "0+",
}, {
  partitionId: int32("0+", { default: -1 }),
  topicId: uuid("0+"),
  isr: list("0+", int32, { nullable: "0+", tag: 0, tagged: "0+", default: null }),
  leader: int32("0+", { tag: 1, tagged: "0+", default: -2 }),
  replicas: list("0+", int32, { nullable: "0+", tag: 2, tagged: "0+", default: null }),
  removingReplicas: list("0+", int32, { nullable: "0+", tag: 3, tagged: "0+", default: null }),
  addingReplicas: list("0+", int32, { nullable: "0+", tag: 4, tagged: "0+", default: null }),
  leaderRecoveryState: int8("0+", { tag: 5, tagged: "0+", default: -1 }),
  directories: list("1+", uuid, { nullable: "1+", tag: 8, tagged: "1+", default: null }),
  eligibleLeaderReplicas: list("2+", int32, {
    nullable: "2+",
    tag: 6,
    tagged: "2+",
    default: null,
  }),
  lastKnownElr: list("2+", int32, { nullable: "2+", tag: 7, tagged: "2+", default: null }),
});

export type PartitionChangeRecord = Decoded<typeof PartitionChangeRecord>;
