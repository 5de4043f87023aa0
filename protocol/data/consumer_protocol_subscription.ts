/** Embedded data: ConsumerProtocolSubscription. */
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

export const ConsumerProtocolSubscription = message("ConsumerProtocolSubscription", {
  versions: "0-3",
  flexible: "none",
}, {
  topics: list("0+", string),
  userData: bytes("0+", { nullable: "0+", default: null }),
  ownedPartitions: array(
    "1+",
    struct("TopicPartition", {
      topic: string("1+"),
      partitions: list("1+", int32),
    }),
    { ignorable: true },
  ),
  generationId: int32("2+", { default: -1, ignorable: true }),
  rackId: string("3+", { nullable: "3+", default: null, ignorable: true }),
});

export type ConsumerProtocolSubscription = Decoded<typeof ConsumerProtocolSubscription>;
