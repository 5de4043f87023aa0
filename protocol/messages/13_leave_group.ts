/** API 13, LeaveGroup. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const LeaveGroupRequest = message("LeaveGroupRequest", { versions: "0-5", flexible: "4+" }, {
  groupId: string("0+"),
  memberId: string("0-2"),
  members: array(
    "3+",
    struct("MemberIdentity", {
      memberId: string("3+"),
      groupInstanceId: string("3+", { nullable: "3+", default: null }),
      reason: string("5+", { nullable: "5+", default: null, ignorable: true }),
    }),
  ),
});

export const LeaveGroupResponse = message(
  "LeaveGroupResponse",
  { versions: "0-5", flexible: "4+" },
  {
    throttleTimeMs: int32("1+", { ignorable: true }),
    errorCode: int16("0+"),
    members: array(
      "3+",
      struct("MemberResponse", {
        memberId: string("3+"),
        groupInstanceId: string("3+", { nullable: "3+" }),
        errorCode: int16("3+"),
      }),
    ),
  },
);

export const LeaveGroup = api(13, LeaveGroupRequest, LeaveGroupResponse, ["broker"]);

export type LeaveGroupRequest = Decoded<typeof LeaveGroupRequest>;
export type LeaveGroupResponse = Draft<typeof LeaveGroupResponse>;
