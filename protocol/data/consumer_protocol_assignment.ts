/** Embedded data: ConsumerProtocolAssignment. */
import {
  array,
  bytes,
  type Decoded,
  int32,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const ConsumerProtocolAssignment = message("ConsumerProtocolAssignment", {
  versions: "0-3",
  flexible: "none",
}, {
  assignedPartitions: array(
    "0+",
    struct("TopicPartition", {
      topic: string("0+"),
      partitions: list("0+", int32),
    }),
  ),
  userData: bytes("0+", { nullable: "0+", default: null }),
});

export type ConsumerProtocolAssignment = Decoded<typeof ConsumerProtocolAssignment>;
