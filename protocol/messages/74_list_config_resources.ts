/** API 74, ListConfigResources. */
import {
  api,
  array,
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

export const ListConfigResourcesRequest = message("ListConfigResourcesRequest", {
  versions: "0-1",
  flexible: "0+",
}, {
  resourceTypes: list("1+", int8),
});

export const ListConfigResourcesResponse = message("ListConfigResourcesResponse", {
  versions: "0-1",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  configResources: array(
    "0+",
    struct("ConfigResource", {
      resourceName: string("0+"),
      resourceType: int8("1+", { default: 16, ignorable: true }),
    }),
  ),
});

export const ListConfigResources = api(
  74,
  ListConfigResourcesRequest,
  ListConfigResourcesResponse,
  ["broker"],
);

export type ListConfigResourcesRequest = Decoded<typeof ListConfigResourcesRequest>;
export type ListConfigResourcesResponse = Draft<typeof ListConfigResourcesResponse>;
