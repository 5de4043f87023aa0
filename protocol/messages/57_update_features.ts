/** API 57, UpdateFeatures. */
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

export const UpdateFeaturesRequest = message("UpdateFeaturesRequest", {
  versions: "0-2",
  flexible: "0+",
}, {
  timeoutMs: int32("0+", { default: 60000 }),
  featureUpdates: array(
    "0+",
    struct("FeatureUpdateKey", {
      feature: string("0+"),
      maxVersionLevel: int16("0+"),
      allowDowngrade: bool("0"),
      upgradeType: int8("1+", { default: 1 }),
    }),
  ),
  validateOnly: bool("1+"),
});

export const UpdateFeaturesResponse = message("UpdateFeaturesResponse", {
  versions: "0-2",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+" }),
  results: array(
    "0-1",
    struct("UpdatableFeatureResult", {
      feature: string("0+"),
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+" }),
    }),
    { ignorable: true },
  ),
});

export const UpdateFeatures = api(57, UpdateFeaturesRequest, UpdateFeaturesResponse, [
  "broker",
  "controller",
]);

export type UpdateFeaturesRequest = Decoded<typeof UpdateFeaturesRequest>;
export type UpdateFeaturesResponse = Draft<typeof UpdateFeaturesResponse>;
