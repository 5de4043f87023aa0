/** API 31, DeleteAcls. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DeleteAclsRequest = message("DeleteAclsRequest", { versions: "1-3", flexible: "2+" }, {
  filters: array(
    "0+",
    struct("DeleteAclsFilter", {
      resourceTypeFilter: int8("0+"),
      resourceNameFilter: string("0+", { nullable: "0+" }),
      patternTypeFilter: int8("1+", { default: 3 }),
      principalFilter: string("0+", { nullable: "0+" }),
      hostFilter: string("0+", { nullable: "0+" }),
      operation: int8("0+"),
      permissionType: int8("0+"),
    }),
  ),
});

export const DeleteAclsResponse = message(
  "DeleteAclsResponse",
  { versions: "1-3", flexible: "2+" },
  {
    throttleTimeMs: int32("0+"),
    filterResults: array(
      "0+",
      struct("DeleteAclsFilterResult", {
        errorCode: int16("0+"),
        errorMessage: string("0+", { nullable: "0+" }),
        matchingAcls: array(
          "0+",
          struct("DeleteAclsMatchingAcl", {
            errorCode: int16("0+"),
            errorMessage: string("0+", { nullable: "0+" }),
            resourceType: int8("0+"),
            resourceName: string("0+"),
            patternType: int8("1+", { default: 3 }),
            principal: string("0+"),
            host: string("0+"),
            operation: int8("0+"),
            permissionType: int8("0+"),
          }),
        ),
      }),
    ),
  },
);

export const DeleteAcls = api(31, DeleteAclsRequest, DeleteAclsResponse, ["broker", "controller"]);

export type DeleteAclsRequest = Decoded<typeof DeleteAclsRequest>;
export type DeleteAclsResponse = Draft<typeof DeleteAclsResponse>;
