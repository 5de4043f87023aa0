/** Metadata record 28, ClearElr. */
import { type Decoded, message, string } from "../schema/schema.ts";

export const ClearElrRecord = message("ClearElrRecord", { versions: "0", flexible: "0+" }, {
  topicName: string("0+"),
});

export type ClearElrRecord = Decoded<typeof ClearElrRecord>;
