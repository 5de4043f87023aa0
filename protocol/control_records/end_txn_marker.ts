/** Control record: EndTxnMarker. */
import { type Decoded, int32, message } from "../schema/schema.ts";

export const EndTxnMarker = message("EndTxnMarker", { versions: "0", flexible: "none" }, {
  coordinatorEpoch: int32("0+"),
});

export type EndTxnMarker = Decoded<typeof EndTxnMarker>;
