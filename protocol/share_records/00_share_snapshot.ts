/** Coordinator record 0, ShareSnapshot: key and value. */
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

export const ShareSnapshotKey = message("ShareSnapshotKey", { versions: "0", flexible: "none" }, {
  groupId: string("0"),
  topicId: uuid("0"),
  partition: int32("0"),
});

export const ShareSnapshotValue = message("ShareSnapshotValue", { versions: "0", flexible: "0+" }, {
  snapshotEpoch: int32("0+"),
  stateEpoch: int32("0+"),
  leaderEpoch: int32("0+"),
  startOffset: int64("0+"),
  deliveryCompleteCount: int32("0+", { tag: 0, tagged: "0+", default: -1 }),
  createTimestamp: int64("0+"),
  writeTimestamp: int64("0+"),
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

export type ShareSnapshotKey = Decoded<typeof ShareSnapshotKey>;
export type ShareSnapshotValue = Decoded<typeof ShareSnapshotValue>;
