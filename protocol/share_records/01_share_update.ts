/** Coordinator record 1, ShareUpdate: key and value. */
import {
  array,
  type Decoded,
  int16,
  int32,
  int64,
  int8,
  message,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ShareUpdateKey = message("ShareUpdateKey", { versions: "0", flexible: "none" }, {
  groupId: string("0"),
  topicId: uuid("0"),
  partition: int32("0"),
});

export const ShareUpdateValue = message("ShareUpdateValue", { versions: "0", flexible: "0+" }, {
  snapshotEpoch: int32("0+"),
  leaderEpoch: int32("0+"),
  startOffset: int64("0+"),
  deliveryCompleteCount: int32("0+", { tag: 0, tagged: "0+", default: -1 }),
  stateBatches: array(
    "0+",
    struct("StateBatch", {
      firstOffset: int64("0+"),
      lastOffset: int64("0+"),
      deliveryState: int8("0+"),
      deliveryCount: int16("0+"),
    }),
  ),
});

export type ShareUpdateKey = Decoded<typeof ShareUpdateKey>;
export type ShareUpdateValue = Decoded<typeof ShareUpdateValue>;
