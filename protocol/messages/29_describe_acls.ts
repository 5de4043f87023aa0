/** API 29, DescribeAcls. */
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

export const DescribeAclsRequest = message("DescribeAclsRequest", {
  versions: "1-3",
  flexible: "2+",
}, {
  resourceTypeFilter: int8("0+"),
  resourceNameFilter: string("0+", { nullable: "0+" }),
  patternTypeFilter: int8("1+", { default: 3 }),
  principalFilter: string("0+", { nullable: "0+" }),
  hostFilter: string("0+", { nullable: "0+" }),
  operation: int8("0+"),
  permissionType: int8("0+"),
});

export const DescribeAclsResponse = message("DescribeAclsResponse", {
  versions: "1-3",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+" }),
  resources: array(
    "0+",
    struct("DescribeAclsResource", {
      resourceType: int8("0+"),
      resourceName: string("0+"),
      patternType: int8("1+", { default: 3 }),
      acls: array(
        "0+",
        struct("AclDescription", {
          principal: string("0+"),
          host: string("0+"),
          operation: int8("0+"),
          permissionType: int8("0+"),
        }),
      ),
    }),
  ),
});

export const DescribeAcls = api(29, DescribeAclsRequest, DescribeAclsResponse, [
  "broker",
  "controller",
]);

export type DescribeAclsRequest = Decoded<typeof DescribeAclsRequest>;
export type DescribeAclsResponse = Draft<typeof DescribeAclsResponse>;
