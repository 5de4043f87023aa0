/** Metadata record 23, BeginTransaction. */
import { type Decoded, message, string } from "../schema/schema.ts";

export const BeginTransactionRecord = message("BeginTransactionRecord", {
  versions: "0",
  flexible: "0+",
}, {
  name: string("0+", { nullable: "0+", tag: 0, tagged: "0+", default: null }),
});

export type BeginTransactionRecord = Decoded<typeof BeginTransactionRecord>;
