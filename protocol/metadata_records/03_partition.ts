/** Metadata record 3, Partition. */
import { type Decoded, int32, int8, list, message, uuid } from "../schema/schema.ts";

export const PartitionRecord = message("PartitionRecord", { versions: "0-2", flexible: "0+" }, {
  partitionId: int32("0+", { default: -1 }),
  topicId: uuid("0+"),
  replicas: list("0+", int32),
  isr: list("0+", int32),
  removingReplicas: list("0+", int32),
  addingReplicas: list("0+", int32),
  leader: int32("0+", { default: -1 }),
  leaderRecoveryState: int8("0+", { tag: 0, tagged: "0+" }),
  leaderEpoch: int32("0+", { default: -1 }),
  partitionEpoch: int32("0+", { default: -1 }),
  directories: list("1+", uuid),
  eligibleLeaderReplicas: list("2+", int32, {
    nullable: "2+",
    tag: 1,
    tagged: "2+",
    default: null,
  }),
  lastKnownElr: list("2+", int32, { nullable: "2+", tag: 2, tagged: "2+", default: null }),
});

export type PartitionRecord = Decoded<typeof PartitionRecord>;
