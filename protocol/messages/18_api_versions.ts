/** API 18, ApiVersions. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const ApiVersionsRequest = message(
  "ApiVersionsRequest",
  { versions: "0-4", flexible: "3+" },
  {
    clientSoftwareName: string("3+", { ignorable: true }),
    clientSoftwareVersion: string("3+", { ignorable: true }),
  },
);

export const ApiVersionsResponse = message("ApiVersionsResponse", {
  versions: "0-4",
  flexible: "3+",
}, {
  errorCode: int16("0+"),
  apiKeys: array(
    "0+",
    struct("ApiVersion", {
      apiKey: int16("0+"),
      minVersion: int16("0+"),
      maxVersion: int16("0+"),
    }),
  ),
  throttleTimeMs: int32("1+", { ignorable: true }),
  supportedFeatures: array(
    "3+",
    struct("SupportedFeatureKey", {
      name: string("3+"),
      minVersion: int16("3+"),
      maxVersion: int16("3+"),
    }),
    { tag: 0, tagged: "3+", ignorable: true },
  ),
  finalizedFeaturesEpoch: int64("3+", { tag: 1, tagged: "3+", default: -1, ignorable: true }),
  finalizedFeatures: array(
    "3+",
    struct("FinalizedFeatureKey", {
      name: string("3+"),
      maxVersionLevel: int16("3+"),
      minVersionLevel: int16("3+"),
    }),
    { tag: 2, tagged: "3+", ignorable: true },
  ),
  zkMigrationReady: bool("3+", { tag: 3, tagged: "3+", ignorable: true }),
});

export const ApiVersions = api(18, ApiVersionsRequest, ApiVersionsResponse, [
  "broker",
  "controller",
]);

export type ApiVersionsRequest = Decoded<typeof ApiVersionsRequest>;
export type ApiVersionsResponse = Draft<typeof ApiVersionsResponse>;
