/** API 49, AlterClientQuotas. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  float64,
  int16,
  int32,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const AlterClientQuotasRequest = message("AlterClientQuotasRequest", {
  versions: "0-1",
  flexible: "1+",
}, {
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
      ops: array(
        "0+",
        struct("OpData", {
          key: string("0+"),
          value: float64("0+"),
          remove: bool("0+"),
        }),
      ),
    }),
  ),
  validateOnly: bool("0+"),
});

export const AlterClientQuotasResponse = message("AlterClientQuotasResponse", {
  versions: "0-1",
  flexible: "1+",
}, {
  throttleTimeMs: int32("0+"),
  entries: array(
    "0+",
    struct("EntryData", {
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+" }),
      entity: array(
        "0+",
        struct("EntityData", {
          entityType: string("0+"),
          entityName: string("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
});

export const AlterClientQuotas = api(49, AlterClientQuotasRequest, AlterClientQuotasResponse, [
  "broker",
  "controller",
]);

export type AlterClientQuotasRequest = Decoded<typeof AlterClientQuotasRequest>;
export type AlterClientQuotasResponse = Draft<typeof AlterClientQuotasResponse>;
