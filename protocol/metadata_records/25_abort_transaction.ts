/** Metadata record 25, AbortTransaction. */
import { type Decoded, message, string } from "../schema/schema.ts";

export const AbortTransactionRecord = message("AbortTransactionRecord", {
  versions: "0",
  flexible: "0+",
}, {
  reason: string("0+", { nullable: "0+", tag: 0, tagged: "0+", default: null }),
});

export type AbortTransactionRecord = Decoded<typeof AbortTransactionRecord>;
