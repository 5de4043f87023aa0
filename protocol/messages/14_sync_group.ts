/** API 14, SyncGroup. */
import {
  api,
  array,
  bytes,
  type Decoded,
  type Draft,
  int16,
  int32,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const SyncGroupRequest = message("SyncGroupRequest", { versions: "0-5", flexible: "4+" }, {
  groupId: string("0+"),
  generationId: int32("0+"),
  memberId: string("0+"),
  groupInstanceId: string("3+", { nullable: "3+", default: null }),
  protocolType: string("5+", { nullable: "5+", default: null, ignorable: true }),
  protocolName: string("5+", { nullable: "5+", default: null, ignorable: true }),
  assignments: array(
    "0+",
    struct("SyncGroupRequestAssignment", {
      memberId: string("0+"),
      assignment: bytes("0+"),
    }),
  ),
});

export const SyncGroupResponse = message("SyncGroupResponse", { versions: "0-5", flexible: "4+" }, {
  throttleTimeMs: int32("1+", { ignorable: true }),
  errorCode: int16("0+"),
  protocolType: string("5+", { nullable: "5+", default: null, ignorable: true }),
  protocolName: string("5+", { nullable: "5+", default: null, ignorable: true }),
  assignment: bytes("0+"),
});

export const SyncGroup = api(14, SyncGroupRequest, SyncGroupResponse, ["broker"]);

export type SyncGroupRequest = Decoded<typeof SyncGroupRequest>;
export type SyncGroupResponse = Draft<typeof SyncGroupResponse>;
