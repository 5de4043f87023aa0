/** API 48, DescribeClientQuotas. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  float64,
  int16,
  int32,
  int8,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DescribeClientQuotasRequest = message("DescribeClientQuotasRequest", {
  versions: "0-1",
  flexible: "1+",
}, {
  components: array(
    "0+",
    struct("ComponentData", {
      entityType: string("0+"),
      matchType: int8("0+"),
      match: string("0+", { nullable: "0+" }),
    }),
  ),
  strict: bool("0+"),
});

export const DescribeClientQuotasResponse = message("DescribeClientQuotasResponse", {
  versions: "0-1",
  flexible: "1+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+" }),
  entries: array(
    "0+",
    struct("EntryData", {
      entity: array(
        "0+",
        struct("EntityData", {
          entityType: string("0+"),
          entityName: string("0+", { nullable: "0+" }),
        }),
      ),
      values: array(
        "0+",
        struct("ValueData", {
          key: string("0+"),
          value: float64("0+"),
        }),
      ),
    }),
    { nullable: "0+" },
  ),
});

export const DescribeClientQuotas = api(
  48,
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
  ["broker"],
);

export type DescribeClientQuotasRequest = Decoded<typeof DescribeClientQuotasRequest>;
export type DescribeClientQuotasResponse = Draft<typeof DescribeClientQuotasResponse>;
