/** API 44, IncrementalAlterConfigs. */
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

export const IncrementalAlterConfigsRequest = message("IncrementalAlterConfigsRequest", {
  versions: "0-1",
  flexible: "1+",
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
          configOperation: int8("0+"),
          value: string("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
  validateOnly: bool("0+"),
});

export const IncrementalAlterConfigsResponse = message("IncrementalAlterConfigsResponse", {
  versions: "0-1",
  flexible: "1+",
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

export const IncrementalAlterConfigs = api(
  44,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
  ["broker", "controller"],
);

export type IncrementalAlterConfigsRequest = Decoded<typeof IncrementalAlterConfigsRequest>;
export type IncrementalAlterConfigsResponse = Draft<typeof IncrementalAlterConfigsResponse>;
