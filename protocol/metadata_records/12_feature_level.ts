/** Metadata record 12, FeatureLevel. */
import { type Decoded, int16, message, string } from "../schema/schema.ts";

export const FeatureLevelRecord = message("FeatureLevelRecord", { versions: "0", flexible: "0+" }, {
  name: string("0+"),
  featureLevel: int16("0+"),
});

export type FeatureLevelRecord = Decoded<typeof FeatureLevelRecord>;
