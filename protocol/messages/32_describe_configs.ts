/** API 32, DescribeConfigs. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DescribeConfigsRequest = message("DescribeConfigsRequest", {
  versions: "1-4",
  flexible: "4+",
}, {
  resources: array(
    "0+",
    struct("DescribeConfigsResource", {
      resourceType: int8("0+"),
      resourceName: string("0+"),
      configurationKeys: list("0+", string, { nullable: "0+" }),
    }),
  ),
  includeSynonyms: bool("1+"),
  includeDocumentation: bool("3+"),
});

export const DescribeConfigsResponse = message("DescribeConfigsResponse", {
  versions: "1-4",
  flexible: "4+",
}, {
  throttleTimeMs: int32("0+"),
  results: array(
    "0+",
    struct("DescribeConfigsResult", {
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+" }),
      resourceType: int8("0+"),
      resourceName: string("0+"),
      configs: array(
        "0+",
        struct("DescribeConfigsResourceResult", {
          name: string("0+"),
          value: string("0+", { nullable: "0+" }),
          readOnly: bool("0+"),
          configSource: int8("1+", { default: -1, ignorable: true }),
          isSensitive: bool("0+"),
          synonyms: array(
            "1+",
            struct("DescribeConfigsSynonym", {
              name: string("1+"),
              value: string("1+", { nullable: "0+" }),
              source: int8("1+"),
            }),
            { ignorable: true },
          ),
          configType: int8("3+", { ignorable: true }),
          documentation: string("3+", { nullable: "0+", ignorable: true }),
        }),
      ),
    }),
  ),
});

export const DescribeConfigs = api(32, DescribeConfigsRequest, DescribeConfigsResponse, [
  "broker",
  "controller",
]);

export type DescribeConfigsRequest = Decoded<typeof DescribeConfigsRequest>;
export type DescribeConfigsResponse = Draft<typeof DescribeConfigsResponse>;
