/** Coordinator record 2, GroupMetadata: key and value. */
import {
  array,
  bytes,
  type Decoded,
  int32,
  int64,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const GroupMetadataKey = message("GroupMetadataKey", { versions: "0", flexible: "none" }, {
  group: string("0"),
});

const MemberMetadata = struct("MemberMetadata", {
  memberId: string("0+"),
  groupInstanceId: string("3+", { nullable: "3+", default: null, ignorable: true }),
  clientId: string("0+"),
  clientHost: string("0+"),
  rebalanceTimeout: int32("1+", { default: -1, ignorable: true }),
  sessionTimeout: int32("0+"),
  subscription: bytes("0+"),
  assignment: bytes("0+"),
});

export const GroupMetadataValue = message(
  "GroupMetadataValue",
  { versions: "0-4", flexible: "4+" },
  {
    protocolType: string("0+"),
    generation: int32("0+"),
    protocol: string("0+", { nullable: "0+" }),
    leader: string("0+", { nullable: "0+" }),
    currentStateTimestamp: int64("2+", { default: -1, ignorable: true }),
    members: array("0+", MemberMetadata),
  },
);

export type GroupMetadataKey = Decoded<typeof GroupMetadataKey>;
export type GroupMetadataValue = Decoded<typeof GroupMetadataValue>;
