/** API 42, DeleteGroups. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DeleteGroupsRequest = message("DeleteGroupsRequest", {
  versions: "0-2",
  flexible: "2+",
}, {
  groupsNames: list("0+", string),
});

export const DeleteGroupsResponse = message("DeleteGroupsResponse", {
  versions: "0-2",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+"),
  results: array(
    "0+",
    struct("DeletableGroupResult", {
      groupId: string("0+"),
      errorCode: int16("0+"),
    }),
  ),
});

export const DeleteGroups = api(42, DeleteGroupsRequest, DeleteGroupsResponse, ["broker"]);

export type DeleteGroupsRequest = Decoded<typeof DeleteGroupsRequest>;
export type DeleteGroupsResponse = Draft<typeof DeleteGroupsResponse>;
