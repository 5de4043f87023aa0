/** API 33, AlterConfigs. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const AlterConfigsRequest = message("AlterConfigsRequest", {
  versions: "0-2",
  flexible: "2+",
}, {
  resources: array(
    "0+",
    struct("AlterConfigsResource", {
      resourceType: int8("0+"),
      resourceName: string("0+"),
      configs: array(
        "0+",
        struct("AlterableConfig", {
          name: string("0+"),
          value: string("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
  validateOnly: bool("0+"),
});

export const AlterConfigsResponse = message("AlterConfigsResponse", {
  versions: "0-2",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+"),
  responses: array(
    "0+",
    struct("AlterConfigsResourceResponse", {
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+" }),
      resourceType: int8("0+"),
      resourceName: string("0+"),
    }),
  ),
});

export const AlterConfigs = api(33, AlterConfigsRequest, AlterConfigsResponse, [
  "broker",
  "controller",
]);

export type AlterConfigsRequest = Decoded<typeof AlterConfigsRequest>;
export type AlterConfigsResponse = Draft<typeof AlterConfigsResponse>;
