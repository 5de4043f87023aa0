/** Metadata record 24, EndTransaction. */
import { type Decoded, message } from "../schema/schema.ts";

export const EndTransactionRecord = message("EndTransactionRecord", {
  versions: "0",
  flexible: "0+",
}, {});

export type EndTransactionRecord = Decoded<typeof EndTransactionRecord>;
