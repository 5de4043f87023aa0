/** API 16, ListGroups. */
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

export const ListGroupsRequest = message("ListGroupsRequest", { versions: "0-5", flexible: "3+" }, {
  statesFilter: list("4+", string),
  typesFilter: list("5+", string),
});

export const ListGroupsResponse = message(
  "ListGroupsResponse",
  { versions: "0-5", flexible: "3+" },
  {
    throttleTimeMs: int32("1+", { ignorable: true }),
    errorCode: int16("0+"),
    groups: array(
      "0+",
      struct("ListedGroup", {
        groupId: string("0+"),
        protocolType: string("0+"),
        groupState: string("4+", { ignorable: true }),
        groupType: string("5+", { ignorable: true }),
      }),
    ),
  },
);

export const ListGroups = api(16, ListGroupsRequest, ListGroupsResponse, ["broker"]);

export type ListGroupsRequest = Decoded<typeof ListGroupsRequest>;
export type ListGroupsResponse = Draft<typeof ListGroupsResponse>;
