/** API 30, CreateAcls. */
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

export const CreateAclsRequest = message("CreateAclsRequest", { versions: "1-3", flexible: "2+" }, {
  creations: array(
    "0+",
    struct("AclCreation", {
      resourceType: int8("0+"),
      resourceName: string("0+"),
      resourcePatternType: int8("1+", { default: 3 }),
      principal: string("0+"),
      host: string("0+"),
      operation: int8("0+"),
      permissionType: int8("0+"),
    }),
  ),
});

export const CreateAclsResponse = message(
  "CreateAclsResponse",
  { versions: "1-3", flexible: "2+" },
  {
    throttleTimeMs: int32("0+"),
    results: array(
      "0+",
      struct("AclCreationResult", {
        errorCode: int16("0+"),
        errorMessage: string("0+", { nullable: "0+" }),
      }),
    ),
  },
);

export const CreateAcls = api(30, CreateAclsRequest, CreateAclsResponse, ["broker", "controller"]);

export type CreateAclsRequest = Decoded<typeof CreateAclsRequest>;
export type CreateAclsResponse = Draft<typeof CreateAclsResponse>;
