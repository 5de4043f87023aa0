/** API 15, DescribeGroups. */
import {
  api,
  array,
  bool,
  bytes,
  type Decoded,
  type Draft,
  int16,
  int32,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DescribeGroupsRequest = message("DescribeGroupsRequest", {
  versions: "0-6",
  flexible: "5+",
}, {
  groups: list("0+", string),
  includeAuthorizedOperations: bool("3+"),
});

export const DescribeGroupsResponse = message("DescribeGroupsResponse", {
  versions: "0-6",
  flexible: "5+",
}, {
  throttleTimeMs: int32("1+", { ignorable: true }),
  groups: array(
    "0+",
    struct("DescribedGroup", {
      errorCode: int16("0+"),
      errorMessage: string("6+", { nullable: "6+", default: null }),
      groupId: string("0+"),
      groupState: string("0+"),
      protocolType: string("0+"),
      protocolData: string("0+"),
      members: array(
        "0+",
        struct("DescribedGroupMember", {
          memberId: string("0+"),
          groupInstanceId: string("4+", { nullable: "4+", default: null, ignorable: true }),
          clientId: string("0+"),
          clientHost: string("0+"),
          memberMetadata: bytes("0+"),
          memberAssignment: bytes("0+"),
        }),
      ),
      authorizedOperations: int32("3+", { default: -2147483648 }),
    }),
  ),
});

export const DescribeGroups = api(15, DescribeGroupsRequest, DescribeGroupsResponse, ["broker"]);

export type DescribeGroupsRequest = Decoded<typeof DescribeGroupsRequest>;
export type DescribeGroupsResponse = Draft<typeof DescribeGroupsResponse>;
